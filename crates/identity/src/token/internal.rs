//! Internal tokens: signed tokens (RFC 7519) that tell other services who somebody is, verified against the published
//! keys without asking us.
//!
//! Each names its session, and its own name (`jti`) is random and carries a mark that only the master key makes. So at
//! our own routes a leaked signing key alone forges nothing, and a token is refused as soon as its session has ended,
//! without a row for each token. Others accept it until it ends by itself.

use std::sync::Arc;

use crate::rule::Rule;
use serde::Deserialize;
use uuid::Uuid;

use super::minting::Minting;
use super::{Tokens, seconds};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::keyring::ring::Ring;
use crate::op::Op;
use crate::ports::Commit;
use crate::secret::{Digest, Secret};
use crate::session::caller::{Caller, Credential};
use crate::session::ledger::{inactive, invalid};
use crate::session::{SessionId, State};
use crate::surface::{InternalTokenForm, Surface};

/// How far the clocks of the nodes may be apart, in seconds.
const LEEWAY: u32 = 5;
/// The longest audience, in bytes.
const LONGEST_AUDIENCE: usize = 255;

/// What is read of one that comes back to us.
#[derive(Deserialize)]
struct Presented {
    sid: Uuid,
    jti: String,
}

/// A token for other services.
#[derive(Debug, Clone)]
pub struct InternalToken {
    /// Its wire form.
    pub secret: Secret,
    /// How long it lives.
    pub life: std::time::Duration,
}

/// A service that is known by a secret of its own.
#[derive(Debug, Clone)]
pub struct ServiceClient {
    id: String,
    digest: Digest,
    roles: Vec<String>,
}

impl ServiceClient {
    /// A service with this secret, which tokens say these roles of.
    ///
    /// # Errors
    /// A sentence, when the secret is none that can be presented.
    pub fn new(id: String, secret: &str, roles: Vec<String>) -> std::result::Result<Self, String> {
        let secret = Secret::presented(secret);
        let secret = secret.ok_or("a secret of visible ASCII characters without blanks is wanted")?;
        Ok(Self { id, digest: secret.digest(), roles })
    }
}

/// What a service shows to be recognised.
#[derive(Debug)]
pub struct ServiceCredentials {
    /// Who it says it is.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}

impl Tokens {
    /// A token that tells others of the caller's session, for this audience; `None`: the usual one.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`]: the caller has no session of this door.
    /// [`ErrorKind::TokenClaimsInvalid`]: nobody can be called like this audience. [`ErrorKind::Throttled`],
    /// [`ErrorKind::Unavailable`].
    pub async fn issue(
        &self,
        op: &Op,
        form: &InternalTokenForm,
        caller: &Caller,
        roles: &[&str],
        audience: Option<&str>,
    ) -> Result<InternalToken> {
        let session = caller.session().ok_or(ErrorKind::CredentialInvalid)?.id;
        self.core.may_mint(op, caller).await?;
        let ring = self.core.signing_ring(op, form.key_use).await?;
        let audience = audience.map_or(Ok(form.audience.as_str()), fitting)?;
        let secret =
            self.core.minting(op, form, &ring)?.of_session(op.now, &caller.user, session, roles, audience)?;
        Ok(InternalToken { secret, life: form.life })
    }

    /// A token for a service that shows its secret.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`]: no service has this name and secret. [`ErrorKind::Throttled`]: too many wrong ones
    /// came from there. [`ErrorKind::TokenClaimsInvalid`],
    /// [`ErrorKind::Unavailable`].
    pub async fn issue_for_service(
        &self,
        op: &Op,
        form: &InternalTokenForm,
        credentials: &ServiceCredentials,
        audience: &str,
    ) -> Result<InternalToken> {
        self.core.may_show_service(op, &credentials.id).await?;
        let client = self.core.service(credentials).inspect_err(|_| {
            self.core.rates.wrong_service(op, &credentials.id, &credentials.secret.digest());
        })?;
        let audience = fitting(audience)?;
        let ring = self.core.signing_ring(op, form.key_use).await?;
        let minting = self.core.minting(op, form, &ring)?;
        let secret = minting.of_service(op.now, &client.id, &client.roles, audience)?;
        let event = Event::new(op, EventKind::ServiceTokenMinted).by_way_of(&client.id);
        self.core.store.commit(Commit { changes: vec![], events: vec![event] }).await?;
        Ok(InternalToken { secret, life: form.service_life })
    }

    /// Recognises one of our own internal tokens: signed by an accepted key, for our own audience, with a name that we
    /// made, of a session that lives.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`], [`ErrorKind::UserInactive`], [`ErrorKind::Unavailable`].
    pub async fn check(
        &self,
        op: &Op,
        surface: &Surface,
        form: &InternalTokenForm,
        presented: &Secret,
    ) -> Result<Caller> {
        let expected = jose::Expected {
            issuer: Some(&form.issuer),
            audience: Some(&form.audience),
            now: seconds(op.now),
            leeway: LEEWAY,
        };
        // Its session outlives a key that is dropped, so what this process remembers of the keys is not enough.
        let ring = self.core.ring(op, form.key_use, true).await?;
        let claims = ring.set().verify::<Presented>(presented.expose(), jose::HeaderRules::Own, &expected);
        let claims = claims.map_err(|error| super::refused(&error, presented, &expected))?;
        if !self.core.token_names.made(&claims.jti, claims.sid) {
            return Err(invalid(
                Rule::TokenSignature,
                "a token with a name that was not made here",
                "one of our own",
            ));
        }
        let session = self.core.store.session(SessionId(claims.sid)).await?;
        let session = session.filter(|session| session.door == surface.door);
        let session = session.ok_or_else(|| {
            invalid(Rule::CredentialOtherDoor, "a token of no session of this door", "one of our own")
        })?;
        let user = self.core.store.user(session.user).await?;
        let user =
            user.ok_or_else(|| invalid(Rule::AccountState, "a token of a deleted user", "an active user's"))?;
        if !user.is_active() {
            return Err(inactive(&user));
        }
        if session.state(op.now) != State::Live {
            return Err(invalid(
                Rule::SessionEnded,
                "a token of a session that is over",
                "one of a live session",
            ));
        }
        Ok(Caller { user: Arc::new(user), credential: Credential::Session(Arc::new(session)), stay: None })
    }
}

impl Core {
    fn minting<'a>(&'a self, op: &Op, form: &'a InternalTokenForm, ring: &'a Ring) -> Result<Minting<'a>> {
        let key = ring.signer(op.now).and_then(|key| key.pair()).ok_or(ErrorKind::Internal)?;
        Ok(Minting { form, key, names: &self.token_names, entropy: &*self.entropy })
    }

    /// The service that shows this secret. One that nobody knows costs a comparison too.
    fn service(&self, credentials: &ServiceCredentials) -> Result<&ServiceClient> {
        let shown = credentials.secret.digest();
        let clients = &self.policy.service_clients;
        let named = clients.iter().find(|client| client.id == credentials.id);
        let kept = named.map_or(&[0; 32][..], |client| &client.digest.bytes);
        let same: bool = subtle::ConstantTimeEq::ct_eq(kept, shown.bytes.as_slice()).into();
        named.filter(|_| same).ok_or_else(|| {
            invalid(
                Rule::ServiceClient,
                "a service or a secret that is not known",
                "one of dialects.bixarena.service_clients",
            )
        })
    }
}

fn fitting(audience: &str) -> Result<&str> {
    let fits = !audience.is_empty()
        && audience.len() <= LONGEST_AUDIENCE
        && audience.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        return Ok(audience);
    }
    Err(Error::new(ErrorKind::TokenClaimsInvalid).because(
        Rule::TokenClaims,
        "an empty one, one of more than 255 bytes, or one with blanks",
        "visible ASCII",
    ))
}
