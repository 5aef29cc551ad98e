//! Slow ones, idle ones, many.
