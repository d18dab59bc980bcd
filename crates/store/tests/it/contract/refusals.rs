//! Refused requests.

use identity::ports::{Change, Commit, Store as _};
use identity::refusal::{LeftOut, RefusalId, Refused};
use identity::{RequestId, Timestamp};

use crate::world::{World, at, id};

fn refused(rule: &str, network: u8, at: Timestamp) -> Refused {
    let request = RequestId(id());
    Refused {
        id: RefusalId::of(request),
        at,
        request,
        door: None,
        method: "GET".to_owned(),
        route: "/".to_owned(),
        status: 401,
        outcome: "credential_invalid".to_owned(),
        rule: rule.to_owned(),
        seen: "this".to_owned(),
        wanted: "that".to_owned(),
        observed: String::new(),
        address: String::new(),
        network: [network; 9],
    }
}

fn keep(refused: &Refused) -> Change {
    Change::KeepRefusal { refused: Box::new(refused.clone()), of_network: 2, of_rule: 4 }
}

async fn kept(world: &World, all: &[Refused]) -> Vec<bool> {
    let mut kept = Vec::new();
    for refused in all {
        kept.push(world.store.refusal(refused.id).await.unwrap().is_some());
    }
    kept
}

pub(super) async fn a_refusal_reads_back_as_kept(world: &World) {
    let full = Refused {
        door: Some("knox".to_owned()),
        status: 503,
        observed: "Origin: https://ä.example".to_owned(),
        address: "2001:db8::1".to_owned(),
        ..refused("cross_site", 6, at(77))
    };
    world.apply(keep(&full)).await;
    let another = Refused { seen: "else".to_owned(), ..full.clone() };
    world.apply(keep(&another)).await;
    assert_eq!(world.store.refusal(full.id).await.unwrap(), Some(full));
    let plain = refused("cross_site", 0, at(78));
    world.apply(keep(&plain)).await;
    assert_eq!(world.store.refusal(plain.id).await.unwrap(), Some(plain));
    assert_eq!(world.store.refusal(RefusalId::of(RequestId(id()))).await.unwrap(), None);
}

/// A network pushes out its own, a rule its own; the latest stay.
pub(super) async fn a_rule_and_a_network_have_so_many_rows(world: &World) {
    let others: Vec<Refused> = [(1, 1), (2, 2)].map(|(network, time)| refused("a", network, at(time))).into();
    let another_rule = refused("b", 9, at(0));
    let flood: Vec<Refused> = (10..20).map(|time| refused("a", 9, at(time))).collect();
    for refused in others.iter().chain([&another_rule]).chain(&flood) {
        world.apply(keep(refused)).await;
    }
    assert_eq!(kept(world, &others).await, [true, true]);
    assert_eq!(kept(world, std::slice::from_ref(&another_rule)).await, [true]);
    assert_eq!(kept(world, &flood).await, [[false; 8].as_slice(), &[true; 2]].concat());

    let many: Vec<Refused> = (30..40_u8).map(|n| refused("a", n, at(n.into()))).collect();
    let changes = many.iter().map(keep).collect();
    world.store.commit(Commit { changes, events: vec![] }).await.unwrap();
    assert_eq!(kept(world, &many).await, [[false; 6].as_slice(), &[true; 4]].concat());
    assert_eq!(kept(world, &others).await, [false, false]);
    assert_eq!(kept(world, &[another_rule]).await, [true]);
}

pub(super) async fn two_processes_keep_their_refusals_at_once(world: &World) {
    let batch = || {
        let mut changes: Vec<Change> = (0..50_u8)
            .map(|n| keep(&refused(if n < 25 { "a" } else { "b" }, n % 25 / 2, at(n.into()))))
            .collect();
        changes.push(Change::CountLeftOut { rule: "a", count: 1, at: at(1) });
        Commit { changes, events: vec![] }
    };
    for _ in 0..10 {
        let (one, other) = tokio::join!(world.store.commit(batch()), world.store.commit(batch()));
        one.unwrap();
        other.unwrap();
    }
    assert_eq!(world.store.refusals_left_out().await.unwrap()[0].count, 20);
}

pub(super) async fn what_is_left_out_is_counted(world: &World) {
    assert_eq!(world.store.refusals_left_out().await.unwrap(), []);
    for (rule, count, time) in [("b", 3, 10), ("a", 1, 20), ("b", 4, 30), ("b", 5, 25)] {
        world.apply(Change::CountLeftOut { rule, count, at: at(time) }).await;
    }
    let left = |rule: &str, count, since, latest| LeftOut {
        rule: rule.to_owned(),
        count,
        since: at(since),
        latest: at(latest),
    };
    let expected = [left("a", 1, 20, 20), left("b", 12, 10, 30)];
    assert_eq!(world.store.refusals_left_out().await.unwrap(), expected);
}

pub(super) async fn old_refusals_and_counts_are_forgotten(world: &World) {
    let all = [10, 20].map(|time| refused("a", 1, at(time)));
    for (refused, rule) in all.iter().zip(["a", "b"]) {
        world.apply(keep(refused)).await;
        world.apply(Change::CountLeftOut { rule, count: 1, at: refused.at }).await;
    }
    assert_eq!(world.apply(Change::ForgetRefusals { before: at(20) }).await, 1);
    assert_eq!(kept(world, &all).await, [false, true]);
    let left = world.store.refusals_left_out().await.unwrap();
    assert_eq!(left.iter().map(|left| left.rule.as_str()).collect::<Vec<_>>(), ["b"]);
}
