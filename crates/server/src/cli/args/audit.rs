//! The shape of `vestibule audit ...`.

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Subcommand, ValueEnum};
use identity::audit::EventKind;

use crate::mount::DIALECTS;

/// `audit ...`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum AuditCommand {
    /// List what happened, newest first
    ///
    /// Only what fits all of the options. The kinds, and what each means, are in docs/operations.md.
    List(AuditList),
}

/// `audit list`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct AuditList {
    /// To this user or by this user: UUID, number, e-mail address or username, tried in this order; a deleted user's UUID too
    #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
    pub user: Option<String>,
    /// Of this kind; several times: of any of them
    #[arg(long = "kind", value_name = "KIND", value_parser = kinds(), hide_possible_values = true)]
    pub kinds: Vec<EventKind>,
    /// What was done, or what was refused or failed
    #[arg(long, value_enum, value_name = "OUTCOME")]
    pub outcome: Option<Outcome>,
    /// By this dialect
    #[arg(long, value_name = "DIALECT", value_parser = doors())]
    pub door: Option<String>,
    /// From exactly this IP address
    #[arg(long, value_name = "ADDRESS", value_parser = NonEmptyStringValueParser::new())]
    pub address: Option<String>,
    /// About this session
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub session: Option<String>,
    /// In this request, as `X-Request-Id` and the log have it
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub request: Option<String>,
    /// Then or later: a time such as 2026-03-01T12:00:00Z, or an age such as 24h
    #[arg(long, value_name = "TIME", value_parser = NonEmptyStringValueParser::new())]
    pub since: Option<String>,
    /// Before then: a time or an age
    #[arg(long, value_name = "TIME", value_parser = NonEmptyStringValueParser::new())]
    pub until: Option<String>,
    /// Only what is older than the event at this position, as the end of the page before tells it
    #[arg(long, value_name = "POSITION", value_parser = NonEmptyStringValueParser::new())]
    pub before: Option<String>,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub limit: u32,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Outcome {
    /// It was done
    Ok,
    /// It was refused, failed, or was closed by such tries
    Refused,
}

fn kinds() -> impl clap::builder::TypedValueParser<Value = EventKind> {
    let names = PossibleValuesParser::new(EventKind::ALL.map(EventKind::as_str));
    names.try_map(|name| EventKind::from_name(&name).ok_or("no such kind"))
}

fn doors() -> PossibleValuesParser {
    PossibleValuesParser::new(DIALECTS.iter().map(|entry| entry.dialect.name))
}
