//! The shape of the command line: commands, options and their texts. Nothing is done here; usage errors are clap's
//! and end with exit code 2.

mod api_key;
mod audit;
mod doctor;
mod organization;

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use api_key::{ApiKeyCommand, ApiKeyCreate, ApiKeyList, ApiKeyRevoke};
pub use audit::{AuditCommand, AuditList, Outcome};
pub use doctor::Doctor;
pub use organization::{
    MemberRole, OrganizationCommand, OrganizationCreate, OrganizationInvite, OrganizationMember,
    OrganizationRef, OrganizationSetRole,
};

/// The whole command line.
#[derive(Debug, Clone, PartialEq, Eq, Parser)]
#[command(
    name = "vestibule",
    version,
    about = "A self-hosted authentication server: one set of users behind many doors",
    long_about = "A self-hosted authentication server: one set of users behind many doors.\n\n\
        Commands work on the same database as a running server, which honours what they did at the next request. \
        They end with 0 when done, 1 when something was refused or not found, 2 when the command line or the \
        configuration is wrong."
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes, before or behind its name.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Global {
    /// The configuration file
    ///
    /// Without it: the file that the variable `VESTIBULE_CONFIG` names, else ./vestibule.toml if it exists, else the
    /// defaults.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// How results are printed
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = OutputFormat::Text)]
    #[arg(help_heading = "Global options")]
    pub output: OutputFormat,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// The commands.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the server until SIGTERM or Ctrl-C
    ///
    /// Brings the database up to date first. On a signal, requests under way are finished, for at most
    /// `shutdown_timeout`.
    Serve,
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Say why a request was refused, and what to do
    ///
    /// Every refused answer has the header X-Vestibule-Refusal with a short id, and the log line the same one. What is
    /// found is kept for at most 30 days, and of each rule only the latest.
    Explain(Explain),
    /// Bring the database up to date, and do nothing else
    Migrate,
    /// List the dialects and whether they are served
    Dialects {
        /// Print which controls stand at which door instead
        ///
        /// Every way in, and what is applied there: limits, policy, cookies, origins, lifetimes, as configured.
        #[arg(long)]
        controls: bool,
    },
    /// Look for what is wrong with this installation
    ///
    /// Looks at files, database, keys, certificates, clock, providers, mail and limits, and goes the way from `public_url`
    /// to the listener, whether the server runs or not. Each finding is told with what to do about it; docs/operations.md
    /// lists them all. Nothing is changed. Ends with 0 when there is neither a fault nor a warning that was not accepted,
    /// else with 1.
    Doctor(Doctor),
    /// Make, look at, change and delete users
    #[command(subcommand)]
    User(UserCommand),
    /// Look at logins and end them
    #[command(subcommand)]
    Session(SessionCommand),
    /// Look at the keys that sign tokens and replace them
    #[command(subcommand)]
    SigningKey(SigningKeyCommand),
    /// Make, look at and revoke users' API keys
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Make and look at organizations
    #[command(subcommand)]
    Organization(OrganizationCommand),
    /// Read what happened, to whom and by whom
    #[command(subcommand)]
    Audit(AuditCommand),
}

/// `config ...`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Say whether the configuration holds, and every fault if not
    Check,
    /// Print the configuration in effect, defaults and variables included
    Show,
}

/// `explain`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Explain {
    /// The id from X-Vestibule-Refusal, in any case; or the request's, from X-Request-Id
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub id: String,
}

/// `user ...`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum UserCommand {
    /// Make a user
    Create(UserCreate),
    /// List the users
    List,
    /// Show one user
    Show(UserRef),
    /// Give a user a new password
    ///
    /// Ends the user's sessions by every door.
    SetPassword(UserSetPassword),
    /// Give a user another e-mail address
    ///
    /// Mailed tickets for the old address are dead, and a notice goes there. Sessions live on.
    SetEmail(UserSetEmail),
    /// Keep a user out until activated again
    ///
    /// Ends the user's sessions by every door.
    Suspend(UserChange),
    /// Let a pending or suspended user in
    Activate(UserChange),
    /// Delete a user and their sessions; the number, the id and the names are not given out again
    Delete(UserChange),
    /// End a user's sessions by every door
    Logout(UserChange),
}

/// `user create`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(id = "login_name", required = true, multiple = true, args = ["email", "username"])]
pub struct UserCreate {
    /// The e-mail address; it can be used to sign in
    #[arg(long, value_name = "ADDRESS", value_parser = NonEmptyStringValueParser::new())]
    pub email: Option<String>,
    /// The username; it can be used to sign in
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub username: Option<String>,
    /// The name that people see
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What the user may do
    #[arg(long, value_enum, default_value_t = Role::User)]
    pub role: Role,
    /// Make a sub-user that belongs to this user
    #[arg(long, value_name = "REF", conflicts_with = "role", value_parser = NonEmptyStringValueParser::new())]
    pub parent: Option<String>,
    /// Whether the user can sign in
    #[arg(long, value_enum, default_value_t = Status::Active)]
    pub status: Status,
    /// Take the e-mail address as verified
    #[arg(long, requires = "email")]
    pub email_verified: bool,
    /// Ask for a new password at the next login
    #[arg(long)]
    pub must_change_password: bool,
    /// The password.
    #[command(flatten)]
    pub password: InitialPassword,
}

/// Where a new user's password comes from: exactly one is given.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
pub struct InitialPassword {
    /// Read the password from standard input, up to its end
    ///
    /// One closing newline is not part of the password.
    #[arg(long)]
    password_stdin: bool,
    /// Make a password and print it
    #[arg(long)]
    generate_password: bool,
    /// Give the user no password
    #[arg(long)]
    no_password: bool,
}

/// Where a known user's new password comes from: exactly one is given.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
pub struct NewPassword {
    /// Read the password from standard input, up to its end
    ///
    /// One closing newline is not part of the password.
    #[arg(long)]
    password_stdin: bool,
    /// Make a password and print it
    #[arg(long)]
    generate_password: bool,
}

/// Where a password comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordSource {
    /// Standard input up to its end, without one closing newline.
    Stdin,
    /// The system's random numbers; it is printed.
    Generated,
}

impl InitialPassword {
    /// The choice; none: the user gets no password.
    #[must_use]
    pub fn source(&self) -> Option<PasswordSource> {
        match (self.password_stdin, self.generate_password) {
            (true, _) => Some(PasswordSource::Stdin),
            (false, true) => Some(PasswordSource::Generated),
            (false, false) => None,
        }
    }
}

impl NewPassword {
    /// The choice.
    #[must_use]
    pub fn source(&self) -> PasswordSource {
        if self.password_stdin { PasswordSource::Stdin } else { PasswordSource::Generated }
    }
}

/// The role that a new user gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// An ordinary user
    User,
    /// May manage others
    Admin,
}

/// The state that a new user is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Status {
    /// Can sign in
    Active,
    /// Cannot sign in yet
    Pending,
    /// Is kept out
    Suspended,
}

/// One user, named.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct UserRef {
    /// The user's UUID, number, e-mail address or username, tried in this order
    #[arg(value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
    pub user: String,
}

/// `user set-password`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct UserSetPassword {
    /// Whom it concerns.
    #[command(flatten)]
    pub target: UserRef,
    /// The password.
    #[command(flatten)]
    pub password: NewPassword,
}

/// `user set-email`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct UserSetEmail {
    /// Whom it concerns.
    #[command(flatten)]
    pub target: UserRef,
    /// The new address
    #[arg(long, value_name = "ADDRESS", value_parser = NonEmptyStringValueParser::new())]
    pub email: String,
    /// Take the address as verified
    #[arg(long)]
    pub email_verified: bool,
}

/// `user suspend`, `activate`, `delete` and `logout`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct UserChange {
    /// Whom it concerns.
    #[command(flatten)]
    pub target: UserRef,
    /// Do not ask first; without a terminal nothing is asked anyway
    #[arg(long)]
    pub yes: bool,
}

/// `session ...`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum SessionCommand {
    /// List a user's live sessions
    List(SessionList),
    /// End one session
    Revoke(SessionRevoke),
}

/// `session list`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct SessionList {
    /// The user's UUID, number, e-mail address or username, tried in this order
    #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
    pub user: String,
    /// Also those that have ended
    #[arg(long)]
    pub all: bool,
}

/// `session revoke`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct SessionRevoke {
    /// The session's id, as `session list` prints it
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub id: String,
}

/// `signing-key ...`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum SigningKeyCommand {
    /// List the keys
    List,
    /// Make a new key
    ///
    /// Probe's signs at once. BixArena's is published at once and signs a quarter of an hour later, when everybody who
    /// verifies tokens knows it. Tokens signed with the one before are accepted for as long as the longest of them lives.
    Rotate(SigningKeyRotate),
}

/// `signing-key rotate`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct SigningKeyRotate {
    /// What the key signs; without it every key is replaced
    #[arg(long = "use", value_enum, value_name = "USE")]
    pub key_use: Option<KeyUse>,
    /// Sign with it at once, and drop the key before and every older one: what they signed is refused
    #[arg(long)]
    pub now: bool,
}

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyUse {
    /// Session tokens and tickets of the probe dialect
    Probe,
    /// Internal tokens of the bixarena dialect, which others verify
    Bixarena,
}

#[cfg(test)]
mod tests;
