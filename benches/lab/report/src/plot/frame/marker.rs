//! Markers, of the same size whatever the scales.

use plotters::prelude::*;

use super::{Area, Result};
use crate::plot::look::{Look, Marker};

/// Around its middle; none for what has no corners.
fn corners(marker: Marker) -> &'static [(i32, i32)] {
    match marker {
        Marker::Square => &[(-3, -3), (3, -3), (3, 3), (-3, 3)],
        Marker::Triangle => &[(0, -5), (4, 3), (-4, 3)],
        Marker::Diamond => &[(0, -5), (5, 0), (0, 5), (-5, 0)],
        Marker::Circle | Marker::Ring | Marker::Cross => &[],
    }
}

/// A marker at a pixel.
pub fn draw(area: &Area<'_>, (x, y): (i32, i32), look: Look) -> Result<()> {
    match look.marker {
        Marker::Circle => area.draw(&Circle::new((x, y), 4, look.colour.filled()))?,
        Marker::Ring => {
            area.draw(&Circle::new((x, y), 4, WHITE.filled()))?;
            area.draw(&Circle::new((x, y), 4, look.colour.stroke_width(2)))?;
        }
        Marker::Cross => area.draw(&Cross::new((x, y), 4, look.colour.stroke_width(2)))?,
        marker => {
            let corners: Vec<(i32, i32)> =
                corners(marker).iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
            area.draw(&Polygon::new(corners, look.colour.filled()))?;
        }
    }
    Ok(())
}
