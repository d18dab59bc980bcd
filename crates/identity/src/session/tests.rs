//! The state machine of a session: ends, touches, reasons.

use std::time::Duration;

use super::*;
use crate::secret::SecretForm;
use crate::surface::{Idle, Scope};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn session() -> Session {
    Session {
        id: SessionId(Uuid::from_u128(1)),
        user: UserNumber(1),
        door: Door::new("toy"),
        created: at(0),
        last_seen: at(0),
        idle_end: None,
        absolute_end: None,
        ended: None,
        address: String::new(),
        user_agent: String::new(),
        permissions: None,
    }
}

fn surface(idle: Option<(u64, u64)>) -> Surface {
    Surface {
        door: Door::new("toy"),
        form: SecretForm::Hex { prefix: String::new(), digits: 64 },
        token: None,
        idle: idle
            .map(|(life, step)| Idle { life: Duration::from_secs(life), step: Duration::from_secs(step) }),
        absolute: None,
        limit_per_user: None,
        scope: Scope::Dialect,
        asks_for_new_password: false,
        sign_up: false,
        one_per_client: false,
        organizations: false,
        own_page: false,
    }
}

#[test]
fn the_nearer_end_counts_and_the_moment_itself_is_over() {
    let both = Session { idle_end: Some(at(10)), absolute_end: Some(at(7)), ..session() };
    assert_eq!(both.state(at(6)), State::Live);
    assert_eq!(both.state(at(7)), State::Expired);
    assert_eq!(session().state(at(1_000_000_000)), State::Live);
}

#[test]
fn what_was_ended_never_lives_again() {
    let ended = Session { ended: Some((at(3), EndReason::Revoked)), ..session() };
    assert_eq!(ended.state(at(1)), State::Ended { at: at(3), reason: EndReason::Revoked });
}

#[test]
fn the_idle_end_moves_only_by_more_than_the_step() {
    let resting = Session { idle_end: Some(at(1000)), last_seen: at(0), ..session() };
    let surface = surface(Some((1000, 60)));
    assert_eq!(resting.touch(&surface, at(30)), None);
    let touch = resting.touch(&surface, at(61)).expect("more than the step");
    assert_eq!(touch.idle_end, Some(at(1061)));
}

/// security 2, no. 23.
#[test]
fn the_idle_end_stops_at_the_absolute_end() {
    let old =
        Session { idle_end: Some(at(1000)), absolute_end: Some(at(1200)), last_seen: at(890), ..session() };
    let touch = old.touch(&surface(Some((1000, 60))), at(900)).expect("moves");
    assert_eq!(touch.idle_end, Some(at(1200)));
}

#[test]
fn last_seen_is_kept_to_the_minute() {
    assert_eq!(session().touch(&surface(None), at(59)), None);
    assert_eq!(session().touch(&surface(None), at(60)).expect("a minute").idle_end, None);
}
