//! Exchanges with each dialect, replayed in process.

mod knox;
