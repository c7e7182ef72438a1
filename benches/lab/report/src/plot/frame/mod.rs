//! A figure: a title, a legend under it, and panels in rows and columns.
//!
//! The legend has a strip of its own, so that it never covers what it explains.

mod legend;
mod marker;
mod panel;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

pub use panel::{Line, Panel};

const FONT: &str = "sans-serif";
const INK: RGBColor = RGBColor(0x24, 0x29, 0x2f);
const PALE_INK: RGBColor = RGBColor(0x50, 0x54, 0x59);
const FAINT: RGBColor = RGBColor(0xdd, 0xe1, 0xe6);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

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
        let legend = legend::rows(&clients, self.size.0);
        let head = 52 + legend::LINE * legend.len() as u32 + 6;
        let rows = self.panels.len().div_ceil(self.columns);
        let mut svg = String::new();
        {
            let height = head + self.size.1 * rows as u32;
            let root = SVGBackend::with_string(&mut svg, (self.size.0, height)).into_drawing_area();
            root.fill(&WHITE)?;
            let (top, body) = root.split_vertically(head);
            let centre = self.size.0 as i32 / 2;
            text(&top, &self.title, (centre, 10), 17, HPos::Center, INK)?;
            text(&top, &self.subtitle, (centre, 33), 12, HPos::Center, PALE_INK)?;
            for (row, entries) in legend.iter().enumerate() {
                let y = 62 + (legend::LINE * row as u32) as i32;
                legend::draw(&top, entries, self.size.0, y)?;
            }
            for (area, panel) in body.split_evenly((rows, self.columns)).iter().zip(&self.panels) {
                panel.draw(area)?;
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
