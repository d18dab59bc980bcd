//! API tokens, and tokens that are asked for.

use std::time::Duration;

use identity::Timestamp;
use identity::api_key::Grant;
use identity::api_key::keys::{ChangeApiKey, MakeApiKey, ShownKey};
use identity::token::{CustomToken, MintedToken};
use identity::user::{Permissions, User};

use super::{permissions, time};
use crate::probe::schema::{Fields, Integer, Reader, Text, Violations};
use crate::probe::wire::{self, PermissionMap};

const TOKEN: Text = Text::required("token");
/// Seconds (inferred).
const TTL: Integer = Integer { path: "ttl", min: 0, max: i64::MAX.unsigned_abs() };

pub(in crate::probe) fn token(path: &Fields) -> Result<&str, Violations> {
    path.read(|reader| reader.text(&TOKEN))
}

pub(in crate::probe) fn include_expired(query: &Fields) -> Result<bool, Violations> {
    query.read(|reader| Some(reader.flag("include-expired", false)))
}

/// contracts 3.6: 0 is for ever.
fn life(reader: &mut Reader<'_>) -> Option<Option<Duration>> {
    let seconds = reader.integer(&TTL)?;
    Some((seconds > 0).then(|| Duration::from_secs(seconds)))
}

pub(in crate::probe) fn make(form: &Fields) -> Result<MakeApiKey, Violations> {
    form.read(|reader| {
        let granted = permissions(reader, "permissions").unwrap_or_default();
        let withheld = permissions(reader, "restrictions").unwrap_or_default();
        let life = life(reader).flatten();
        Some(MakeApiKey { grant: Grant { granted, withheld }, life, ..MakeApiKey::default() })
    })
}

/// What is not named stays. `reset-permissions` comes first: back to all that the owner may do.
pub(in crate::probe) fn change(form: &Fields) -> Result<ChangeApiKey, Violations> {
    form.read(|reader| {
        let (granted, withheld) = (permissions(reader, "permissions"), permissions(reader, "restrictions"));
        let reset = reader.flag("reset-permissions", false).then_some(Permissions::NONE);
        let life = life(reader);
        Some(ChangeApiKey { granted: granted.or(reset), withheld: withheld.or(reset), life })
    })
}

pub(in crate::probe) fn api_token<'a>(
    shown: &'a ShownKey,
    owner: &User,
    now: Timestamp,
) -> wire::ApiToken<'a> {
    let ShownKey { key, secret } = shown;
    wire::ApiToken {
        created: time(key.created),
        expired: key.is_expired(now),
        expires_at: key.expires.map(time),
        permissions: PermissionMap(key.grant.of(Permissions::of(owner.role))),
        restrictions: PermissionMap(key.grant.withheld),
        token: secret.as_ref().map(|secret| secret.expose()),
        updated: time(key.updated),
    }
}

/// contracts 3.6: `null` where there are none.
pub(in crate::probe) fn api_tokens<'a>(
    keys: &'a [ShownKey],
    owner: &User,
    now: Timestamp,
) -> wire::ApiTokens<'a> {
    let all: Vec<_> = keys.iter().map(|key| api_token(key, owner, now)).collect();
    wire::ApiTokens { api_tokens: Some(all).filter(|all| !all.is_empty()) }
}

/// A wanted JWT, and whether it is to live long.
pub(in crate::probe) fn custom(form: &Fields) -> Result<(CustomToken, bool), Violations> {
    form.read(|reader| {
        let claims = reader.object("claims").unwrap_or_default();
        let long_term = reader.flag("long-term-token", true);
        let permissions = permissions(reader, "permissions").unwrap_or_default();
        Some((CustomToken { claims, permissions }, long_term))
    })
}

pub(in crate::probe) fn minted(token: &MintedToken) -> wire::JwtToken<'_> {
    wire::JwtToken {
        expire: token.session.expires().map(time).unwrap_or_default(),
        token: token.secret.expose(),
    }
}
