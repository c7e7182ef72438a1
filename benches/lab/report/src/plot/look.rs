//! How a client looks: one colour, one marker, one dash, in every plot.

use plotters::style::RGBColor;

/// The marker on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// Filled circle: ours.
    Circle,
    /// Open circle: ours, on a runtime of one thread.
    Ring,
    /// Square.
    Square,
    /// Triangle.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// A cross: the limit.
    Cross,
}

/// The look of a line.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Its colour.
    pub colour: RGBColor,
    /// Its marker.
    pub marker: Marker,
    /// The width of the line, in pixels. The limit is a thin line on the thick one of what is to reach it.
    pub width: u32,
    /// Broken, for what is not ours.
    pub dashed: bool,
}

/// The look of a client. Hues of Okabe-Ito and Tol, which stay apart without red or green; where two are
/// near, marker and dash tell them apart.
pub fn of(client: &str) -> Look {
    let (colour, marker, dashed) = match client {
        "c" => ((0x00, 0x00, 0x00), Marker::Cross, false),
        "driver-threads" => ((0xd5, 0x5e, 0x00), Marker::Circle, false),
        "tokio-mt" => ((0x00, 0x72, 0xb2), Marker::Circle, false),
        "tokio-ct" => ((0x56, 0xb4, 0xe9), Marker::Ring, false),
        "tokio-mt-queue" => ((0x00, 0x3b, 0x6f), Marker::Square, false),
        "tokio-ct-queue" => ((0x88, 0xcc, 0xee), Marker::Square, false),
        "async-std" => ((0x00, 0x9e, 0x73), Marker::Circle, false),
        "smol" => ((0xcc, 0x79, 0xa7), Marker::Circle, false),
        "threads" => ((0xe6, 0x9f, 0x00), Marker::Ring, false),
        "cassandra-cpp" => ((0x88, 0x22, 0x55), Marker::Square, true),
        "scylla" => ((0x11, 0x77, 0x33), Marker::Triangle, true),
        "cdrs-tokio" => ((0x77, 0x77, 0x77), Marker::Diamond, true),
        _ => ((0xaa, 0x99, 0x33), Marker::Diamond, true),
    };
    let width = match client {
        "c" => 1,
        "driver-threads" => 3,
        _ => 2,
    };
    Look { width, colour: RGBColor(colour.0, colour.1, colour.2), marker, dashed }
}
