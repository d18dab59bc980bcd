//! Session tokens: a session's secret inside a signed token (RFC 7519), for doors whose contract wants one. Tokens that
//! tell other services of a session are in [`internal`].
//!
//! A token names its session and carries a random `jti`, whose digest is the ledger's. So neither a leaked signing key
//! nor a copy of the database alone forges one, and a token is dead as soon as its session is.

mod custom;
pub mod internal;
pub mod minting;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use custom::{CustomToken, MintedToken, Tokens};
pub use internal::{InternalToken, ServiceClient, ServiceCredentials};

use crate::Core;
use crate::error::{Error, ErrorKind, Observed, Result};
use crate::keyring::SigningKeyId;
use crate::keyring::ring::{OpenKey, Ring};
use crate::memo::Memo;
use crate::op::{Op, Timestamp};
use crate::rule::Rule;
use crate::secret::{Digest, Secret, Sha256Digest};
use crate::session::{NewSession, SessionId};
use crate::surface::TokenForm;

/// How far the clocks of the nodes may be apart, in seconds. A session's own end is the ledger's, to the millisecond.
const LEEWAY: u32 = 60;

/// What a session token says. Times are in seconds since the epoch.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    /// The user's id.
    sub: Uuid,
    /// The session's id.
    sid: Uuid,
    jti: &'a str,
    iat: i64,
    exp: i64,
    #[serde(flatten)]
    more: Option<&'a serde_json::Map<String, serde_json::Value>>,
}

/// What is read of a session token.
#[derive(Deserialize)]
struct Presented {
    sid: Uuid,
    jti: String,
    exp: i64,
}

/// What a token leads to.
pub(crate) struct SessionOfToken {
    pub(crate) session: SessionId,
    pub(crate) digest: Digest,
}

/// The longest a token lives when its session never ends: a token must have an end.
const NO_END: i64 = 253_402_300_799;

/// The token of a session that is about to be opened.
pub(crate) fn sign(
    form: &TokenForm,
    key: &OpenKey,
    owner: Uuid,
    session: &NewSession,
    secret: &Secret,
    more: Option<&serde_json::Map<String, serde_json::Value>>,
) -> Result<Secret> {
    let end = session.absolute_end.map_or(NO_END, seconds);
    let claims = Claims {
        iss: &form.issuer,
        aud: &form.audience,
        sub: owner,
        sid: session.id.0,
        jti: secret.expose(),
        iat: seconds(session.created),
        exp: end,
        more,
    };
    let token =
        key.sessions()?.sign(&claims).map_err(|error| Error::new(ErrorKind::Internal).caused_by(error))?;
    Ok(Secret::made(token))
}

pub(crate) fn seconds(time: Timestamp) -> i64 {
    time.millis().div_euclid(1000)
}

/// Tokens whose signature was found good, by their digests: so many of a key that is still accepted need not be verified again.
pub(crate) struct ReadTokens(Memo<Sha256Digest, Arc<ReadToken>>);

/// What was read of a token.
#[derive(Debug, PartialEq, Eq)]
struct ReadToken {
    /// For whom it is.
    audience: String,
    session: SessionId,
    digest: Sha256Digest,
    key: SigningKeyId,
    /// In seconds since the epoch; after it the token is read again, and refused.
    expires: i64,
}

/// A token that was read before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownToken {
    read: Arc<ReadToken>,
    /// What [`crate::keyring::ring::Rings::state`] was.
    pub(crate) rings: u64,
    /// As long as that is the same, the token is good until then.
    pub(crate) until: Timestamp,
}

impl KnownToken {
    /// The session that it is of.
    pub(crate) fn session(&self) -> SessionId {
        self.read.session
    }

    /// The digest of that session's secret.
    pub(crate) fn digest(&self) -> Sha256Digest {
        self.read.digest
    }

    /// Whether it is good where tokens of this form are.
    pub(crate) fn is_for(&self, form: &TokenForm) -> bool {
        self.read.audience == form.audience
    }
}

impl Default for ReadTokens {
    fn default() -> Self {
        Self(Memo::new(READ_TOKENS))
    }
}

/// At some hundred bytes each.
const READ_TOKENS: usize = 32_768;

impl Core {
    /// What [`Core::session_of_token`] would say of the token with this digest, where it has said it before and nothing
    /// has to be waited for. `None` says nothing.
    pub(crate) fn token_known_by(
        &self,
        now: Timestamp,
        form: &TokenForm,
        token: &Sha256Digest,
    ) -> Option<KnownToken> {
        // Before the keys are looked at: what changes meanwhile is newer than this.
        let rings = self.rings.state();
        let (ring, looked_for_until) = self.rings.current(form.key_use, now)?;
        self.read_tokens.0.find(token, |read| {
            let key = ring.iter().find(|key| key.id == read.key && key.is_accepted(now))?;
            let is_good = read.audience == form.audience && read.expires > seconds(now);
            let ends = Timestamp::from_millis(read.expires.saturating_mul(1000)).min(looked_for_until);
            let until = key.ends().map_or(ends, |end| end.min(ends));
            is_good.then(|| KnownToken { read: Arc::clone(read), rings, until })
        })
    }

    /// Reads a session token that was presented. What the ledger says of it is not asked here.
    pub(crate) async fn session_of_token(
        &self,
        op: &Op,
        form: &TokenForm,
        token: &Secret,
    ) -> Result<SessionOfToken> {
        let read = |ring: &Ring| {
            let expected = expected(form, op.now);
            verified(ring, op.now, |key| {
                let mac = key.sessions().map_err(|_| jose::Error::Key)?;
                Ok((mac.verify::<Presented>(token.expose(), &expected)?, key.id))
            })
        };
        let mut claims = read(&self.ring(op, form.key_use, false).await?);
        if matches!(claims, Err(jose::Error::Signature)) {
            claims = read(&self.ring(op, form.key_use, true).await?);
        }
        let (claims, key) = claims.map_err(|error| refused(&error, token, &expected(form, op.now)))?;
        let digest = Secret::presented(&claims.jti).map(|jti| jti.digest());
        let digest = digest.ok_or_else(|| refused(&jose::Error::Claims, token, &expected(form, op.now)))?;
        let session = SessionId(claims.sid);
        if let (Some(token), Some(digest)) = (Sha256Digest::of(&token.digest()), Sha256Digest::of(&digest)) {
            let audience = form.audience.clone();
            let read = ReadToken { audience, session, digest, key, expires: claims.exp };
            self.read_tokens.0.put(token, Arc::new(read));
        }
        Ok(SessionOfToken { session, digest })
    }
}

/// The first good reading; without one the refusal of the key that signs, except that a wrong signature weighs least.
pub(crate) fn verified<T>(
    ring: &Ring,
    now: Timestamp,
    verify: impl Fn(&OpenKey) -> std::result::Result<T, jose::Error>,
) -> std::result::Result<T, jose::Error> {
    let mut refusal = jose::Error::Signature;
    for key in ring.iter().filter(|key| key.is_accepted(now)) {
        match verify(key) {
            Ok(claims) => return Ok(claims),
            Err(jose::Error::Signature) => {}
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

fn expected(form: &TokenForm, now: Timestamp) -> jose::Expected<'_> {
    jose::Expected {
        issuer: Some(&form.issuer),
        audience: Some(&form.audience),
        now: seconds(now),
        leeway: LEEWAY,
    }
}

/// Why a token is refused, and for whom it is where it is for somebody else.
pub(crate) fn refused(error: &jose::Error, token: &Secret, expected: &jose::Expected<'_>) -> Error {
    let (rule, seen) = match error {
        jose::Error::Signature | jose::Error::UnknownKey => {
            (Rule::TokenSignature, "a token that no key of ours has signed")
        }
        jose::Error::Expired | jose::Error::NotYetValid => (Rule::SessionExpired, "a token outside its time"),
        jose::Error::Issuer | jose::Error::Audience => {
            (Rule::CredentialOtherDoor, "a token of another issuer or for another use")
        }
        jose::Error::Header | jose::Error::Critical | jose::Error::Algorithm | jose::Error::Type => {
            (Rule::TokenSignature, "a token whose header is not ours")
        }
        jose::Error::TooLong
        | jose::Error::NotCompact
        | jose::Error::Claims
        | jose::Error::Key
        | jose::Error::KeySet
        | jose::Error::Library => (Rule::CredentialMalformed, "a token that cannot be read"),
    };
    let refused = Error::new(ErrorKind::CredentialInvalid).because(rule, seen, "one that this door gave out");
    let is_for_others = matches!(error, jose::Error::Issuer | jose::Error::Audience);
    match crate::federation::access::claims_of::<ForWhom>(token.expose()).filter(|_| is_for_others) {
        None => refused,
        Some(ForWhom { iss, aud }) => {
            let (issuer, audience) =
                (expected.issuer.unwrap_or_default(), expected.audience.unwrap_or_default());
            let told = format!("iss {iss} and aud {aud}; wanted: iss \"{issuer}\" and aud \"{audience}\"");
            refused.observing(Observed::text(&told))
        }
    }
}

/// Who made a token, and for whom; read after its signature was found good.
#[derive(serde::Deserialize)]
struct ForWhom {
    #[serde(default)]
    iss: serde_json::Value,
    #[serde(default)]
    aud: serde_json::Value,
}
