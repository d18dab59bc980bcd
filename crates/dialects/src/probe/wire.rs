//! The answers, exactly as on the wire: keys in kebab-case, in alphabetical order as in the document's examples, times
//! as texts.

use identity::user::Permissions;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// The error object (contracts 3.7): what is zero is left out, and `code`, which the product's document has, always is.
#[derive(Serialize)]
pub(super) struct ErrorObject<'a> {
    pub(super) status: &'a str,
    pub(super) error: String,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub(super) context: serde_json::Map<String, serde_json::Value>,
}

/// `AuthJWTToken`, of a login and of `POST /auth/jwt`.
#[derive(Serialize)]
pub(super) struct JwtToken<'a> {
    pub(super) expire: String,
    pub(super) token: &'a str,
}

/// `AuthPostSignInResponse`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct SignedIn<'a> {
    pub(super) api_token: &'a str,
    pub(super) current_user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    pub(super) jwt_token: JwtToken<'a>,
    pub(super) oauth_provider_tokens: [ProviderToken<'a>; 0],
    pub(super) ret_url: Option<&'a str>,
    pub(super) status: &'a str,
    pub(super) user_id: i64,
}

/// `AuthPostOAuthSignInResponse`: that of a login, and what became of the provider's token. Where it was only looked at
/// there is nothing to sign in with.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct OAuthSignedIn<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) api_token: Option<&'a str>,
    pub(super) check_auth_result: CheckAuthResult,
    pub(super) current_user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jwt_token: Option<JwtToken<'a>>,
    pub(super) oauth_provider_tokens: Vec<ProviderToken<'a>>,
    pub(super) ret_url: Option<&'a str>,
    pub(super) status: &'a str,
    pub(super) user_id: i64,
}

/// `CheckAuthResult`.
#[derive(Serialize)]
pub(super) struct CheckAuthResult {
    pub(super) message: &'static str,
    pub(super) ok: bool,
}

/// `AuthOAuthProviderToken`.
#[derive(Serialize)]
pub(super) struct ProviderToken<'a> {
    pub(super) provider: &'a str,
    pub(super) token: &'a str,
}

/// `AuthDeleteSignOutResponse`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct SignedOut<'a> {
    pub(super) ret_url: Option<&'a str>,
    pub(super) success: bool,
}

/// `AuthGetSessionsResponse`.
#[derive(Serialize)]
pub(super) struct Sessions<'a> {
    pub(super) sessions: Option<Vec<Session<'a>>>,
}

/// `AuthSession`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Session<'a> {
    pub(super) created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expire: Option<String>,
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remote_ip: Option<&'a str>,
    pub(super) ua_type: &'static str,
    pub(super) user_agent: &'a str,
}

/// `AuthPostVerifyResponse`.
#[derive(Serialize)]
pub(super) struct Verified<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    pub(super) status: &'a str,
    pub(super) success: bool,
}

/// Answer to a sign-up, which is an addition of ours.
#[derive(Serialize)]
pub(super) struct SignedUp<'a> {
    pub(super) email: &'a str,
    pub(super) status: &'a str,
}

/// Answer to `POST /auth/password-restore`.
#[derive(Serialize)]
pub(super) struct Success {
    pub(super) success: bool,
}

/// Answer to `POST /auth/password-restore-verify`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct PasswordUpdate<'a> {
    pub(super) password_update_token: &'a str,
    pub(super) password_update_token_created: String,
    pub(super) password_update_token_expire: String,
    pub(super) success: bool,
}

/// Answer to `GET /auth/api-token`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ApiTokens<'a> {
    pub(super) api_tokens: Option<Vec<ApiToken<'a>>>,
}

/// `AuthApiToken`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ApiToken<'a> {
    pub(super) created: String,
    pub(super) expired: bool,
    pub(super) expires_at: Option<String>,
    pub(super) permissions: PermissionMap,
    pub(super) restrictions: PermissionMap,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<&'a str>,
    pub(super) updated: String,
}

/// Permissions by their names; none has scopes.
pub(super) struct PermissionMap(pub(super) Permissions);

#[derive(Serialize)]
struct Permission {
    name: &'static str,
    scopes: [(); 0],
}

impl Serialize for PermissionMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for name in self.0.iter().map(identity::user::Permission::as_str) {
            map.serialize_entry(name, &Permission { name, scopes: [] })?;
        }
        map.end()
    }
}

/// `UserGetUserResponse`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct User<'a> {
    pub(super) additional_emails: Option<[&'a str; 0]>,
    pub(super) created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    pub(super) first_name: &'a str,
    pub(super) id: i64,
    pub(super) last_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<UserShort<'a>>,
    pub(super) permissions: PermissionMap,
    pub(super) role: &'static str,
    pub(super) status: &'static str,
    pub(super) updated: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) username: Option<&'a str>,
}

/// The user whom `GET /user/current` tells of when nobody asks.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Anonymous {
    pub(super) additional_emails: Option<[&'static str; 0]>,
    pub(super) id: i64,
    pub(super) permissions: PermissionMap,
    pub(super) status: &'static str,
}

/// `UserShort`.
#[derive(Serialize)]
pub(super) struct UserShort<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
    pub(super) id: i64,
    pub(super) role: &'static str,
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) username: Option<&'a str>,
}

/// `UserGetUsersResponse`.
#[derive(Serialize)]
pub(super) struct Users<'a> {
    pub(super) filter: Filter,
    pub(super) pagination: Pagination,
    pub(super) sort: Sort,
    pub(super) users: Option<Vec<UserShort<'a>>>,
}

/// What the list was asked for.
#[derive(Serialize)]
pub(super) struct Filter {
    pub(super) status: Vec<&'static str>,
}

/// `PaginationPagination`.
#[derive(Serialize)]
pub(super) struct Pagination {
    pub(super) count: usize,
    pub(super) limit: u32,
    pub(super) page: u32,
    pub(super) total: u64,
}

/// The order of the list.
#[derive(Serialize)]
pub(super) struct Sort {
    pub(super) field: &'static str,
    pub(super) order: &'static str,
}
