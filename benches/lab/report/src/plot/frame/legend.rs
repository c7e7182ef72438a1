//! The legend: a sample of each client's line, with its name.

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::{Area, INK, Result, marker, text};
use crate::plot::look;

/// The height of a line of the legend, in pixels.
pub const LINE: u32 = 20;

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

/// The names in as many lines as the width asks for.
pub fn rows<'a>(clients: &[&'a str], width: u32) -> Vec<Vec<&'a str>> {
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

/// One line of the legend, centred.
pub fn draw(area: &Area<'_>, entries: &[&str], width: u32, y: i32) -> Result<()> {
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
        marker::draw(area, (x + 14, y), look)?;
        text(area, client, (x + 34, y - 7), 13, HPos::Left, INK)?;
        x += entry_width(client) as i32;
    }
    Ok(())
}
