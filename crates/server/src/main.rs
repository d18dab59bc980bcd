//! Runs one command and tells the shell how it went. Everything else is in the library.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    server::cli::run(&server::cli::args::Cli::parse())
}
