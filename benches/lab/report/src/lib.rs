//! The records of runs, and what is told of them.
