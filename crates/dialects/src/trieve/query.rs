//! What stands in the URL: UUIDs and texts, refused as actix refuses what it cannot read (contracts 4.1, inferred
//! (framework)): as plain text.

use identity::organization::OrganizationId;
use identity::organization::joining::Joining;
use identity::{Caller, ProviderAnswer, Secret};
use uuid::Uuid;
use web::form::Sent;

/// A parameter that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// Of the query: what is wrong with it.
    Query(String),
    /// Of the path: what is wrong with it.
    Path(String),
}

/// The UUID in a path.
pub(super) fn id_in_path(text: &str) -> Result<Uuid, Unreadable> {
    Uuid::parse_str(text).map_err(|error| Unreadable::Path(no_uuid(&error)))
}

fn no_uuid(error: &uuid::Error) -> String {
    format!("UUID parsing failed: {error}")
}

fn text(sent: Sent, name: &str) -> Result<Option<String>, Unreadable> {
    match sent {
        Sent::Nothing => Ok(None),
        Sent::Value(text) => Ok(Some(text.to_string())),
        Sent::Unclear => Err(Unreadable::Query(format!("duplicate field `{name}`"))),
    }
}

fn id(sent: Sent, name: &str) -> Result<Option<Uuid>, Unreadable> {
    let read = |text: String| Uuid::parse_str(&text).map_err(|error| Unreadable::Query(no_uuid(&error)));
    text(sent, name)?.map(read).transpose()
}

/// A secret; one that nothing here gave out is none that is known, and refused as that.
fn secret(sent: Sent, name: &str) -> Result<Option<Secret>, Unreadable> {
    let read = |text: String| {
        Secret::presented(&text).ok_or_else(|| Unreadable::Query(format!("invalid value for `{name}`")))
    };
    text(sent, name)?.map(read).transpose()
}

/// Where a login is to lead, and what to.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) joining: Joining,
    pub(super) redirect_uri: Option<String>,
}

/// contracts 4.1, GET `/api/auth`.
pub(super) fn login(sent: impl Fn(&str) -> Sent) -> Result<Login, Unreadable> {
    let organization = id(sent("organization_id"), "organization_id")?.map(OrganizationId);
    let redirect_uri = redirect_uri(&sent)?;
    let code = id(sent("inv_code"), "inv_code")?;
    let invitation = code.and_then(|code| Secret::presented(&code.hyphenated().to_string()));
    Ok(Login { joining: Joining { organization, invitation }, redirect_uri })
}

/// Where a login or a logout is to lead.
pub(super) fn redirect_uri(sent: impl Fn(&str) -> Sent) -> Result<Option<String>, Unreadable> {
    text(sent("redirect_uri"), "redirect_uri")
}

/// contracts 4.1, GET `/api/auth/callback`: what a browser brings back, and what it is known by. `session_state` is
/// Keycloak's, and not looked at.
pub(super) fn answer(
    sent: impl Fn(&str) -> Sent,
    redirect_uri: &str,
    browser: Option<Secret>,
    presented: Option<Caller>,
) -> Result<ProviderAnswer, Unreadable> {
    let missing = |name: &str| Unreadable::Query(format!("missing field `{name}`"));
    let state = secret(sent("state"), "state")?.ok_or_else(|| missing("state"))?;
    let code = secret(sent("code"), "code")?;
    // RFC 6749 section 4.1.2.1: an error comes instead of a code.
    let denied = !matches!(sent("error"), Sent::Nothing);
    if code.is_none() && !denied {
        return Err(missing("code"));
    }
    Ok(ProviderAnswer {
        browser,
        state: Some(state),
        code: code.filter(|_| !denied),
        issuer: secret(sent("iss"), "iss")?.map(|issuer| issuer.expose().to_owned()),
        redirect_uri: redirect_uri.to_owned(),
        presented,
    })
}
