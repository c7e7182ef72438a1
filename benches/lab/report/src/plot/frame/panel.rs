//! One panel: two axes and the lines between them.

use plotters::element::DashedPathElement;
use plotters::prelude::*;

use super::{Area, FAINT, FONT, INK, Result, marker};
use crate::plot::axis::Axis;
use crate::plot::look;
use crate::statistics::median;

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

impl Panel {
    /// Draws it into its part of the figure.
    pub fn draw(&self, area: &Area<'_>) -> Result<()> {
        let mut builder = ChartBuilder::on(area);
        if !self.title.is_empty() {
            builder.caption(&self.title, (FONT, 14).into_font().color(&INK));
        }
        let mut chart = builder
            .margin_left(6)
            .margin_right(18)
            .margin_top(4)
            .margin_bottom(6)
            .x_label_area_size(40)
            .y_label_area_size(58)
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        chart
            .configure_mesh()
            .bold_line_style(FAINT)
            .light_line_style(TRANSPARENT)
            .axis_style(INK.mix(0.6))
            .label_style((FONT, 12).into_font().color(&INK))
            .axis_desc_style((FONT, 13).into_font().color(&INK))
            .x_desc(&self.x.title)
            .y_desc(&self.y.title)
            .draw()?;
        // Pixels of the drawing: markers and whiskers are shapes of a size, whatever the scales.
        let plane = area.strip_coord_spec();
        let (left, top) = plane.get_base_pixel();
        // The first in the tables are drawn last, and so stay in sight.
        for line in self.lines.iter().rev() {
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
                    marker::draw(&plane, point, look)?;
                }
            }
        }
        Ok(())
    }
}
