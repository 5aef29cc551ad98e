//! The chapters as data.
