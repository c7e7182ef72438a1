//! Turns the callback of any C library into a Future
