//! Rules of the configuration, by subject.

mod arrays;
mod bixarena;
mod loading;
mod mail;
mod providers;
mod table;
mod values;

use std::ffi::OsString;

use super::{Config, Loaded, parse};

/// An environment of these variables.
fn env(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

/// What this text comes to as `vestibule.toml`, without any variable.
fn loaded(text: &str) -> Loaded {
    parse("vestibule.toml", text, []).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn config(text: &str) -> Config {
    loaded(text).config
}

/// Everything that is wrong with this text and these variables.
fn faults(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    match parse("vestibule.toml", text, env(variables)) {
        Ok(loaded) => panic!("accepted: {text} {variables:?}: {loaded:?}"),
        Err(error) => error.sentences().collect(),
    }
}
