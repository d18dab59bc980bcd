//! The audit trail.

use identity::audit::{Event, EventKind};
use identity::ports::{Commit, Store as _};
use identity::session::SessionId;
use identity::{Door, RequestId};

use crate::world::{World, at, event, id};

pub(super) async fn every_event_reads_back_as_recorded(world: &World) {
    let full = Event {
        at: at(77),
        kind: EventKind::SignedIn,
        user: Some(id()),
        actor: "user".to_owned(),
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
