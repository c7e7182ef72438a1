//! A figure: a title, a legend under it, and panels in rows and columns.
//!
//! The legend has a strip of its own, so that it never covers what it explains.

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::statistics::median;

use super::axis::Axis;
use super::look::{self, Look, Marker};

const FONT: &str = "sans-serif";
const INK: RGBColor = RGBColor(0x24, 0x29, 0x2f);
const FAINT: RGBColor = RGBColor(0xdd, 0xe1, 0xe6);
const LEGEND_LINE: u32 = 20;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// One line of a panel.
#[derive(Debug)]
pub struct Line {
    /// Whose.
    pub client: String,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
    /// The lowest and the highest of the rounds, for each point.
    pub spread: Vec<(f64, f64)>,
    /// Whether each point is marked.
    pub marked: bool,
}

impl Line {
    /// A line of a client without points.
    pub fn new(client: &str) -> Self {
        Self { client: client.to_owned(), points: vec![], spread: vec![], marked: true }
    }

    /// Adds the median of the rounds as a point, and how far they spread. Nothing when there are none.
    pub fn add(&mut self, x: f64, rounds: &[f64]) {
        if let Some(median) = median(rounds) {
            self.points.push((x, median));
            self.spread.push((
                rounds.iter().copied().fold(f64::INFINITY, f64::min),
                rounds.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ));
        }
    }
}

/// One panel.
#[derive(Debug)]
pub struct Panel {
    /// What it shows.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From below to above.
    pub y: Axis,
    /// What is drawn.
    pub lines: Vec<Line>,
}

/// A whole figure.
#[derive(Debug)]
pub struct Figure {
    /// What it shows.
    pub title: String,
    /// Said small, under the title.
    pub subtitle: String,
    /// Width of the drawing and height of one row of panels, in pixels.
    pub size: (u32, u32),
    /// Panels side by side.
    pub columns: usize,
    /// The panels, row by row.
    pub panels: Vec<Panel>,
}

impl Figure {
    /// Draws it; `None` when no panel has a line.
    pub fn draw(&self) -> Option<String> {
        let drawn = self.panels.iter().any(|panel| !panel.lines.is_empty());
        // The backend writes to a string, which does not fail.
        drawn.then(|| self.svg().expect("a drawing in memory"))
    }

    fn svg(&self) -> Result<String> {
        let clients = self.clients();
        let legend = legend_rows(&clients, self.size.0);
        let head = 52 + LEGEND_LINE * legend.len() as u32 + 6;
        let rows = self.panels.len().div_ceil(self.columns);
        let mut svg = String::new();
        {
            let height = head + self.size.1 * rows as u32;
            let root = SVGBackend::with_string(&mut svg, (self.size.0, height)).into_drawing_area();
            root.fill(&WHITE)?;
            let (top, body) = root.split_vertically(head);
            let centre = self.size.0 as i32 / 2;
            text(&top, &self.title, (centre, 10), 17, HPos::Center, INK)?;
            text(&top, &self.subtitle, (centre, 33), 12, HPos::Center, INK.mix(0.8).to_rgb())?;
            for (row, entries) in legend.iter().enumerate() {
                draw_legend(&top, entries, self.size.0, 62 + (LEGEND_LINE * row as u32) as i32)?;
            }
            for (area, panel) in body.split_evenly((rows, self.columns)).iter().zip(&self.panels) {
                draw_panel(area, panel)?;
            }
            root.present()?;
        }
        Ok(svg)
    }

    /// Whoever has a line, in the order of the tables.
    fn clients(&self) -> Vec<&str> {
        let mut clients: Vec<&str> = self
            .panels
            .iter()
            .flat_map(|panel| panel.lines.iter().map(|line| line.client.as_str()))
            .collect();
        clients.sort_by_key(|name| crate::client::rank(name));
        clients.dedup();
        clients
    }
}

trait ToRgb {
    fn to_rgb(self) -> RGBColor;
}

impl ToRgb for RGBAColor {
    /// The colour as it is seen on white.
    fn to_rgb(self) -> RGBColor {
        let on_white = |part: u8| (f64::from(part) * self.3 + 255.0 * (1.0 - self.3)) as u8;
        RGBColor(on_white(self.0), on_white(self.1), on_white(self.2))
    }
}

fn text(
    area: &Area<'_>,
    what: &str,
    at: (i32, i32),
    size: u32,
    align: HPos,
    colour: RGBColor,
) -> Result<()> {
    let style = (FONT, size).into_font().color(&colour).pos(Pos::new(align, VPos::Top));
    area.draw(&Text::new(what.to_owned(), at, style))?;
    Ok(())
}

/// The width of an entry of the legend, in pixels: the sample, and an upper bound for the name in common
/// sans-serif fonts, which are not asked, so that the drawing is the same on every machine.
fn entry_width(client: &str) -> u32 {
    let name: u32 = client
        .chars()
        .map(|character| match character {
            'i' | 'j' | 'l' | '-' => 4,
            'f' | 'r' | 't' => 6,
            'm' | 'w' => 12,
            _ => 8,
        })
        .sum();
    34 + name + 18
}

fn legend_rows<'a>(clients: &[&'a str], width: u32) -> Vec<Vec<&'a str>> {
    let mut rows: Vec<Vec<&str>> = Vec::new();
    let mut used = width;
    for client in clients {
        if used + entry_width(client) > width - 20 {
            rows.push(Vec::new());
            used = 0;
        }
        used += entry_width(client);
        rows.last_mut().expect("a row was begun").push(client);
    }
    rows
}

fn draw_legend(area: &Area<'_>, entries: &[&str], width: u32, y: i32) -> Result<()> {
    let all: u32 = entries.iter().map(|client| entry_width(client)).sum();
    let mut x = (width.saturating_sub(all) / 2) as i32;
    for client in entries {
        let look = look::of(client);
        let style = look.colour.stroke_width(look.width);
        let (from, to) = ((x, y), (x + 28, y));
        if look.dashed {
            area.draw(&DashedPathElement::new([from, to], 5, 3, style))?;
        } else {
            area.draw(&PathElement::new([from, to], style))?;
        }
        draw_marker(area, (x + 14, y), look)?;
        text(area, client, (x + 34, y - 7), 13, HPos::Left, INK)?;
        x += entry_width(client) as i32;
    }
    Ok(())
}

fn marker_shape(marker: Marker) -> &'static [(i32, i32)] {
    match marker {
        Marker::Square => &[(-3, -3), (3, -3), (3, 3), (-3, 3)],
        Marker::Triangle => &[(0, -5), (4, 3), (-4, 3)],
        Marker::Diamond => &[(0, -5), (5, 0), (0, 5), (-5, 0)],
        Marker::Circle | Marker::Ring | Marker::Cross => &[],
    }
}

fn draw_marker(area: &Area<'_>, (x, y): (i32, i32), look: Look) -> Result<()> {
    match look.marker {
        Marker::Circle => area.draw(&Circle::new((x, y), 4, look.colour.filled()))?,
        Marker::Ring => {
            area.draw(&Circle::new((x, y), 4, WHITE.filled()))?;
            area.draw(&Circle::new((x, y), 4, look.colour.stroke_width(2)))?;
        }
        Marker::Cross => area.draw(&Cross::new((x, y), 4, look.colour.stroke_width(2)))?,
        marker => {
            let corners: Vec<(i32, i32)> =
                marker_shape(marker).iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
            area.draw(&Polygon::new(corners, look.colour.filled()))?;
        }
    }
    Ok(())
}

fn draw_panel(area: &Area<'_>, panel: &Panel) -> Result<()> {
    let mut builder = ChartBuilder::on(area);
    if !panel.title.is_empty() {
        builder.caption(&panel.title, (FONT, 14).into_font().color(&INK));
    }
    let mut chart = builder
        .margin_left(6)
        .margin_right(18)
        .margin_top(4)
        .margin_bottom(6)
        .x_label_area_size(40)
        .y_label_area_size(58)
        .build_cartesian_2d(panel.x.clone(), panel.y.clone())?;
    chart
        .configure_mesh()
        .bold_line_style(FAINT)
        .light_line_style(TRANSPARENT)
        .axis_style(INK.mix(0.6))
        .label_style((FONT, 12).into_font().color(&INK))
        .axis_desc_style((FONT, 13).into_font().color(&INK))
        .x_desc(&panel.x.title)
        .y_desc(&panel.y.title)
        .draw()?;
    // Pixels of the drawing: markers and whiskers are shapes of a size, whatever the scales.
    let plane = area.strip_coord_spec();
    let (left, top) = plane.get_base_pixel();
    // The first in the tables are drawn last, and so stay in sight.
    for line in panel.lines.iter().rev() {
        let look = look::of(&line.client);
        let at = |x: f64, y: f64| {
            let (x, y) = chart.backend_coord(&(x, y));
            (x - left, y - top)
        };
        let points: Vec<(i32, i32)> = line.points.iter().map(|(x, y)| at(*x, *y)).collect();
        for ((x, _), (low, high)) in line.points.iter().zip(&line.spread) {
            let whisker = look.colour.mix(0.45).stroke_width(1);
            plane.draw(&PathElement::new([at(*x, *low), at(*x, *high)], whisker))?;
        }
        let style = look.colour.stroke_width(look.width);
        if look.dashed {
            plane.draw(&DashedPathElement::new(points.clone(), 6, 4, style))?;
        } else {
            plane.draw(&PathElement::new(points.clone(), style))?;
        }
        if line.marked {
            for point in points {
                draw_marker(&plane, point, look)?;
            }
        }
    }
    Ok(())
}
