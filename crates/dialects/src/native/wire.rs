//! Requests and answers as they are on the wire. The document is generated from these (`document.rs`). Times are RFC 3339
//! in UTC; what is not known is null.

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A text that is wiped when dropped.
pub(super) struct Hidden(pub(super) Zeroizing<String>);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// A name and a password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Login {
    /// A username or an e-mail address.
    pub(super) identifier: String,
    #[cfg_attr(test, schema(value_type = String, format = Password))]
    pub(super) password: Hidden,
}

/// The password once more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Confirm {
    #[cfg_attr(test, schema(value_type = String, format = Password))]
    pub(super) password: Hidden,
}

/// Another password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct ChangePassword {
    /// The one that holds; a fresh login can do without.
    #[serde(default)]
    #[cfg_attr(test, schema(value_type = Option<String>, format = Password))]
    pub(super) old_password: Option<Hidden>,
    #[cfg_attr(test, schema(value_type = String, format = Password))]
    pub(super) new_password: Hidden,
    /// Whether every other session ends, by whatever door.
    pub(super) end_other_sessions: bool,
}

/// Another e-mail address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct ChangeEmail {
    #[cfg_attr(test, schema(format = Email))]
    pub(super) email: String,
}

/// A token that came by mail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct MailedToken {
    #[cfg_attr(test, schema(value_type = String))]
    pub(super) token: Hidden,
}

/// What became of a token that came by mail.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct EmailConfirmed {
    /// Whether the address is changed; if not, the other message is still to be followed.
    pub(super) changed: bool,
}

/// An API key to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct NewKey {
    /// What its owner calls it.
    #[cfg_attr(test, schema(min_length = 1, max_length = 100))]
    pub(super) name: String,
    /// The door that accepts it, by its name; `native` where none is named.
    #[serde(default)]
    pub(super) door: Option<String>,
    /// When it ends by itself; never where nothing is said.
    #[serde(default)]
    #[cfg_attr(test, schema(minimum = 1, maximum = 3650))]
    pub(super) expires_in_days: Option<u32>,
}

/// A provider to be linked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct NewIdentity {
    /// Its id, as `providers` lists it.
    pub(super) provider: String,
    /// Where the browser goes afterwards: a path here, or an address of `return_urls`.
    #[serde(default)]
    pub(super) return_to: Option<String>,
}

/// Where to send the browser.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Leads<'a> {
    pub(super) location: &'a str,
}

/// Who somebody is.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Me<'a> {
    pub(super) id: Uuid,
    pub(super) number: i64,
    pub(super) username: Option<&'a str>,
    pub(super) email: Option<&'a str>,
    pub(super) email_verified: bool,
    pub(super) name: &'a str,
    /// `root`, `admin`, `user` or `sub`.
    pub(super) role: &'static str,
    pub(super) has_password: bool,
    pub(super) must_change_password: bool,
    /// Null where a key was shown.
    pub(super) session: Option<CurrentSession>,
}

/// The session that was presented.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct CurrentSession {
    pub(super) id: Uuid,
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) signed_in_at: String,
    /// Whether the login is young enough for what is sensitive.
    pub(super) fresh: bool,
}

/// Sessions.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Sessions<'a> {
    /// Oldest first.
    pub(super) sessions: Vec<Session<'a>>,
}

/// A live session.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Session<'a> {
    pub(super) id: Uuid,
    /// The dialect that it was opened by.
    pub(super) door: &'a str,
    pub(super) door_title: &'a str,
    /// What the client called itself.
    pub(super) device: Option<&'a str>,
    /// From where it was opened.
    pub(super) address: Option<&'a str>,
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) created: String,
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) last_seen: String,
    /// When it ends if it is not used again.
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) expires: Option<String>,
    /// Whether it is the one that asks.
    pub(super) current: bool,
}

/// How many sessions were ended.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Ended {
    pub(super) ended: u64,
}

/// API keys.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Keys<'a> {
    /// By door, then oldest first.
    pub(super) keys: Vec<Key<'a>>,
    /// Where keys can be made.
    pub(super) doors: Vec<KeyDoor<'a>>,
}

/// A door that takes API keys.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct KeyDoor<'a> {
    pub(super) door: &'a str,
    pub(super) door_title: &'a str,
}

/// An API key, without its secret.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Key<'a> {
    pub(super) id: Uuid,
    /// The dialect that takes it.
    pub(super) door: &'a str,
    pub(super) door_title: &'a str,
    pub(super) name: &'a str,
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) created: String,
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) last_used: Option<String>,
    /// When it ends by itself.
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) expires: Option<String>,
    /// Whether that time is over.
    pub(super) expired: bool,
}

/// An API key that was just made.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct MadeKey<'a> {
    #[serde(flatten)]
    pub(super) key: Key<'a>,
    /// Shown now and never again.
    pub(super) secret: &'a str,
}

/// Links to providers.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Identities<'a> {
    /// Oldest first.
    pub(super) identities: Vec<Identity<'a>>,
}

/// A link to a provider.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Identity<'a> {
    pub(super) id: Uuid,
    /// The provider's id; null where it is not configured any more.
    pub(super) provider: Option<&'a str>,
    pub(super) provider_name: Option<&'a str>,
    pub(super) issuer: &'a str,
    /// Who this is to the provider.
    pub(super) subject: &'a str,
    #[cfg_attr(test, schema(format = DateTime))]
    pub(super) created: String,
}

/// The ways in.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Providers<'a> {
    /// Whether anybody signs in with a password.
    pub(super) password: bool,
    pub(super) providers: Vec<Provider<'a>>,
}

/// A provider.
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Provider<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
}

/// What went wrong (RFC 9457).
#[derive(Serialize)]
#[cfg_attr(test, derive(utoipa::ToSchema))]
pub(super) struct Problem<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    pub(super) title: &'a str,
    pub(super) status: u16,
    /// For people.
    pub(super) detail: &'a str,
    /// For programs: one of the names in `docs/errors.md`.
    pub(super) code: &'a str,
    /// For programs, with `password_weak` only: `common`, `context` or `guessable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'a str>,
}
