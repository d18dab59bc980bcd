//! What an operator may ask the trail for, and how it is told.

use clap::Parser as _;
use identity::audit::EventKind;
use identity::{Actor, Op, Origin};

use super::*;
use crate::cli::args::{Cli, Command};

const NOW: Timestamp = Timestamp::from_millis(100_000_000);

fn list(options: &str) -> Result<AuditList, clap::Error> {
    let line = format!("vestibule audit list {options}");
    let command = Cli::try_parse_from(line.split_whitespace())?.command;
    let Command::Audit(AuditCommand::List(list)) = command else { panic!("{command:?}") };
    Ok(list)
}

fn asked(options: &str) -> EventQuery {
    query(&list(options).unwrap(), NOW).map_err(|failure| failure.to_string()).unwrap()
}

fn refused(options: &str) -> String {
    query(&list(options).unwrap(), NOW).expect_err("a refusal").to_string()
}

#[test]
fn without_options_the_newest_fifty_are_asked_for() {
    assert_eq!(asked(""), EventQuery::newest(50));
}

#[test]
fn every_option_asks_for_something() {
    let id = Uuid::from_u128(7);
    let expected = EventQuery {
        user: None,
        kinds: vec![EventKind::SignedIn, EventKind::SignInFailed],
        outcome: Some(audit::Outcome::Refused),
        door: Some(Door::new("knox")),
        address: Some("192.0.2.7".to_owned()),
        session: Some(SessionId(id)),
        request: Some(RequestId(id)),
        since: Some(Timestamp::from_millis(1_000)),
        until: Some(NOW - std::time::Duration::from_hours(24)),
        before: Some(Position { at: Timestamp::from_millis(5), number: 3 }),
        limit: 7,
    };
    let options = format!(
        "--kind signed_in --kind sign_in_failed --outcome refused --door knox --address ::ffff:192.0.2.7 \
         --session {id} --request {} --since 1970-01-01T00:00:01Z --until 24h --before 5-3 --limit 7",
        id.simple()
    );
    assert_eq!(asked(&options), expected);
}

#[test]
fn what_cannot_be_meant_is_named() {
    for (options, part) in [
        ("--address knox", "--address: \"knox\" is no IP address"),
        ("--session 1", "--session: \"1\" is no UUID"),
        ("--request x", "--request: \"x\" is no UUID"),
        ("--since yesterday", "--since: \"yesterday\" is neither a time such as"),
        ("--until 24", "--until: \"24\" is neither"),
        ("--before 5", "--before: \"5\" is no position"),
    ] {
        assert!(refused(options).contains(part), "{options}: {}", refused(options));
    }
    for (options, part) in [
        ("--kind signed-in", "a similar value exists: 'signed_in'"),
        ("--kind no", "sign_in_failed"),
        ("--door front", "bixarena"),
        ("--outcome maybe", "refused"),
        ("--limit 0", "1..=10000"),
        ("--limit 10001", "1..=10000"),
    ] {
        let error = list(options).unwrap_err().to_string();
        assert!(error.contains(part), "{options}: {error}");
    }
}

#[test]
fn an_event_is_told_whole_and_goes_on_where_it_stands() {
    let request = RequestId(Uuid::from_u128(9));
    let origin = Origin { address: Some("::ffff:192.0.2.7".parse().unwrap()), ..Origin::default() };
    let op = Op { now: NOW, origin, request, actor: Actor::Operator };
    let event = Event::new(&op, EventKind::SignInFailed).saying("not active");
    let told = described(3, &event);
    assert_eq!(
        told,
        json!({
            "position": "100000000-3", "time": "1970-01-02T03:46:40.000Z", "kind": "sign_in_failed",
            "outcome": "refused", "user": null, "actor": "operator", "by": null, "door": null, "session": null,
            "address": "192.0.2.7", "request": "00000000000000000000000000000009", "detail": "not active",
        })
    );
    assert!(COLUMNS.iter().all(|column| told.get(*column).is_some()));
    assert_eq!(before(&position(3, &event)).ok(), Some(Position { at: NOW, number: 3 }));
}

/// The kinds in the operators' handbook: name and outcome of each, in the order of the code, and no other.
#[test]
fn the_handbook_lists_every_kind() {
    let handbook = include_str!("../../../../../docs/operations.md");
    let (_, section) = handbook.split_once("\n| Kind | Outcome | What happened |\n").expect("the table");
    let rows = section.lines().skip(1).take_while(|line| line.starts_with('|'));
    let listed: Vec<(String, String, bool)> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            (cells[1].trim_matches('`').to_owned(), cells[2].to_owned(), cells[3].len() > 10)
        })
        .collect();
    let expected: Vec<_> = EventKind::ALL
        .map(|kind| (kind.as_str().to_owned(), kind.outcome().as_str().to_owned(), true))
        .into_iter()
        .collect();
    assert_eq!(listed, expected);
}
