//! Command lines that are understood, and those that are wrong usage.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("vestibule").chain(line.split_whitespace()))
}

fn command(line: &str) -> Command {
    parse(line).unwrap_or_else(|error| panic!("{line}: {error}")).command
}

fn created(line: &str) -> UserCreate {
    let Command::User(UserCommand::Create(create)) = command(line) else {
        panic!("{line} is no user create")
    };
    create
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_of_the_fixed_interface_is_understood() {
    let lines = [
        "serve",
        "config check",
        "config show",
        "migrate",
        "dialects",
        "dialects --controls",
        "user create --email e@x.example --no-password",
        "user create --username u --generate-password",
        "user create --email e --username u --name N --role admin --status pending --email-verified \
         --must-change-password --password-stdin",
        "user list",
        "user show REF",
        "user set-password REF --password-stdin",
        "user set-password --generate-password REF",
        "user suspend REF",
        "user activate REF --yes",
        "user delete --yes REF",
        "user logout REF",
        "session list --user REF",
        "session list --all --user REF",
        "session revoke ID",
        "signing-key list",
        "signing-key rotate",
        "signing-key rotate --use probe",
        "signing-key rotate --now --use bixarena",
        "api-key create --user REF --name N",
        "api-key create --user REF --name N --dialect probe --expires 90d",
        "api-key list --user REF",
        "api-key revoke ID",
        "audit list",
        "audit list --user REF --kind signed_in --kind mail_sent --outcome ok --door knox --address 192.0.2.7 \
         --session ID --request ID --since 24h --until 2026-03-01T12:00:00Z --before 1-2 --limit 5",
        "organization create --name N",
        "organization create --name N --owner REF --registerable",
        "organization list",
    ];
    for line in lines {
        command(line);
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    use ErrorKind::{
        ArgumentConflict, InvalidSubcommand, InvalidValue, MissingRequiredArgument, UnknownArgument,
    };
    let cases = [
        ("start", InvalidSubcommand),
        ("serve now", UnknownArgument),
        ("serve --output yaml", InvalidValue),
        ("user create --email e", MissingRequiredArgument),
        ("user create --no-password", MissingRequiredArgument),
        ("user create --name N --no-password", MissingRequiredArgument),
        ("user create --email e --no-password --generate-password", ArgumentConflict),
        ("user create --email e --password-stdin --generate-password", ArgumentConflict),
        ("user create --email e --password-stdin --no-password", ArgumentConflict),
        ("user create --username u --email-verified --no-password", MissingRequiredArgument),
        ("user create --username u --role root --no-password", InvalidValue),
        ("user create --username u --status gone --no-password", InvalidValue),
        ("user create --email= --no-password", InvalidValue),
        ("user create u --no-password", UnknownArgument),
        ("user show", MissingRequiredArgument),
        ("user show A B", UnknownArgument),
        ("user show A --yes", UnknownArgument),
        ("user set-password REF", MissingRequiredArgument),
        ("user set-password --password-stdin", MissingRequiredArgument),
        ("user set-password REF --no-password", UnknownArgument),
        ("user set-password REF --password-stdin --generate-password", ArgumentConflict),
        ("user suspend", MissingRequiredArgument),
        ("session list", MissingRequiredArgument),
        ("session list REF", UnknownArgument),
        ("session revoke", MissingRequiredArgument),
        ("signing-key list --use probe", UnknownArgument),
        ("api-key create --user REF", MissingRequiredArgument),
        ("api-key create --name N", MissingRequiredArgument),
        ("api-key create --user REF --name=", InvalidValue),
        ("api-key list REF", UnknownArgument),
        ("api-key list", MissingRequiredArgument),
        ("api-key revoke", MissingRequiredArgument),
        ("organization create", MissingRequiredArgument),
        ("organization create N", UnknownArgument),
        ("organization list --owner REF", UnknownArgument),
        ("signing-key rotate --use knox", InvalidValue),
    ];
    for (line, kind) in cases {
        let error = parse(line).expect_err(line);
        assert_eq!((error.kind(), error.exit_code()), (kind, 2), "{line}: {error}");
    }
    for line in ["", "config", "user", "session"] {
        assert_eq!(parse(line).expect_err(line).exit_code(), 2, "{line}");
    }
}

#[test]
fn asking_for_help_or_the_version_is_no_error() {
    for line in ["--help", "-h", "--version", "help user create", "user create --help"] {
        assert_eq!(parse(line).expect_err(line).exit_code(), 0, "{line}");
    }
}

#[test]
fn global_options_stand_before_or_behind_the_command() {
    for line in ["--config a.toml --output json user list", "user list --output json --config a.toml"] {
        let global = parse(line).unwrap().global;
        assert_eq!(
            (global.config, global.output),
            (Some(PathBuf::from("a.toml")), OutputFormat::Json),
            "{line}"
        );
    }
    assert_eq!(parse("serve").unwrap().global, Global { config: None, output: OutputFormat::Text });
}

#[test]
fn a_new_user_is_an_active_ordinary_one_unless_told_otherwise() {
    let plain = created("user create --email e@x.example --no-password");
    assert_eq!((plain.role, plain.status), (Role::User, Status::Active));
    assert_eq!((plain.email.as_deref(), plain.username, plain.name), (Some("e@x.example"), None, None));
    assert!(!plain.email_verified && !plain.must_change_password);
    let told = created(
        "user create --email e --username u --name N --role admin --status suspended --email-verified \
         --must-change-password --password-stdin",
    );
    assert_eq!((told.role, told.status), (Role::Admin, Status::Suspended));
    assert_eq!((told.username.as_deref(), told.name.as_deref()), (Some("u"), Some("N")));
    assert!(told.email_verified && told.must_change_password);
}

#[test]
fn the_source_of_a_password_is_the_one_that_was_named() {
    for (option, source) in [
        ("--password-stdin", Some(PasswordSource::Stdin)),
        ("--generate-password", Some(PasswordSource::Generated)),
        ("--no-password", None),
    ] {
        assert_eq!(created(&format!("user create --username u {option}")).password.source(), source);
        let Some(source) = source else { continue };
        let Command::User(UserCommand::SetPassword(set)) = command(&format!("user set-password 7 {option}"))
        else {
            panic!("{option}");
        };
        assert_eq!((set.target.user.as_str(), set.password.source()), ("7", source));
    }
}

#[test]
fn a_change_is_confirmed_in_advance_by_yes() {
    for name in ["suspend", "activate", "delete", "logout"] {
        for (option, expected) in [("", false), ("--yes", true)] {
            let Command::User(
                UserCommand::Suspend(change)
                | UserCommand::Activate(change)
                | UserCommand::Delete(change)
                | UserCommand::Logout(change),
            ) = command(&format!("user {name} 7 {option}"))
            else {
                panic!("{name} is no change of a user");
            };
            assert_eq!((change.target.user.as_str(), change.yes), ("7", expected), "{name}");
        }
    }
}

#[test]
fn help_names_every_command_and_describes_every_option() {
    fn check(command: &clap::Command) {
        assert!(command.get_about().is_some(), "{} lacks a text", command.get_name());
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{}: {} lacks a text",
                command.get_name(),
                argument.get_id()
            );
        }
        command.get_subcommands().for_each(check);
    }
    check(&Cli::command());
}
