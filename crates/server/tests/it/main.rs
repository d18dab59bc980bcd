//! Ratchets over the whole repository: who may know whom, what every source file has, and documents that stay true.
//!
//! Only tests of pages start a server: the dialects are examined by tests of their own.
#![cfg(test)]

mod account;
mod architecture;
mod browser;
mod constant_time;
mod controls;
mod coverage;
mod documents;
mod forgot;
mod forms;
mod invitation;
mod log;
mod pages;
mod refusals;
mod set_up;
mod source;
mod throttle;
