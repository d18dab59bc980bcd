//! Bodies and answers, exactly as on the wire (contracts 4.2, 4.5). Times are texts without a zone.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Who somebody is, and what they belong to: everything that some version of the clients wants.
#[derive(Serialize)]
pub(super) struct SlimUser<'a> {
    pub(super) id: Uuid,
    pub(super) name: Option<&'a str>,
    pub(super) email: &'a str,
    pub(super) created_at: String,
    pub(super) user_orgs: Vec<UserOrganization>,
    pub(super) orgs: Vec<Organization<'a>>,
}

/// A membership.
#[derive(Serialize)]
pub(super) struct UserOrganization {
    pub(super) id: Uuid,
    pub(super) user_id: Uuid,
    pub(super) organization_id: Uuid,
    pub(super) role: i64,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    /// Always null: memberships have none here.
    pub(super) scopes: Option<Vec<String>>,
}

#[derive(Serialize)]
pub(super) struct Organization<'a> {
    pub(super) id: Uuid,
    pub(super) name: &'a str,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) registerable: bool,
    /// Always 0: what is deleted is not there.
    pub(super) deleted: u8,
    /// Always empty.
    pub(super) partner_configuration: Empty,
}

/// `{}`
#[derive(Serialize)]
pub(super) struct Empty {}

/// An error (`ErrorResponseBody`).
#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) message: &'a str,
}

/// Answer of the product to a logout.
#[derive(Serialize)]
pub(super) struct LogoutUrl<'a> {
    pub(super) logout_url: &'a str,
}

/// A new key, shown once.
#[derive(Serialize)]
pub(super) struct NewKey<'a> {
    pub(super) api_key: &'a str,
}

/// A key of a user's.
#[derive(Serialize)]
pub(super) struct UserKey<'a> {
    pub(super) id: Uuid,
    pub(super) user_id: Uuid,
    #[serde(flatten)]
    pub(super) key: Key<'a>,
}

/// A key of an organization's.
#[derive(Serialize)]
pub(super) struct OrganizationKey<'a> {
    pub(super) id: Uuid,
    pub(super) organization_id: Uuid,
    #[serde(flatten)]
    pub(super) key: Key<'a>,
}

/// What both kinds of keys have.
#[derive(Serialize)]
pub(super) struct Key<'a> {
    pub(super) name: &'a str,
    pub(super) role: i64,
    pub(super) dataset_ids: Option<&'a [String]>,
    pub(super) organization_ids: Option<Vec<Uuid>>,
    pub(super) created_at: String,
    pub(super) updated_at: String,
}

/// An organization's keys, as the product tells them.
#[derive(Serialize)]
pub(super) struct OrganizationKeys<'a> {
    pub(super) api_keys: Vec<OrganizationKey<'a>>,
    pub(super) cursor: Option<Uuid>,
}

/// An invitation, without its code.
#[derive(Serialize)]
pub(super) struct Invitation<'a> {
    pub(super) id: Uuid,
    pub(super) email: &'a str,
    pub(super) organization_id: Uuid,
    pub(super) used: bool,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) role: i64,
    /// Always null, as a membership's.
    pub(super) scopes: Option<Vec<String>>,
}

/// `InvitationData`, of both times.
#[derive(Deserialize)]
pub(super) struct Invite {
    pub(super) organization_id: Option<Uuid>,
    pub(super) user_role: i32,
    pub(super) email: String,
    pub(super) app_url: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Option<Vec<String>>,
}

/// `SetUserApiKeyRequest`.
#[derive(Deserialize)]
pub(super) struct MakeUserKey {
    pub(super) name: String,
    pub(super) role: i32,
    pub(super) dataset_ids: Option<Vec<Uuid>>,
    pub(super) organization_ids: Option<Vec<Uuid>>,
    pub(super) scopes: Option<Vec<String>>,
}

/// `CreateApiKeyReqPayload`.
#[derive(Deserialize)]
pub(super) struct MakeOrganizationKey {
    pub(super) name: String,
    pub(super) role: i32,
    pub(super) dataset_ids: Option<Vec<Uuid>>,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) expires_at: Option<String>,
    pub(super) default_params: Option<Value>,
}
