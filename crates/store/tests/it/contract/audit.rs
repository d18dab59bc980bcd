//! The audit trail.

use identity::audit::trail::{EventQuery, Position};
use identity::audit::{Event, EventKind, Outcome};
use identity::ports::{Change, Commit, Store as _};
use identity::session::SessionId;
use identity::{Door, RequestId};

use crate::world::{World, at, event, id};

pub(super) async fn every_event_reads_back_as_recorded(world: &World) {
    let full = Event {
        at: at(77),
        kind: EventKind::SignedIn,
        user: Some(id()),
        actor: "user".to_owned(),
        by: Some(id()),
        door: Some(Door::new("knox")),
        session: Some(SessionId(id())),
        address: "2001:db8::1".to_owned(),
        request: RequestId(id()),
        detail: "why".to_owned(),
    };
    let mut events = vec![full];
    events.extend(EventKind::ALL.map(|kind| event(kind, "")));
    let commit = Commit { changes: vec![], events: events.clone() };
    assert_eq!(world.store.commit(commit).await.unwrap().affected, [0_u64; 0], "an event is no change");
    let found = world.store.events(0, 100).await.unwrap();
    assert!(found.iter().map(|(_, event)| event).eq(&events), "{found:?}");
}

pub(super) async fn events_are_paged_in_order(world: &World) {
    assert_eq!(world.store.events(0, 100).await.unwrap(), []);
    for pair in [["a", "b"], ["c", "d"], ["e", "f"]] {
        let events = pair.map(|detail| event(EventKind::SignInFailed, detail)).to_vec();
        world.store.commit(Commit { changes: vec![], events }).await.unwrap();
    }
    let (mut after, mut read) = (0, String::new());
    loop {
        let page = world.store.events(after, 4).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        assert!(page.len() <= 4);
        assert!(page.is_sorted_by_key(|(number, _)| *number));
        assert!(*last > after);
        after = *last;
        read.extend(page.into_iter().map(|(_, event)| event.detail));
    }
    assert_eq!(read, "abcdef");
    assert_eq!(world.store.events(0, 0).await.unwrap(), []);
}

/// Records them in this order, each with its place in it as the detail.
async fn record(world: &World, events: impl IntoIterator<Item = Event>) {
    let numbered = events.into_iter().zip(1..);
    let events = numbered.map(|(event, n): (_, u32)| Event { detail: n.to_string(), ..event }).collect();
    world.store.commit(Commit { changes: vec![], events }).await.unwrap();
}

/// The details of what fits, in the order in which it is told.
async fn found(world: &World, query: EventQuery) -> String {
    let events = world.store.events_matching(&query).await.unwrap();
    events.into_iter().map(|(_, event)| event.detail).collect::<Vec<_>>().join(" ")
}

fn some() -> EventQuery {
    EventQuery::newest(100)
}

pub(super) async fn the_newest_events_come_first(world: &World) {
    assert_eq!(found(world, some()).await, "");
    // Two processes, of which one has a clock that is behind.
    let times = [5, 7, 6, 7, 4];
    record(world, times.map(|second| Event { at: at(second), ..event(EventKind::SignedIn, "") })).await;
    assert_eq!(found(world, some()).await, "4 2 3 1 5");
    assert_eq!(found(world, EventQuery::newest(2)).await, "4 2");
    assert_eq!(found(world, EventQuery::newest(0)).await, "");
    let within = |since, until| EventQuery { since: Some(at(since)), until: Some(at(until)), ..some() };
    assert_eq!(found(world, within(5, 7)).await, "3 1");
    assert_eq!(found(world, within(8, 9)).await, "");
}

pub(super) async fn a_page_goes_on_behind_the_last_event_of_the_one_before(world: &World) {
    let (ann, bob) = (id(), id());
    let times = [5, 7, 6, 7, 7, 4, 5];
    record(
        world,
        times.iter().zip([true, false].into_iter().cycle()).map(|(second, to)| Event {
            at: at(*second),
            user: Some(if to { ann } else { bob }),
            by: (!to).then_some(ann),
            ..event(EventKind::UserSuspended, "")
        }),
    )
    .await;
    for user in [None, Some(ann)] {
        let (mut before, mut read) = (None, String::new());
        loop {
            let query = EventQuery { user, before, ..EventQuery::newest(2) };
            let page = world.store.events_matching(&query).await.unwrap();
            let Some((number, last)) = page.last() else { break };
            before = Some(Position { at: last.at, number: *number });
            read.extend(page.iter().map(|(_, event)| event.detail.as_str()));
        }
        assert_eq!(read, "5423716", "{user:?}");
    }
}

pub(super) async fn events_are_found_by_what_they_say(world: &World) {
    let (ann, bob) = (id(), id());
    let (session, request) = (SessionId(id()), RequestId(id()));
    let plain = event(EventKind::SignedIn, "");
    let failed = event(EventKind::SignInFailed, "");
    record(
        world,
        [
            Event { user: Some(ann), ..plain.clone() },
            Event { user: Some(ann), by: Some(ann), ..event(EventKind::PasswordChanged, "") },
            Event { user: Some(bob), by: Some(ann), ..event(EventKind::UserRenamed, "") },
            Event { user: None, by: Some(bob), ..event(EventKind::OrganizationCreated, "") },
            Event { door: Some(Door::new("knox")), ..failed.clone() },
            Event { door: Some(Door::new("probe")), address: "192.0.2.7".to_owned(), ..failed },
            Event { session: Some(session), address: "2001:db8::1".to_owned(), ..plain.clone() },
            Event { request, ..event(EventKind::MailFailed, "") },
        ],
    )
    .await;
    let of = |user| EventQuery { user: Some(user), ..some() };
    assert_eq!(found(world, of(ann)).await, "3 2 1");
    assert_eq!(found(world, of(bob)).await, "4 3");
    assert_eq!(found(world, of(id())).await, "");
    let kinds = |kinds: &[EventKind]| EventQuery { kinds: kinds.to_vec(), ..some() };
    assert_eq!(found(world, kinds(&[EventKind::SignedIn])).await, "7 1");
    assert_eq!(found(world, kinds(&[EventKind::SignedIn, EventKind::UserRenamed])).await, "7 3 1");
    assert_eq!(found(world, kinds(&EventKind::ALL)).await, "8 7 6 5 4 3 2 1");
    let refused = EventQuery { outcome: Some(Outcome::Refused), ..some() };
    assert_eq!(found(world, refused.clone()).await, "8 6 5");
    let neither = EventQuery { outcome: Some(Outcome::Refused), ..kinds(&[EventKind::SignedIn]) };
    assert_eq!(found(world, neither).await, "");
    let door = |name| EventQuery { door: Some(Door::new(name)), ..some() };
    assert_eq!((found(world, door("knox")).await, found(world, door("kno")).await), ("5".into(), "".into()));
    let address = |text: &str| EventQuery { address: Some(text.to_owned()), ..some() };
    assert_eq!(found(world, address("2001:db8::1")).await, "7");
    assert_eq!(found(world, address("192.0.2.%")).await, "");
    assert_eq!(found(world, EventQuery { session: Some(session), ..some() }).await, "7");
    assert_eq!(found(world, EventQuery { request: Some(request), ..some() }).await, "8");
    let both = EventQuery { address: Some("192.0.2.7".to_owned()), ..refused };
    assert_eq!(found(world, both).await, "6", "all of it must fit");
}

pub(super) async fn the_oldest_events_are_forgotten_a_few_at_a_time(world: &World) {
    let times = [3, 1, 5, 2, 9];
    record(world, times.map(|second| Event { at: at(second), ..event(EventKind::SignedIn, "") })).await;
    let forget = |second, limit| Change::ForgetEvents { before: at(second), limit };
    assert_eq!(world.apply(forget(5, 2)).await, 2);
    assert_eq!(found(world, some()).await, "5 3 1");
    assert_eq!(world.apply(forget(5, 2)).await, 1);
    assert_eq!(world.apply(forget(5, 2)).await, 0, "what is of then or later stays");
    assert_eq!(found(world, some()).await, "5 3");
    let last = world.store.events(0, 100).await.unwrap().last().unwrap().0;
    world.apply(forget(100, 100)).await;
    record(world, [event(EventKind::SignedIn, "")]).await;
    assert!(world.store.events(0, 100).await.unwrap()[0].0 > last, "a number is not given out again");
}
