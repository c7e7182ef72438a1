//! A C driver without a network, for tests of timing and order
