//! `vestibule doctor`

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

/// `doctor`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Doctor {
    /// Send a message to this address, to try all of the way
    ///
    /// Without it the mail server is told the sender and then to forget it.
    #[arg(long, value_name = "ADDRESS", value_parser = NonEmptyStringValueParser::new())]
    pub mail_to: Option<String>,
    /// Believe the certificate authorities in this PEM file at `public_url`, besides the public ones
    #[arg(long, value_name = "FILE")]
    pub roots: Option<PathBuf>,
    /// Take a warning of this name for known; may be given several times
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub accept: Vec<String>,
}
