//! The shape of `vestibule organization ...`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

/// `organization ...`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum OrganizationCommand {
    /// Make an organization
    Create(OrganizationCreate),
    /// List the organizations
    List,
}

/// `organization create`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct OrganizationCreate {
    /// What to call it; others may have the same name
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub name: String,
    /// The user who owns it; without one, nobody belongs to it yet
    #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
    pub owner: Option<String>,
    /// Let people who name it at their login join it without an invitation
    #[arg(long)]
    pub registerable: bool,
}
