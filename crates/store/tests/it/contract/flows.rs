//! Logins under way.

use identity::Door;
use identity::federation::ProviderId;
use identity::flow::{Flow, FlowId, HandOver, NewFlow};
use identity::organization::OrganizationId;
use identity::organization::joining::KeptJoining;
use identity::ports::{Change, Conflict, Store as _};
use identity::secret::{Digest, DigestKind};
use identity::session::SessionId;
use identity::user::User;
use uuid::Uuid;

use crate::world::{World, at, digest_of, id, new_flow};

fn take(flow: FlowId, seconds: i64) -> Change {
    Change::TakeFlow { flow, at: at(seconds) }
}

/// A flow that is over by itself at this second.
fn until(seconds: i64) -> NewFlow {
    let NewFlow { flow, digest } = new_flow();
    NewFlow { flow: Flow { expires: at(seconds), ..flow }, digest }
}

pub(super) async fn a_flow_reads_back_as_opened(world: &World) {
    let NewFlow { flow, digest } = new_flow();
    let flow = Flow {
        provider: ProviderId::new("acme-sso.v2_x").unwrap(),
        door: Door::new("trieve"),
        browser: Digest { kind: DigestKind::Sha256, bytes: (0..32).collect() },
        return_to: "https://app.example/ä?a=b&c=%20#d".to_owned(),
        joining: KeptJoining {
            organization: Some(OrganizationId(Uuid::max())),
            invitation: Some(Digest { kind: DigestKind::Sha256, bytes: (1..33).collect() }),
        },
        created: at(3),
        expires: at(603),
        links: Some(SessionId(id())),
        hand_over: Some(HandOver { callback: "https://id.example/back".to_owned(), to: None }),
        ..flow
    };
    let new = NewFlow { flow: flow.clone(), digest: digest.clone() };
    assert_eq!(world.apply(Change::OpenFlow(new)).await, 1);
    assert_eq!(world.store.flow_by_digest(&digest).await.unwrap(), Some(flow));

    let NewFlow { flow, digest } = new_flow();
    let nowhere = NewFlow { flow: Flow { return_to: String::new(), ..flow }, digest: digest.clone() };
    world.apply(Change::OpenFlow(nowhere)).await;
    let read = world.store.flow_by_digest(&digest).await.unwrap().unwrap();
    assert_eq!((read.return_to.as_str(), read.joining), ("", KeptJoining::default()));

    // Each by itself.
    for joining in [
        KeptJoining { organization: Some(OrganizationId(id())), invitation: None },
        KeptJoining { organization: None, invitation: Some(digest_of(id())) },
    ] {
        let NewFlow { flow, digest } = new_flow();
        let new = NewFlow { flow: Flow { joining: joining.clone(), ..flow }, digest: digest.clone() };
        world.apply(Change::OpenFlow(new)).await;
        assert_eq!(world.store.flow_by_digest(&digest).await.unwrap().unwrap().joining, joining);
    }
}

/// Not even by what its browser is known by.
pub(super) async fn nothing_is_found_by_what_begins_no_flow(world: &World) {
    let flow = world.open_flow(new_flow()).await;
    let mut other = digest_of(flow.id.0);
    other.bytes.pop();
    for unknown in [other, digest_of(Uuid::max()), flow.browser] {
        assert_eq!(world.store.flow_by_digest(&unknown).await.unwrap(), None);
    }
}

pub(super) async fn an_id_and_a_state_begin_one_flow(world: &World) {
    let first = world.open_flow(new_flow()).await;
    let NewFlow { flow, digest } = new_flow();
    let same_id = NewFlow { flow: Flow { id: first.id, ..flow.clone() }, digest };
    let same_state = NewFlow { flow, digest: digest_of(first.id.0) };
    for second in [same_id, same_state] {
        world.unavailable(Change::OpenFlow(second)).await;
    }
    // A browser may have several under way.
    let NewFlow { flow, digest } = new_flow();
    world.open_flow(NewFlow { flow: Flow { browser: first.browser, ..flow }, digest }).await;
}

pub(super) async fn a_flow_is_taken_once_and_in_time(world: &World) {
    let used = world.open_flow(until(600)).await;
    let late = world.open_flow(until(600)).await;
    assert_eq!(world.apply(take(used.id, 599)).await, 1);
    assert_eq!(world.stored_flow(&used).await, None);
    assert_eq!(world.refused(take(used.id, 599)).await, Conflict::FlowGone);
    for second in [600, 601] {
        assert_eq!(world.refused(take(late.id, second)).await, Conflict::FlowGone);
    }
    assert_eq!(
        world.stored_flow(&late).await.as_ref(),
        Some(&late),
        "one past its end is kept until forgotten"
    );
    assert_eq!(world.refused(take(FlowId(id()), 2)).await, Conflict::FlowGone);
}

/// Of a login at our own page only, in time, of an active user with the version read; and nobody else after that.
pub(super) async fn somebody_is_handed_over_once(world: &World) {
    let (ann, bob) = (world.user("ann").await, world.user("bob").await);
    let hand = |flow: FlowId, user: &User, second| Change::HandOver {
        flow,
        user: user.number,
        version: user.credential_version,
        at: at(second),
    };
    let NewFlow { flow, digest } = until(600);
    let waits = HandOver { callback: "https://id.example/back".to_owned(), to: None };
    let flow = Flow { hand_over: Some(waits.clone()), ..flow };
    let at_a_provider = world.open_flow(until(600)).await;
    world.open_flow(NewFlow { flow: flow.clone(), digest }).await;

    assert_eq!(world.refused(hand(at_a_provider.id, &ann, 2)).await, Conflict::FlowGone);
    assert_eq!(world.refused(hand(FlowId(id()), &ann, 2)).await, Conflict::FlowGone);
    assert_eq!(world.refused(hand(flow.id, &ann, 600)).await, Conflict::FlowGone);
    let stale =
        Change::HandOver { flow: flow.id, user: ann.number, version: ann.credential_version + 1, at: at(2) };
    assert_eq!(world.refused(stale).await, Conflict::UserChanged);
    assert_eq!(world.stored_flow(&flow).await, Some(flow.clone()));

    let handed = HandOver { to: Some((ann.number, ann.credential_version)), ..waits };
    for _ in 0..2 {
        assert_eq!(world.apply(hand(flow.id, &ann, 599)).await, 1);
        let stored = world.stored_flow(&flow).await.expect("it waits for its door");
        assert_eq!(stored.hand_over.as_ref(), Some(&handed));
    }
    assert_eq!(world.refused(hand(flow.id, &bob, 599)).await, Conflict::FlowGone);
    world.apply(take(flow.id, 599)).await;
    assert_eq!(world.refused(hand(flow.id, &ann, 599)).await, Conflict::FlowGone);
}

pub(super) async fn old_flows_are_forgotten(world: &World) {
    let mut flows = Vec::new();
    for end in [598, 599, 600, 601] {
        flows.push(world.open_flow(until(end)).await);
    }
    assert_eq!(world.apply(Change::ForgetFlows { before: at(600) }).await, 2);
    let mut left = Vec::new();
    for flow in &flows {
        left.push(world.stored_flow(flow).await.is_some());
    }
    assert_eq!(left, [false, false, true, true]);
    assert_eq!(world.apply(Change::ForgetFlows { before: at(600) }).await, 0);
}
