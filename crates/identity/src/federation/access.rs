//! What a provider's access token is worth here: the user whom it is linked to, for as long as the provider vouches for
//! it.
//!
//! What a provider said is remembered for less than a minute; whether the user may act is asked each time.

use crate::rule::Rule;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::join::refused;
use super::providers::Federation;
use super::{Provider, ProviderId};
use crate::Core;
use crate::error::{Error, ErrorKind, Observed, Result};
use crate::op::{Op, Timestamp};
use crate::secret::Secret;
use crate::session::SessionId;
use crate::session::caller::{Caller, Credential};
use crate::session::ledger::inactive;
use crate::user::User;

/// How long a provider's word counts.
const REMEMBERED: Duration = Duration::from_secs(50);
/// How many words are remembered.
const MOST: usize = 10_000;

/// What providers said of access tokens, by provider and digest.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<(ProviderId, Vec<u8>), Vouched>>);

/// Whose a token is, and until when that is believed.
#[derive(Clone)]
struct Vouched {
    issuer: String,
    subject: String,
    until: Timestamp,
}

impl Known {
    fn find(&self, key: &(ProviderId, Vec<u8>), now: Timestamp) -> Option<Vouched> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|vouched| vouched.until > now).cloned()
    }

    fn keep(&self, key: (ProviderId, Vec<u8>), now: Timestamp, vouched: Vouched) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, vouched| vouched.until > now);
        }
        if known.len() < MOST {
            known.insert(key, vouched);
        }
    }
}

impl Federation {
    /// Recognises a provider's access token as the user who is linked to the identity that the provider vouches for.
    /// It is no session: nothing is opened, and nothing here ends it but the user's own end.
    ///
    /// A token that does not say which provider gave it out is shown to nobody unless there is one provider only.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`]: of no provider, not vouched for, or of an identity that nobody here has.
    /// [`ErrorKind::UserInactive`], [`ErrorKind::ProviderUnavailable`], [`ErrorKind::ProviderUntrusted`],
    /// [`ErrorKind::Unavailable`].
    pub async fn check(&self, op: &Op, token: &Secret) -> Result<Caller> {
        let provider = self.core.provider_of_token(token)?;
        let user = match self.core.vouched_for(op, provider, token).await {
            Ok(user) => user,
            Err(error) if error.kind() == ErrorKind::IdentityRefused => {
                return Err(Error::new(ErrorKind::CredentialInvalid).because(
                    Rule::AccessToken,
                    "one of an identity that no user is linked to",
                    "a linked one: sign in by the provider once",
                ));
            }
            Err(error) => return Err(error),
        };
        if !user.is_active() {
            return Err(inactive(&user));
        }
        Ok(Caller {
            user: Arc::new(user),
            credential: Credential::AccessToken(provider.id.clone()),
            stay: None,
        })
    }
}

impl Core {
    fn provider_of_token(&self, token: &Secret) -> Result<&Provider> {
        let invalid = |seen| {
            let wanted = "one that a provider of [[providers]] gave out";
            Err(Error::new(ErrorKind::CredentialInvalid).because(Rule::AccessToken, seen, wanted))
        };
        match (claims_of::<NamesIssuer>(token.expose()), self.providers.as_slice()) {
            (_, []) => invalid("one, and there is no provider"),
            (Some(NamesIssuer { iss }), providers) => {
                match providers.iter().find(|provider| provider.issuer == iss) {
                    Some(provider) => Ok(provider),
                    None => invalid("a JWT of another issuer")
                        .map_err(|error: Error| error.observing(Observed::url(&iss))),
                }
            }
            (None, [only]) => Ok(only),
            (None, [_, _, ..]) => {
                invalid("one that does not say whose it is, and there are several providers")
            }
        }
    }

    /// The user who is linked to the identity that a provider vouches for with this token. Whether they may act is
    /// not asked here.
    ///
    /// # Errors
    /// [`ErrorKind::IdentityRefused`]: nobody is. [`ErrorKind::CredentialInvalid`],
    /// [`ErrorKind::ProviderUnavailable`], [`ErrorKind::ProviderUntrusted`], [`ErrorKind::Unavailable`].
    pub(crate) async fn vouched_for(&self, op: &Op, provider: &Provider, token: &Secret) -> Result<User> {
        let key = (provider.id.clone(), token.digest().bytes);
        let vouched = match self.access_tokens.find(&key, op.now) {
            Some(vouched) => vouched,
            None => {
                self.must_be_foreign(token).await?;
                let claims = self.upstream.inspect(op.now, &provider.id, token).await?;
                let until = op.now + REMEMBERED;
                let vouched = Vouched { issuer: claims.issuer, subject: claims.subject, until };
                self.access_tokens.keep(key, op.now, vouched.clone());
                vouched
            }
        };
        let found = self.store.external_identity(&vouched.issuer, &vouched.subject).await?;
        let linked = found.map(|(_, user)| user);
        linked.ok_or_else(|| refused("an identity that no user is linked to", "one that has signed in here"))
    }

    /// A credential that we gave out by another door is shown to nobody: its client took the wrong one, and whoever is
    /// asked about it could use it.
    async fn must_be_foreign(&self, token: &Secret) -> Result<()> {
        let digest = token.digest();
        let named = claims_of::<NamesSession>(token.expose()).map(|claims| SessionId(claims.sid));
        let ours = self.store.session_by_digest(&digest).await?.is_some()
            || self.store.api_key_by_digest(&digest).await?.is_some()
            || self.store.organization_key_by_digest(&digest).await?.is_some()
            || match named {
                Some(session) => self.store.session(session).await?.is_some(),
                None => false,
            };
        match ours {
            false => Ok(()),
            true => Err(Error::new(ErrorKind::CredentialInvalid).because(
                Rule::AccessToken,
                "a credential that was given out here",
                "one that a provider of [[providers]] gave out",
            )),
        }
    }
}

/// How our own tokens name their session.
#[derive(Deserialize)]
struct NamesSession {
    sid: Uuid,
}

/// How any token names its issuer.
#[derive(Deserialize)]
struct NamesIssuer {
    iss: String,
}

/// What a JWT says; nothing of it is believed by this.
/// What a JWT says, read without a look at its signature.
pub(crate) fn claims_of<T: DeserializeOwned>(token: &str) -> Option<T> {
    let mut segments = token.split('.');
    let (_, payload, _) = (segments.next()?, segments.next()?, segments.next()?);
    let json = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_jwt_names_its_issuer() {
        let issuer_of = |token: &str| claims_of::<NamesIssuer>(token).map(|claims| claims.iss);
        let payload = URL_SAFE_NO_PAD.encode(br#"{"iss":"https://a.example","x":1}"#);
        assert_eq!(issuer_of(&format!("e30.{payload}.x")).as_deref(), Some("https://a.example"));
        for token in ["", "a", "a.b", "a.b.c", "..", &format!("e30.{payload}"), "e30.e30.x"] {
            assert_eq!(issuer_of(token), None, "{token}");
        }
    }

    #[test]
    fn a_providers_word_is_believed_for_less_than_a_minute_and_never_by_too_many() {
        let known = Known::default();
        let now = Timestamp::from_millis(1_000_000);
        let vouched = |until| Vouched { issuer: "i".into(), subject: "s".into(), until };
        let key = |n: usize| (ProviderId::new("p").unwrap(), n.to_be_bytes().to_vec());
        known.keep(key(0), now, vouched(now + REMEMBERED));
        assert!(known.find(&key(0), now + Duration::from_secs(49)).is_some());
        assert!(known.find(&key(0), now + Duration::from_mins(1)).is_none());
        for n in 0..MOST + 5 {
            known.keep(key(n), now, vouched(now + REMEMBERED));
        }
        assert_eq!(known.0.lock().unwrap().len(), MOST);
        let later = now + Duration::from_mins(2);
        known.keep(key(MOST + 9), later, vouched(later + REMEMBERED));
        assert_eq!(known.0.lock().unwrap().len(), 1, "what is over makes room");
    }
}
