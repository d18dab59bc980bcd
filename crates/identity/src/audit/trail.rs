//! Reading the trail, newest first, and forgetting what was kept long enough. Who may read it is not asked here: only the
//! operator has a way to it.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::{Event, EventKind, Outcome};
use crate::Core;
use crate::error::Result;
use crate::op::{Op, RequestId, Timestamp};
use crate::ports::{Change, Commit};
use crate::session::SessionId;
use crate::surface::Door;

/// Events forgotten by one commit: few enough that a login that comes in between waits for milliseconds.
const BATCH: u32 = 500;

/// A place in the trail: events are in order of time, and of their number where that is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// When.
    pub at: Timestamp,
    /// The event's number.
    pub number: i64,
}

/// Which events are wanted; what is `None` or empty asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventQuery {
    /// To this user or by this user, deleted or not.
    pub user: Option<Uuid>,
    /// Of one of these kinds.
    pub kinds: Vec<EventKind>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// By this door.
    pub door: Option<Door>,
    /// From exactly this address, as [`Event::address`] has it.
    pub address: Option<String>,
    /// About this session.
    pub session: Option<SessionId>,
    /// In this request.
    pub request: Option<RequestId>,
    /// Then or later.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
    /// Older than the event here: the last one of the page before.
    pub before: Option<Position>,
    /// At most so many.
    pub limit: u32,
}

impl EventQuery {
    /// The newest so many, of whatever kind.
    pub fn newest(limit: u32) -> Self {
        Self {
            user: None,
            kinds: Vec::new(),
            outcome: None,
            door: None,
            address: None,
            session: None,
            request: None,
            since: None,
            until: None,
            before: None,
            limit,
        }
    }

    /// The kinds that fit; `None`: all of them.
    pub fn wanted_kinds(&self) -> Option<Vec<EventKind>> {
        if self.kinds.is_empty() && self.outcome.is_none() {
            return None;
        }
        let fits = |kind: &EventKind| {
            (self.kinds.is_empty() || self.kinds.contains(kind))
                && self.outcome.is_none_or(|outcome| kind.outcome() == outcome)
        };
        Some(EventKind::ALL.into_iter().filter(fits).collect())
    }

    /// The earliest time that fits. A request's number tells its time, which is that of its events, and a session's id when
    /// it was opened.
    pub fn earliest(&self) -> Timestamp {
        let asked = self.since.unwrap_or(Timestamp::from_millis(i64::MIN));
        let request = self.request.and_then(|request| told_by(request.0));
        let session = self.session.and_then(|session| told_by(session.0));
        [request, session].into_iter().flatten().fold(asked, Timestamp::max)
    }

    /// All that fits is before this.
    pub fn end(&self) -> Position {
        let until = self.until.map(|at| Position { at, number: i64::MIN });
        let begun =
            self.request.and_then(|request| told_by(request.0)).map(|at| Position { at, number: i64::MAX });
        let last = Position { at: Timestamp::from_millis(i64::MAX), number: i64::MAX };
        [until, begun, self.before].into_iter().flatten().min().unwrap_or(last)
    }
}

/// When this id was made, if it is one that tells (RFC 9562, 5.7).
fn told_by(id: Uuid) -> Option<Timestamp> {
    let (seconds, nanos) = id.get_timestamp().filter(|_| id.get_version_num() == 7)?.to_unix();
    let millis = i64::try_from(seconds).ok()?.checked_mul(1000)?.checked_add(i64::from(nanos / 1_000_000))?;
    Some(Timestamp::from_millis(millis))
}

/// The audit trail's use cases.
#[derive(Clone)]
pub struct Trail {
    pub(crate) core: Arc<Core>,
}

impl Trail {
    /// What happened, newest first, with where it stands.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unavailable`].
    pub async fn list(&self, query: &EventQuery) -> Result<Vec<(i64, Event)>> {
        Ok(self.core.store.events_matching(query).await?)
    }

    /// How long events are kept; `None`: for ever.
    pub fn retention(&self) -> Option<Duration> {
        self.core.policy.audit_retention
    }

    /// Forgets some of the events that were kept long enough, the oldest first, and tells how many. Where that are as many
    /// as one commit takes ([`Trail::is_more`]) there may be more. Several processes may do this at once.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unavailable`].
    pub async fn forget_some(&self, op: &Op) -> Result<u64> {
        let Some(retention) = self.retention() else { return Ok(0) };
        let forget = Change::ForgetEvents { before: op.now - retention, limit: BATCH };
        let done = self.core.store.commit(Commit { changes: vec![forget], events: vec![] }).await?;
        Ok(done.affected.first().copied().unwrap_or(0))
    }

    /// Whether there may be more to forget after so many.
    pub fn is_more(forgotten: u64) -> bool {
        forgotten >= u64::from(BATCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(millis: u64) -> RequestId {
        RequestId(uuid::Builder::from_unix_timestamp_millis(millis, &[7; 10]).into_uuid())
    }

    #[test]
    fn kinds_and_outcome_are_both_to_fit() {
        let query = |kinds: &[EventKind], outcome| {
            let kinds = kinds.to_vec();
            EventQuery { kinds, outcome, ..EventQuery::newest(1) }.wanted_kinds()
        };
        let both = [EventKind::SignedIn, EventKind::SignInFailed];
        assert_eq!(query(&[], None), None);
        assert_eq!(query(&both, None), Some(both.to_vec()));
        assert_eq!(query(&both, Some(Outcome::Refused)), Some(vec![EventKind::SignInFailed]));
        assert_eq!(query(&[EventKind::SignedIn], Some(Outcome::Refused)), Some(vec![]));
        let refused = query(&[], Some(Outcome::Refused)).expect("some").len();
        let done = query(&[], Some(Outcome::Ok)).expect("some").len();
        assert_eq!((refused, refused + done), (7, EventKind::ALL.len()));
    }

    #[test]
    fn a_requests_number_narrows_the_time() {
        let query = EventQuery { request: Some(request(5_000)), ..EventQuery::newest(1) };
        let at = Timestamp::from_millis(5_000);
        assert_eq!((query.earliest(), query.end()), (at, Position { at, number: i64::MAX }));
        let older = Position { at: Timestamp::from_millis(4_000), number: 9 };
        assert_eq!(EventQuery { before: Some(older), ..query.clone() }.end(), older);
        let no_number = EventQuery { request: Some(RequestId(Uuid::nil())), ..query };
        assert_eq!(no_number.earliest().millis(), i64::MIN);
        assert_eq!(no_number.end().at.millis(), i64::MAX);
    }

    #[test]
    fn a_session_begins_with_its_id() {
        let query = EventQuery { session: Some(SessionId(request(5_000).0)), ..EventQuery::newest(1) };
        assert_eq!((query.earliest().millis(), query.end().at.millis()), (5_000, i64::MAX));
        let asked = EventQuery { since: Some(Timestamp::from_millis(6_000)), ..query };
        assert_eq!(asked.earliest().millis(), 6_000);
    }

    #[test]
    fn the_end_is_before_its_own_time() {
        let until = Timestamp::from_millis(8);
        let query = EventQuery { until: Some(until), ..EventQuery::newest(1) };
        assert_eq!(query.end(), Position { at: until, number: i64::MIN });
    }
}
