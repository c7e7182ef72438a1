//! From samples to a ratio with an interval.
//!
//! A run is a number of rounds; in a round every contender gives one sample, in an order that is shuffled
//! for each round, so that whatever else the machine does meets all of them alike, and nobody always
//! follows the same other. The figure of a
//! contender in a run is the median of its samples there; ratios are taken within a run.

/// Numbers below a given one, from a fixed seed (xorshift).
fn random() -> impl FnMut(usize) -> usize {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    move |end| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % end as u64) as usize
    }
}

pub fn shuffler() -> impl FnMut(&mut [usize]) {
    let mut below = random();
    move |order| {
        for at in (1..order.len()).rev() {
            order.swap(at, below(at + 1));
        }
    }
}

/// Samples of one contender: by run, by round.
pub type Samples = Vec<Vec<f64>>;

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// The figure of each run.
pub fn runs(samples: &Samples) -> Vec<f64> {
    samples.iter().map(|run| median(run)).collect()
}

/// A ratio, and the bounds of its 95 % interval.
pub struct Ratio {
    pub median: f64,
    pub low: f64,
    pub high: f64,
    /// Runs in which the ratio was at most the target, of how many.
    pub within: (usize, usize),
}

/// The median of the runs' ratios; its interval by the bootstrap over runs.
pub fn ratio(ours: &[f64], other: &[f64], target: f64) -> Ratio {
    const RESAMPLES: usize = 10_000;
    let ratios: Vec<f64> = ours.iter().zip(other).map(|(ours, other)| ours / other).collect();
    // The same samples give the same interval.
    let mut below = random();
    let mut medians: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let resample: Vec<f64> = ratios.iter().map(|_| ratios[below(ratios.len())]).collect();
            median(&resample)
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    Ratio {
        median: median(&ratios),
        low: medians[RESAMPLES / 40],
        high: medians[RESAMPLES - RESAMPLES / 40 - 1],
        within: (ratios.iter().filter(|&&ratio| ratio <= target).count(), ratios.len()),
    }
}
