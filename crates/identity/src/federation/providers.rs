//! Which providers there are, and how a login by one of them begins.

use crate::rule::Rule;
use std::sync::Arc;

use super::upstream::{AuthorizationRequest, UpstreamError, UpstreamFault};
use super::{Provider, ProviderId};
use crate::Core;
use crate::error::{Error, ErrorKind, Observed, Result};
use crate::flow::{self, Flow, FlowId, HandOver, NewFlow};
use crate::op::{Op, Timestamp};
use crate::organization::joining::Joining;
use crate::ports::{Change, Commit};
use crate::secret::Secret;
use crate::session::SessionId;
use crate::surface::Surface;

/// Logins by providers.
#[derive(Clone)]
pub struct Federation {
    pub(crate) core: Arc<Core>,
}

/// A login to begin.
#[derive(Debug, Clone)]
pub struct BeginLogin {
    /// By which provider; `None`: the only one.
    pub provider: Option<String>,
    /// Where the provider sends the browser back to.
    pub redirect_uri: String,
    /// The secret of a live session of this door that the browser holds already: the login stays bound to that.
    pub browser: Option<Secret>,
    /// Where the browser is led when the login is done, checked by the door; empty: its usual place.
    pub return_to: String,
    /// Where whoever comes back wants to belong; a door without organizations asks for nothing.
    pub joining: Joining,
}

/// A login that was begun.
#[derive(Debug, Clone)]
pub struct LoginBegun {
    /// Where to send the browser.
    pub location: String,
    /// What the browser is to be known by until it comes back; `None`: by the secret that it holds.
    pub browser: Option<Secret>,
    /// When the login is over by itself.
    pub expires: Timestamp,
}

impl Federation {
    /// The providers, in the order in which they are shown.
    pub fn providers(&self) -> &[Provider] {
        &self.core.providers
    }

    /// Begins a login: the browser is to be sent to the provider, and to come back with what it is known by.
    ///
    /// # Errors
    /// [`ErrorKind::ProviderUnknown`], [`ErrorKind::InvitationNotFound`]: what was presented is no code of ours.
    /// [`ErrorKind::ProviderUnavailable`], [`ErrorKind::ProviderUntrusted`], [`ErrorKind::Unavailable`].
    pub async fn begin(&self, op: &Op, surface: &Surface, begin: BeginLogin) -> Result<LoginBegun> {
        self.begin_for(op, surface, begin, None).await
    }

    /// Begins a login, or what looks like one to the provider and links an identity for a session here.
    pub(super) async fn begin_for(
        &self,
        op: &Op,
        surface: &Surface,
        begin: BeginLogin,
        links: Option<SessionId>,
    ) -> Result<LoginBegun> {
        let place = self.place(surface, begin.provider.as_deref(), links.is_some())?;
        let state = flow::STATE.make(&*self.core.entropy);
        let fresh = match &begin.browser {
            Some(_) => None,
            None => Some(surface.form.make(&*self.core.entropy)),
        };
        let known_by = begin.browser.as_ref().or(fresh.as_ref()).ok_or(ErrorKind::Internal)?;
        let expires = op.now + flow::LIFE;
        let flow = Flow {
            id: FlowId(self.core.uuid(op.now)),
            provider: place.name(),
            door: surface.door.clone(),
            browser: known_by.digest(),
            return_to: begin.return_to,
            joining: begin.joining.kept()?,
            created: op.now,
            expires,
            links,
            hand_over: place.hand_over(&begin.redirect_uri),
        };
        let request = AuthorizationRequest {
            redirect_uri: &begin.redirect_uri,
            state: state.expose(),
            nonce: &flow::nonce(&self.core.master_key, &state),
            verifier: &flow::verifier(&self.core.master_key, &state),
        };
        let location = match place {
            Place::Provider(provider) => {
                self.core.upstream.authorization_url(op.now, &provider.id, &request).await?
            }
            Place::OwnPage(page) => format!("{page}?continue={}", state.expose()),
        };
        let open = Change::OpenFlow(NewFlow { flow, digest: state.digest() });
        self.core.store.commit(Commit { changes: vec![open], events: vec![] }).await?;
        Ok(LoginBegun { location, browser: fresh, expires })
    }

    /// Where a browser signs out at a provider, to be led on from there (OpenID Connect RP-Initiated Logout 1.0
    /// section 2); without a name at the only provider. `None`: the provider has no such place.
    ///
    /// # Errors
    /// [`ErrorKind::ProviderUnknown`], [`ErrorKind::ProviderUnavailable`], [`ErrorKind::ProviderUntrusted`].
    pub async fn logout_url(
        &self,
        op: &Op,
        provider: Option<&str>,
        return_to: &str,
    ) -> Result<Option<String>> {
        let provider = self.core.provider(provider)?;
        Ok(self.core.upstream.logout_url(op.now, &provider.id, return_to).await?)
    }
}

/// Where somebody signs in.
enum Place<'a> {
    Provider(&'a Provider),
    /// Our own page, by its address.
    OwnPage(&'a str),
}

impl Place<'_> {
    fn name(&self) -> ProviderId {
        match self {
            Self::Provider(provider) => provider.id.clone(),
            Self::OwnPage(_) => ProviderId::own(),
        }
    }

    fn hand_over(&self, callback: &str) -> Option<HandOver> {
        match self {
            Self::Provider(_) => None,
            Self::OwnPage(_) => Some(HandOver { callback: callback.to_owned(), to: None }),
        }
    }
}

impl Federation {
    /// The provider that was named, else the only one, else our own page where the door leads there.
    fn place(&self, surface: &Surface, named: Option<&str>, links: bool) -> Result<Place<'_>> {
        let page = self.core.policy.sign_in_page.as_deref();
        match (named, self.core.providers.as_slice(), page) {
            (None, [] | [_, _, ..], Some(page)) if surface.own_page && !links => Ok(Place::OwnPage(page)),
            _ => self.core.provider(named).map(Place::Provider),
        }
    }
}

impl Core {
    /// The provider of this name; without a name the only one.
    pub(crate) fn provider(&self, name: Option<&str>) -> Result<&Provider> {
        let unknown = |seen| {
            Err(Error::new(ErrorKind::ProviderUnknown).because(
                Rule::Provider,
                seen,
                "one that is configured",
            ))
        };
        match (name, self.providers.as_slice()) {
            (Some(name), providers) => match providers.iter().find(|known| known.id.as_str() == name) {
                Some(provider) => Ok(provider),
                None => unknown("a name that no provider has"),
            },
            (None, [only]) => Ok(only),
            (None, []) => unknown("none"),
            (None, [_, _, ..]) => unknown("several, and none was named"),
        }
    }

    /// The provider that a login was begun with, if it is configured still.
    pub(crate) fn provider_of(&self, id: &ProviderId) -> Result<&Provider> {
        self.provider(Some(id.as_str()))
    }
}

impl From<UpstreamError> for Error {
    fn from(error: UpstreamError) -> Self {
        let (kind, seen, wanted) = match error.fault {
            UpstreamFault::Unavailable => (
                ErrorKind::ProviderUnavailable,
                "no answer, or one that nobody can read",
                "the provider's own",
            ),
            UpstreamFault::CodeRefused => (
                ErrorKind::CodeRefused,
                "a code that the provider did not take",
                "one that it gave out, once",
            ),
            UpstreamFault::IdTokenMissing => {
                (ErrorKind::IdTokenMissing, "an answer without an ID token", "one with it (scope openid)")
            }
            UpstreamFault::SubjectMissing => {
                (ErrorKind::SubjectMissing, "an ID token without a subject", "one with it")
            }
            UpstreamFault::Untrusted => {
                (ErrorKind::ProviderUntrusted, "what this provider must not say", "a correct answer")
            }
            UpstreamFault::TokenRefused => {
                (ErrorKind::CredentialInvalid, "a token that the provider does not vouch for", "a live one")
            }
            UpstreamFault::Unknown => {
                (ErrorKind::ProviderUnknown, "a provider that is not configured", "one of [[providers]]")
            }
        };
        let rule = match error.fault {
            UpstreamFault::TokenRefused => Rule::AccessToken,
            UpstreamFault::Unavailable
            | UpstreamFault::CodeRefused
            | UpstreamFault::IdTokenMissing
            | UpstreamFault::SubjectMissing
            | UpstreamFault::Untrusted
            | UpstreamFault::Unknown => kind.facts().rule,
        };
        let observed = Observed::text(&error.to_string());
        Self::new(kind).because(rule, seen, wanted).observing(observed).caused_by(error)
    }
}
