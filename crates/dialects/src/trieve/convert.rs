//! Wire to command, outcome to wire.

use identity::Timestamp;
use identity::api_key::keys::MakeApiKey;
use identity::api_key::{ApiKey, Bounds};
use identity::organization::invitations::{InvitationLink, Invite};
use identity::organization::{Invitation, Membership, Organization, OrganizationId, OrganizationRole};
use identity::user::User;
use uuid::Uuid;
use web::time::{naive, parsed};

use super::wire;

/// A body that says what cannot be, in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) &'static str);

const ROLE: Wrong = Wrong("user_role is 0 (user), 1 (admin) or 2 (owner)");
const KEY_ROLE: Wrong = Wrong("role is 0 (read) or 1 (read and write)");
const ORGANIZATION_KEY_ROLE: Wrong = Wrong("role is 0 (user), 1 (admin) or 2 (owner)");
/// A bound that is dropped would let through what it was to hold back.
const NO_SCOPES: Wrong = Wrong("scopes of a membership can not be kept here");
const NO_DEFAULT_PARAMS: Wrong = Wrong("default_params can not be kept here");
const EXPIRES_AT: Wrong = Wrong("expires_at is no time to come");

/// contracts 4.2: the user, with what they belong to.
pub(super) fn slim_user<'a>(user: &'a User, belongs: &'a [(Organization, Membership)]) -> wire::SlimUser<'a> {
    wire::SlimUser {
        id: user.id,
        name: Some(user.name.as_str()).filter(|name| !name.is_empty()),
        email: user.email.as_deref().unwrap_or_default(),
        created_at: naive(user.created),
        user_orgs: belongs.iter().map(|(_, membership)| membership_of(user, membership)).collect(),
        orgs: belongs.iter().map(|(organization, _)| self::organization(organization)).collect(),
    }
}

fn membership_of(user: &User, membership: &Membership) -> wire::UserOrganization {
    wire::UserOrganization {
        id: membership.id.0,
        user_id: user.id,
        organization_id: membership.organization.0,
        role: membership.role.number(),
        created_at: naive(membership.created),
        updated_at: naive(membership.updated),
        scopes: None,
    }
}

fn organization(organization: &Organization) -> wire::Organization<'_> {
    wire::Organization {
        id: organization.id.0,
        name: &organization.name,
        created_at: naive(organization.created),
        updated_at: naive(organization.updated),
        registerable: organization.registerable,
        deleted: 0,
        partner_configuration: wire::Empty {},
    }
}

/// contracts 4.1: where a browser is led after a login that made an account with an organization of its own.
pub(super) fn with_new_user(place: &str) -> String {
    let (before, fragment) = match place.split_once('#') {
        Some((before, fragment)) => (before, format!("#{fragment}")),
        None => (place, String::new()),
    };
    let joint = if before.contains('?') { '&' } else { '?' };
    format!("{before}{joint}new_user=true{fragment}")
}

/// contracts 4.5: what is empty binds nothing.
fn bound<T>(list: Option<Vec<T>>) -> Option<Vec<T>> {
    list.filter(|list| !list.is_empty())
}

fn datasets(ids: Option<Vec<Uuid>>) -> Option<Vec<String>> {
    Some(bound(ids)?.into_iter().map(|id| id.to_string()).collect())
}

/// contracts 4.5: a key that reads is a member's without a role; one that reads and writes is its owner's equal.
pub(super) fn user_key(body: wire::MakeUserKey) -> Result<MakeApiKey, Wrong> {
    let role = match body.role {
        0 => Some(OrganizationRole::User),
        1 => None,
        _ => return Err(KEY_ROLE),
    };
    let organizations = bound(body.organization_ids);
    let bounds = Bounds {
        role,
        scopes: bound(body.scopes),
        organizations: organizations.map(|ids| ids.into_iter().map(OrganizationId).collect()),
        datasets: datasets(body.dataset_ids),
    };
    Ok(MakeApiKey { name: body.name, bounds, ..MakeApiKey::default() })
}

pub(super) fn organization_key(body: wire::MakeOrganizationKey, now: Timestamp) -> Result<MakeApiKey, Wrong> {
    let role = OrganizationRole::from_number(body.role.into()).ok_or(ORGANIZATION_KEY_ROLE)?;
    let keeps = |params: &serde_json::Value| params.as_object().is_some_and(serde_json::Map::is_empty);
    if !body.default_params.as_ref().is_none_or(keeps) {
        return Err(NO_DEFAULT_PARAMS);
    }
    let life = match &body.expires_at {
        Some(text) => {
            Some(parsed(text).map(|end| end.since(now)).filter(|life| !life.is_zero()).ok_or(EXPIRES_AT)?)
        }
        None => None,
    };
    let bounds = Bounds {
        role: Some(role),
        scopes: bound(body.scopes),
        organizations: None,
        datasets: datasets(body.dataset_ids),
    };
    Ok(MakeApiKey { name: body.name, bounds, life, ..MakeApiKey::default() })
}

fn key(key: &ApiKey) -> wire::Key<'_> {
    let organizations = key.bounds.organizations.as_ref();
    wire::Key {
        name: &key.name,
        role: key.bounds.role.unwrap_or(OrganizationRole::Admin).number(),
        dataset_ids: key.bounds.datasets.as_deref(),
        organization_ids: organizations.map(|ids| ids.iter().map(|id| id.0).collect()),
        created_at: naive(key.created),
        updated_at: naive(key.updated),
    }
}

pub(super) fn key_of_user<'a>(key: &'a ApiKey, owner: &User) -> wire::UserKey<'a> {
    wire::UserKey { id: key.id.0, user_id: owner.id, key: self::key(key) }
}

pub(super) fn key_of_organization(key: &ApiKey, owner: OrganizationId) -> wire::OrganizationKey<'_> {
    wire::OrganizationKey { id: key.id.0, organization_id: owner.0, key: self::key(key) }
}

/// Whom to invite, once both places were looked at.
pub(super) fn invite(body: wire::Invite) -> Result<Invite, Wrong> {
    let role = OrganizationRole::from_number(body.user_role.into()).ok_or(ROLE)?;
    if bound(body.scopes).is_some() {
        return Err(NO_SCOPES);
    }
    let link = InvitationLink { app_url: body.app_url, redirect_uri: body.redirect_uri };
    Ok(Invite { email: body.email.trim().to_owned(), role, link: Some(link) })
}

pub(super) fn invitation(invitation: &Invitation) -> wire::Invitation<'_> {
    wire::Invitation {
        id: invitation.id.0,
        email: invitation.address.as_str(),
        organization_id: invitation.organization.0,
        used: invitation.used.is_some(),
        created_at: naive(invitation.created),
        updated_at: naive(invitation.used.unwrap_or(invitation.created)),
        role: invitation.role.number(),
        scopes: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_4_1_a_new_user_is_told_in_the_query() {
        for (place, expected) in [
            ("/", "/?new_user=true"),
            ("https://app.example/a?b=1", "https://app.example/a?b=1&new_user=true"),
            ("/a#b?c", "/a?new_user=true#b?c"),
        ] {
            assert_eq!(with_new_user(place), expected);
        }
    }

    fn organization_key_with(
        expires_at: Option<&str>,
        default_params: serde_json::Value,
    ) -> Result<MakeApiKey, Wrong> {
        let body = wire::MakeOrganizationKey {
            name: "k".to_owned(),
            role: 0,
            dataset_ids: Some(vec![]),
            scopes: Some(vec![]),
            expires_at: expires_at.map(str::to_owned),
            default_params: Some(default_params),
        };
        organization_key(body, Timestamp::from_millis(1_730_479_142_000))
    }

    #[test]
    fn clause_4_5_an_empty_list_binds_nothing() {
        let make = organization_key_with(None, serde_json::json!({})).expect("a key");
        let role = Some(OrganizationRole::User);
        assert_eq!(make.bounds, Bounds { role, ..Bounds::default() });
    }

    #[test]
    fn clause_4_5_an_end_is_a_time_to_come() {
        let end = |text| organization_key_with(Some(text), serde_json::json!({})).map(|make| make.life);
        let hour = Ok(Some(std::time::Duration::from_hours(1)));
        assert_eq!(end("2024-11-01T17:39:02Z"), hour);
        assert_eq!(end("2024-11-01 17:39:02"), hour);
        for text in ["", "never", "2024-11-01T16:39:02Z", "2020-01-01T00:00:00Z"] {
            assert_eq!(end(text), Err(EXPIRES_AT), "{text}");
        }
    }

    #[test]
    fn clause_4_5_what_cannot_be_kept_is_refused() {
        for params in [serde_json::json!({"page_size": 1}), serde_json::json!([]), serde_json::json!(0)] {
            assert_eq!(organization_key_with(None, params).map(drop), Err(NO_DEFAULT_PARAMS));
        }
    }
}
