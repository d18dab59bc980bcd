//! The answers, exactly as on the wire.

use serde::Serialize;

/// Answer of `GET /api/v1/auth/` (`LoginMethodsResponse`).
#[derive(Serialize)]
pub(super) struct LoginMethods {
    pub(super) username_password_enabled: bool,
    pub(super) oidc_providers: [OidcProvider; 0],
    /// Seconds.
    pub(super) session_timeout: u64,
}

/// An upstream to sign in with. There is none yet.
#[derive(Serialize)]
pub(super) struct OidcProvider {
    provider: String,
    url: String,
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
