//! The shape of `vestibule api-key ...`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

/// `api-key ...`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ApiKeyCommand {
    /// Make a key for a user and print it, once
    Create(ApiKeyCreate),
    /// List a user's keys that were not revoked, without their secrets
    List(ApiKeyList),
    /// End a key
    Revoke(ApiKeyRevoke),
}

/// `api-key create`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ApiKeyCreate {
    /// The user's UUID, number, e-mail address or username, tried in this order
    #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
    pub user: String,
    /// What to call the key
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub name: String,
    /// The dialect that accepts the key; without it the first one that is served and has keys
    #[arg(long, value_name = "DIALECT", value_parser = NonEmptyStringValueParser::new())]
    pub dialect: Option<String>,
    /// How long the key lives, such as 90d; without it, until it is revoked
    #[arg(long, value_name = "DURATION", value_parser = NonEmptyStringValueParser::new())]
    pub expires: Option<String>,
}

/// `api-key list`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ApiKeyList {
    /// The user's UUID, number, e-mail address or username, tried in this order
    #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
    pub user: String,
}

/// `api-key revoke`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ApiKeyRevoke {
    /// The key's id, as `api-key list` prints it
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub id: String,
}
