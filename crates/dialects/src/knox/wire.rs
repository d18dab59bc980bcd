//! The answers, exactly as on the wire.

use serde::Serialize;

/// Answer to a login. The order of the keys is the product's.
#[derive(Serialize)]
pub(super) struct LoginAnswer<'a> {
    /// When the token ends, in Django REST Framework's form; null: never.
    pub(super) expiry: Option<String>,
    pub(super) token: &'a str,
}

/// Answer of `GET /auth/user/`.
#[derive(Serialize)]
pub(super) struct UserAnswer<'a> {
    pub(super) pk: i64,
    pub(super) username: &'a str,
    pub(super) email: &'a str,
}
