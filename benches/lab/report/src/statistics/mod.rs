//! What is computed from runs: medians, intervals, paired ratios, merged histograms.
//!
//! Medians throughout: a run that a busy machine disturbed moves a mean, not a median.

pub mod histogram;
pub mod interval;
pub mod median;
pub mod ratio;

pub use histogram::Histogram;
pub use interval::Interval;
pub use median::median;
pub use ratio::Ratio;
