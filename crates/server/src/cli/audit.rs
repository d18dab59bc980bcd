//! `vestibule audit ...`

use std::net::IpAddr;

use identity::audit::trail::{EventQuery, Position};
use identity::audit::{self, Event};
use identity::session::SessionId;
use identity::{Door, RequestId, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::args::{AuditCommand, AuditList, Outcome, OutputFormat};
use super::failure::Failure;
use super::user::{found, time};
use super::{operator, output};
use crate::config::duration;
use crate::house::House;

const COLUMNS: [&str; 9] = ["time", "kind", "outcome", "user", "actor", "by", "door", "address", "detail"];

pub(super) async fn run(house: &House, command: &AuditCommand, format: OutputFormat) -> Result<(), Failure> {
    let AuditCommand::List(list) = command;
    let mut query = query(list, operator(house).now)?;
    if let Some(user) = &list.user {
        // What was done to somebody who is gone is found as well: the id stays.
        query.user = Some(match Uuid::try_parse(user) {
            Ok(id) => id,
            Err(_) => found(house, user).await?.id,
        });
    }
    let events = house.identity.trail.list(&query).await?;
    output::list(format, &COLUMNS, events.iter().map(|(number, event)| described(*number, event)).collect())?;
    let full = u32::try_from(events.len()).is_ok_and(|count| count == query.limit);
    if let Some((number, last)) = events.last().filter(|_| full && format == OutputFormat::Text) {
        output::complain(&format!("there may be more: the same with --before {}", position(*number, last)));
    }
    Ok(())
}

/// What is asked for, but for the user, who is to be looked up.
fn query(list: &AuditList, now: Timestamp) -> Result<EventQuery, Failure> {
    Ok(EventQuery {
        user: None,
        kinds: list.kinds.clone(),
        outcome: list.outcome.map(|outcome| match outcome {
            Outcome::Ok => audit::Outcome::Ok,
            Outcome::Refused => audit::Outcome::Refused,
        }),
        door: list.door.clone().map(Door::recorded),
        address: list.address.as_deref().map(address).transpose()?,
        session: list.session.as_deref().map(|id| uuid("--session", id).map(SessionId)).transpose()?,
        request: list.request.as_deref().map(|id| uuid("--request", id).map(RequestId)).transpose()?,
        since: list.since.as_deref().map(|text| point("--since", text, now)).transpose()?,
        until: list.until.as_deref().map(|text| point("--until", text, now)).transpose()?,
        before: list.before.as_deref().map(before).transpose()?,
        limit: list.limit,
    })
}

/// An address in the one way in which the trail has it.
fn address(text: &str) -> Result<String, Failure> {
    let address: IpAddr =
        text.parse().map_err(|_| Failure::Usage(format!("--address: {text:?} is no IP address")))?;
    Ok(address.to_canonical().to_string())
}

fn uuid(option: &str, text: &str) -> Result<Uuid, Failure> {
    Uuid::try_parse(text).map_err(|_| Failure::Usage(format!("{option}: {text:?} is no UUID")))
}

/// A time, or an age as of now.
fn point(option: &str, text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp::from_millis(at.as_millisecond()));
    }
    let age = duration::parse(text).map_err(|_| {
        let wanted = "a time such as 2026-03-01T12:00:00Z, or an age such as 90s, 30m, 24h or 14d";
        Failure::Usage(format!("{option}: {text:?} is neither {wanted}"))
    })?;
    Ok(now - age)
}

/// A position as [`position`] writes it.
fn before(text: &str) -> Result<Position, Failure> {
    let parts = text.split_once('-').and_then(|(at, number)| Some((at.parse().ok()?, number.parse().ok()?)));
    let (at, number) = parts
        .ok_or_else(|| Failure::Usage(format!("--before: {text:?} is no position that a page ended with")))?;
    Ok(Position { at: Timestamp::from_millis(at), number })
}

fn position(number: i64, event: &Event) -> String {
    format!("{}-{number}", event.at.millis())
}

fn described(number: i64, event: &Event) -> Value {
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({
        "position": position(number, event),
        "time": time(event.at),
        "kind": event.kind.as_str(),
        "outcome": event.kind.outcome().as_str(),
        "user": event.user,
        "actor": event.actor,
        "by": event.by,
        "door": event.door.as_ref().map(Door::as_str),
        "session": event.session.map(|session| session.0),
        "address": known(&event.address),
        "request": (!event.request.0.is_nil()).then(|| event.request.to_string()),
        "detail": known(&event.detail),
    })
}

#[cfg(test)]
mod tests;
