//! Axes: a scale, a range and the ticks that are labelled.

use std::ops::Range;

use crate::table::figure::count;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

/// How values are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally far apart.
    Linear,
    /// Equal ratios are equally far apart.
    Logarithmic,
}

/// One axis of a panel.
#[derive(Debug, Clone)]
pub struct Axis {
    /// What, and in which unit.
    pub title: String,
    scale: Scale,
    range: Range<f64>,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis with ticks of the caller's, and a margin at both ends in parts of its length.
    pub fn with_ticks(title: &str, scale: Scale, ticks: Vec<(f64, String)>, margin: f64) -> Self {
        let places: Vec<f64> = ticks.iter().map(|(value, _)| place(scale, *value)).collect();
        let low = places.iter().copied().fold(f64::INFINITY, f64::min);
        let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let margin = if high > low { (high - low) * margin } else { 0.5 };
        Self { title: title.to_owned(), scale, range: low - margin..high + margin, ticks }
    }

    /// A logarithmic axis over all values, with ticks at 1, 2 and 5 of each decade, or more or fewer
    /// where these would be few or crowd.
    pub fn logarithmic(title: &str, values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = ends(values);
        let decades = (high / low).log10();
        let steps: &[f64] = match decades {
            _ if decades > 2.6 => &[1.0],
            _ if decades > 0.8 => &[1.0, 2.0, 5.0],
            _ => &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
        };
        let mut all = Vec::new();
        for decade in low.log10().floor() as i32 - 1..=high.log10().ceil() as i32 + 1 {
            all.extend(steps.iter().map(|step| step * 10_f64.powi(decade)));
        }
        let start = all.iter().rposition(|tick| *tick <= low * 1.0001).unwrap_or(0);
        let end = all.iter().position(|tick| *tick >= high * 0.9999).unwrap_or(all.len() - 1);
        let ticks = &all[start..=end];
        // Wide labels would touch each other.
        let label = if ticks.len() > 6 { shorter } else { short };
        let ticks = ticks.iter().map(|tick| (*tick, label(*tick))).collect();
        Self::with_ticks(title, Scale::Logarithmic, ticks, 0.0)
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let at = place(self.scale, *value).clamp(self.range.start, self.range.end);
        let part = (at - self.range.start) / (self.range.end - self.range.start);
        from + (f64::from(to - from) * part).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|(value, _)| *value).collect()
    }

    fn range(&self) -> Range<f64> {
        value(self.scale, self.range.start)..value(self.scale, self.range.end)
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|(at, _)| at == value);
        tick.map_or_else(String::new, |(_, label)| label.clone())
    }
}

fn place(scale: Scale, value: f64) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Logarithmic => value.max(1e-12).log10(),
    }
}

fn value(scale: Scale, place: f64) -> f64 {
    match scale {
        Scale::Linear => place,
        Scale::Logarithmic => 10_f64.powf(place),
    }
}

fn ends(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.into_iter().filter(|value| *value > 0.0) {
        low = low.min(value);
        high = high.max(value);
    }
    if low > high { (1.0, 10.0) } else { (low, high) }
}

/// A tick's value without what it does not need: 0.5, 20, 4,096.
pub fn short(value: f64) -> String {
    if value >= 10.0 {
        return count(value.round() as u64);
    }
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// As [`short`], with thousands left out: 10k.
fn shorter(value: f64) -> String {
    if value >= 1000.0 { format!("{}k", short(value / 1000.0)) } else { short(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_enclose_the_values() {
        let axis = Axis::logarithmic("µs", [1.3, 28.0]);
        assert_eq!(labels(&axis), ["1", "2", "5", "10", "20", "50"]);
        let axis = Axis::logarithmic("µs", [1.2, 2.6]);
        assert_eq!(labels(&axis), ["1", "1.5", "2", "3"]);
        let axis = Axis::logarithmic("µs", [0.3, 9000.0]);
        assert_eq!(labels(&axis), ["0.1", "1", "10", "100", "1,000", "10,000"]);
        let axis = Axis::logarithmic("µs", [0.3, 20_000.0]);
        assert_eq!(labels(&axis), ["0.1", "1", "10", "100", "1k", "10k", "100k"]);
    }

    #[test]
    fn one_value_has_an_axis_too() {
        for value in [1.0, 3.0, 1000.0] {
            let axis = Axis::logarithmic("µs", [value]);
            assert!(axis.range.start < axis.range.end, "{value}");
        }
        let axis = Axis::logarithmic("µs", []);
        assert!(axis.range.start < axis.range.end);
    }

    #[test]
    fn equal_ratios_are_equally_far_apart() {
        let axis = Axis::logarithmic("µs", [1.0, 100.0]);
        let at: Vec<i32> =
            [1.0, 10.0, 100.0].iter().map(|value| axis.map(value, (0, 200))).collect();
        assert_eq!(at, [0, 100, 200]);
        // What lies outside is drawn at the edge, never beside the panel.
        assert_eq!(axis.map(&1e6, (0, 200)), 200);
    }
}
