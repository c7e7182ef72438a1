//! Callback latency: which share of callbacks took longer than what.

use crate::callbacks;
use crate::record::Callback;

use super::axis::{Axis, Scale};
use super::frame::{Figure, Line, Panel};

/// Beyond this share the few slowest callbacks draw what no other session repeats.
const LEAST_SHARE: f64 = 1e-4;

fn line(name: &str, series: &callbacks::Series<'_>) -> Option<Line> {
    let histogram = series.latency().histogram?;
    let mut share = 1.0;
    let mut points = Vec::new();
    for (ns, above) in histogram.above() {
        if share < LEAST_SHARE {
            break;
        }
        let us = (ns as f64 / 1e3).max(1e-3);
        // A step: up to this value the share is that of the value before.
        points.push((us, share));
        points.push((us, above.max(LEAST_SHARE)));
        share = above;
    }
    Some(Line { points, marked: false, ..Line::new(name) })
}

/// What a load is, for those who did not read how it is made.
fn title(load: &str) -> String {
    match load {
        "busy" => "64 in flight".to_owned(),
        "busy-1024" => "1,024 in flight".to_owned(),
        other => format!("runtime {other}"),
    }
}

/// Idle and busy side by side.
pub fn plot(runs: &[Callback]) -> Option<String> {
    let by_load: Vec<(&str, Vec<Line>)> = callbacks::loads(runs)
        .into_iter()
        .map(|load| {
            let series = callbacks::under(runs, load);
            (load, series.iter().filter_map(|(name, series)| line(name, series)).collect())
        })
        .filter(|(_, lines): &(_, Vec<Line>)| !lines.is_empty())
        .collect();
    let widths: Vec<f64> = by_load
        .iter()
        .flat_map(|(_, lines)| lines.iter().flat_map(|line| line.points.iter().map(|(us, _)| *us)))
        .collect();
    let shares = [
        (1.0, "all"),
        (0.5, "p50"),
        (0.1, "p90"),
        (0.01, "p99"),
        (1e-3, "p99.9"),
        (1e-4, "p99.99"),
    ];
    let ticks: Vec<(f64, String)> =
        shares.iter().map(|(share, name)| (*share, (*name).to_owned())).collect();
    let panels: Vec<Panel> = by_load
        .into_iter()
        .map(|(load, lines)| Panel {
            title: title(load),
            x: Axis::logarithmic(
                "from the C driver's call to the task, µs",
                widths.iter().copied(),
            ),
            y: Axis::with_ticks("percentile", Scale::Logarithmic, ticks.clone(), 0.0),
            lines,
        })
        .collect();
    Figure {
        title: "Callback latency by runtime".to_owned(),
        subtitle:
            "The further left, and the steeper down, the better. Down to the slowest of 10,000."
                .to_owned(),
        size: (900, 380),
        columns: panels.len().max(1),
        panels,
    }
    .draw()
}
