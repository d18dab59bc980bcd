//! The answers, exactly as on the wire.

use serde::Serialize;

/// Answer of `GET /api/v1/auth/` (`LoginMethodsResponse`).
#[derive(Serialize)]
pub(super) struct LoginMethods<'a> {
    pub(super) username_password_enabled: bool,
    pub(super) oidc_providers: Vec<OidcProvider<'a>>,
    /// Seconds.
    pub(super) session_timeout: u64,
}

/// A provider to sign in with.
#[derive(Serialize)]
pub(super) struct OidcProvider<'a> {
    pub(super) provider: &'a str,
    pub(super) url: String,
}

/// Answer to a login (`SignedInResponse`).
#[derive(Serialize)]
pub(super) struct SignedIn {
    pub(super) new_password_required: bool,
    pub(super) pk: i64,
}

/// Answer to a logout (`SignedOutResponse`).
#[derive(Serialize)]
pub(super) struct SignedOut {
    pub(super) status: &'static str,
}

/// A user (`SynthoUser`).
#[derive(Serialize)]
pub(super) struct User<'a> {
    pub(super) pk: i64,
    pub(super) first_name: &'a str,
    pub(super) last_name: &'a str,
    pub(super) full_name: &'a str,
    pub(super) email: &'a str,
}

/// A user who was just made (`SynthoUserWithPassword`).
#[derive(Serialize)]
pub(super) struct UserWithPassword<'a> {
    #[serde(flatten)]
    pub(super) user: User<'a>,
    pub(super) password: &'a str,
}
