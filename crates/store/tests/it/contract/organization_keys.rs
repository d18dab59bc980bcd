//! API keys of organizations.

use identity::Door;
use identity::api_key::{ApiKey, ApiKeyId, Bounds, KeyOwner, NewApiKey};
use identity::organization::{Organization, OrganizationRole};
use identity::ports::{Change, Conflict, Store as _};
use identity::session::EndReason;

use crate::world::{World, at, digest_of, id, new_key, new_organization, new_organization_key};

const PROBE: Door = Door::new("probe");

fn open(key: NewApiKey, organization: &Organization, limit: u32) -> Change {
    Change::OpenOrganizationKey { key, organization: organization.id, limit }
}

pub(super) async fn an_organizations_key_reads_back_as_made(world: &World) {
    let (store, acme) = (&world.store, world.organization("Acme").await);
    let NewApiKey { key, digest } = new_organization_key(&acme, "probe");
    let bounds = Bounds {
        role: Some(OrganizationRole::Owner),
        scopes: Some(vec!["GET /api/dataset/{id}".to_owned(), String::new()]),
        organizations: Some(vec![acme.id]),
        datasets: Some(vec![]),
    };
    let full = ApiKey { bounds, expires: Some(at(100)), last_used: Some(at(3)), ..key };
    let bare = ApiKey { bounds: Bounds::default(), ..new_organization_key(&acme, "probe").key };
    let mut expected = Vec::new();
    for (key, digest) in [(full, digest), (bare.clone(), digest_of(bare.id.0))] {
        let new = NewApiKey { key: key.clone(), digest: digest.clone() };
        assert_eq!(world.apply(open(new, &acme, 9)).await, 1);
        let (found, owner) = store.organization_key_by_digest(&digest).await.unwrap().unwrap();
        assert_eq!((&found, &owner), (&key, &acme));
        assert_eq!(store.api_key(key.id).await.unwrap().as_ref(), Some(&key));
        expected.push(key);
        assert_eq!(store.organization_keys(acme.id, &PROBE).await.unwrap(), expected, "oldest first");
    }
    assert_eq!(store.organization_keys(acme.id, &Door::new("knox")).await.unwrap(), []);
    assert_eq!(store.organization(acme.id).await.unwrap(), Some(acme));
    assert_eq!(store.api_key(ApiKeyId(id())).await.unwrap(), None);
    let nowhere = new_organization("nowhere");
    world.unavailable(open(new_organization_key(&nowhere, "probe"), &nowhere, 9)).await;
}

pub(super) async fn a_key_is_a_users_or_an_organizations(world: &World) {
    let (store, acme, ann) = (&world.store, world.organization("Acme").await, world.user("ann").await);
    let new = new_organization_key(&acme, "probe");
    let digest = new.digest.clone();
    let as_a_users = Change::OpenApiKey { key: new.clone(), version: 1, limit: 9 };
    assert_eq!(world.refused(as_a_users).await, Conflict::UserChanged);
    world.apply(open(new, &acme, 9)).await;
    assert!(store.api_key_by_digest(&digest).await.unwrap().is_none());
    let NewApiKey { key, digest } = new_key(&ann, "probe");
    let bounds = Bounds { role: Some(OrganizationRole::User), ..Bounds::default() };
    let key = world.key_as(NewApiKey { key: ApiKey { bounds, ..key }, digest: digest.clone() }).await;
    assert_eq!((key.owner, key.bounds.role), (KeyOwner::User(ann.number), Some(OrganizationRole::User)));
    assert!(store.organization_key_by_digest(&digest).await.unwrap().is_none());
}

pub(super) async fn the_limit_counts_keys_of_one_organization_and_door(world: &World) {
    let (acme, other, ann) =
        (world.organization("Acme").await, world.organization("Other").await, world.user("ann").await);
    let new = |door| new_organization_key(&acme, door);
    // None of these counts: another owner, another door, ended.
    world.key(&ann, "probe").await;
    world.apply(open(new_organization_key(&other, "probe"), &other, 1)).await;
    world.apply(open(new("knox"), &acme, 1)).await;
    let ended = new("probe");
    world.apply(open(ended.clone(), &acme, 1)).await;
    world.apply(Change::EndApiKey { key: ended.key.id, at: at(5), reason: EndReason::Revoked }).await;
    assert_eq!(world.refused(open(new("probe"), &acme, 0)).await, Conflict::ApiKeyLimit);
    world.apply(open(new("probe"), &acme, 1)).await;
    assert_eq!(world.refused(open(new("probe"), &acme, 1)).await, Conflict::ApiKeyLimit);
}

pub(super) async fn an_organizations_key_outlives_who_made_it(world: &World) {
    let (acme, ann) = (world.organization("Acme").await, world.user("ann").await);
    world.member(&acme, &ann, OrganizationRole::Owner).await;
    let new = new_organization_key(&acme, "probe");
    world.apply(open(new.clone(), &acme, 9)).await;
    world.apply(Change::DeleteUser { user: ann.number, at: at(9), retired: vec![] }).await;
    world.apply(Change::TouchApiKey { key: new.key.id, at: at(10) }).await;
    let used = ApiKey { last_used: Some(at(10)), ..new.key.clone() };
    assert_eq!(world.store.api_key(new.key.id).await.unwrap(), Some(used.clone()));
    let end = || Change::EndApiKey { key: new.key.id, at: at(11), reason: EndReason::EndedByOwner };
    world.apply(end()).await;
    let (found, _) = world.store.organization_key_by_digest(&new.digest).await.unwrap().unwrap();
    assert_eq!(found, ApiKey { ended: Some((at(11), EndReason::EndedByOwner)), ..used });
    assert_eq!(world.refused(end()).await, Conflict::ApiKeyEnded);
}
