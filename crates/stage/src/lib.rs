//! How a trace is played on a figure.
