//! The binary `vestibule`: configuration, command line, wiring, operation. It is the only crate that knows
//! everyone, and it decides nothing about users or sessions.
//!
//! The map: [`config`] what the operator wrote, [`cli`] the commands, [`house`] the core put together from both,
//! [`mount`] the list of dialects and the router made from it, [`serve`] the running server,
//! [`doctor`] what is wrong with an installation.

pub mod captcha;
pub mod cli;
pub mod config;
pub mod connections;
pub mod controls;
pub mod doctor;
pub mod documents;
pub mod entropy;
pub mod house;
pub mod jobs;
pub mod listener;
pub mod log;
pub mod mail;
pub mod master_key_file;
pub mod mount;
pub mod operation;
mod pages;
pub mod patience;
pub mod policy;
pub mod providers;
pub mod secret_file;
pub mod serve;
pub mod served;
pub mod service_clients;
pub mod signals;
