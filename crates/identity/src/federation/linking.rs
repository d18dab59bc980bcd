//! People link identities at providers to their account, and take links away.
//!
//! To link is to let somebody in: it is begun by a fresh login, bound to that session and to the browser that it was
//! begun in, and a flow that links never ends as a login, nor the other way round. The last way into an account is not
//! taken away.

use super::providers::{BeginLogin, Federation, LoginBegun};
use super::upstream::Claims;
use super::{ExternalIdentity, ExternalIdentityId, Provider};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::mail::MailKind;
use crate::op::Op;
use crate::ports::{Change, Conflict, StoreError};
use crate::rule::Rule;
use crate::session::caller::Caller;
use crate::session::{SessionId, State};
use crate::sign_in::{ProviderAnswer, ProviderSignedIn, SignIn};
use crate::surface::Surface;

/// What a browser came back from a provider with.
pub enum CameBack {
    /// Somebody signed in.
    SignedIn(Box<ProviderSignedIn>),
    /// The identity is linked to the account of whoever had signed in.
    Linked {
        /// Who, by which session.
        caller: Caller,
        /// Where the browser is to be led, as the door had it kept; empty: its usual place.
        return_to: String,
    },
}

impl Federation {
    /// The caller's links to providers, oldest first.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: the credential may less than its owner. [`ErrorKind::Unavailable`].
    pub async fn linked(&self, _op: &Op, caller: &Caller) -> Result<Vec<ExternalIdentity>> {
        caller.must_be_whole()?;
        Ok(self.core.store.external_identities(caller.user.number).await?)
    }

    /// Begins to link an identity to the caller's account: the browser is to be sent to the provider, and to come back
    /// with what it is known by and with the caller's session.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], [`ErrorKind::FreshLoginRequired`], and as [`Federation::begin`].
    pub async fn begin_link(
        &self,
        op: &Op,
        surface: &Surface,
        caller: &Caller,
        begin: BeginLogin,
    ) -> Result<LoginBegun> {
        caller.must_be_fresh(op)?;
        let session = caller.session().map(|session| session.id);
        self.begin_for(op, surface, begin, session).await
    }

    /// Finishes what was begun with [`Federation::begin`] or [`Federation::begin_link`], whichever it was.
    ///
    /// # Errors
    /// As [`SignIn::with_provider`] and [`Federation::link`].
    pub async fn come_back(&self, op: &Op, surface: &Surface, answer: ProviderAnswer) -> Result<CameBack> {
        let flow = match &answer.state {
            Some(state) => self.core.store.flow_by_digest(&state.digest()).await?,
            None => None,
        };
        if flow.is_some_and(|flow| flow.links.is_some()) {
            return self.link(op, surface, answer).await;
        }
        let sign_in = SignIn { core: self.core.clone() };
        Ok(CameBack::SignedIn(Box::new(sign_in.with_provider(op, surface, answer).await?)))
    }

    /// Links the identity that a browser comes back with to the account of the session that wanted it. One that is linked
    /// to it already is no fault.
    ///
    /// Once begun it runs to its end even when the client has gone away.
    ///
    /// # Errors
    /// [`ErrorKind::FlowMissing`], [`ErrorKind::FlowInvalid`], also when the session is another one or over;
    /// [`ErrorKind::ProviderDenied`], [`ErrorKind::ProviderUnknown`], [`ErrorKind::ProviderUnavailable`],
    /// [`ErrorKind::CodeRefused`], [`ErrorKind::IdTokenMissing`], [`ErrorKind::SubjectMissing`],
    /// [`ErrorKind::ProviderUntrusted`], [`ErrorKind::IdentityTaken`], [`ErrorKind::Conflict`],
    /// [`ErrorKind::Unavailable`].
    pub async fn link(&self, op: &Op, surface: &Surface, answer: ProviderAnswer) -> Result<CameBack> {
        let (this, op, surface) = (self.clone(), op.clone(), surface.clone());
        Core::to_its_end(async move { this.finish_link(&op, &surface, answer).await }).await
    }

    async fn finish_link(&self, op: &Op, surface: &Surface, mut answer: ProviderAnswer) -> Result<CameBack> {
        let sign_in = SignIn { core: self.core.clone() };
        let caller = answer.presented.take();
        let session = caller.as_ref().and_then(Caller::session).map(|session| session.id);
        let (Some(caller), Some(session)) = (caller, session) else {
            return Err(crate::sign_in::not_this("a browser without the session that wanted the link"));
        };
        let (flow, state) = sign_in.take(op, surface, &answer, Some(session)).await?;
        let provider = self.core.provider_of(&flow.provider)?;
        let claims = sign_in.redeem(op, provider, &answer, state).await?;
        self.must_live_still(op, session).await?;
        self.keep_link(op, &caller, session, provider, &claims).await?;
        Ok(CameBack::Linked { caller, return_to: flow.return_to })
    }

    /// The provider took its time: a session that was ended meanwhile links nothing.
    async fn must_live_still(&self, op: &Op, session: SessionId) -> Result<()> {
        let found = self.core.store.session(session).await?;
        if found.is_some_and(|session| session.state(op.now) == State::Live) {
            return Ok(());
        }
        Err(crate::sign_in::not_this("a session that was ended meanwhile"))
    }

    async fn keep_link(
        &self,
        op: &Op,
        caller: &Caller,
        session: SessionId,
        provider: &Provider,
        claims: &Claims,
    ) -> Result<()> {
        let user = &caller.user;
        for _ in 0..3 {
            match self.core.store.external_identity(&claims.issuer, &claims.subject).await? {
                Some((_, owner)) if owner.number == user.number => return Ok(()),
                Some(_) => {
                    return Err(Error::new(ErrorKind::IdentityTaken).because(
                        Rule::IdentityTaken,
                        "one that is linked to another user",
                        "one that is linked to nobody",
                    ));
                }
                None => {}
            }
            let identity = self.core.new_identity(op, user.id, claims);
            let mut changes = vec![Change::LinkIdentity { identity, version: user.credential_version }];
            changes.extend(self.core.notice(op, user, MailKind::WaysInChanged));
            let event = Event::new(op, EventKind::IdentityLinked).of(user).with_session(session);
            match self.core.commit_with_mail(changes, vec![event.by_way_of(provider.id.as_str())]).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Conflict(Conflict::IdentityTaken)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// Takes a link of the caller's away. Something else must let the caller in: a password, where those are taken, or a
    /// link to another provider that is configured.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], [`ErrorKind::FreshLoginRequired`], [`ErrorKind::IdentityNotFound`],
    /// [`ErrorKind::LastWayIn`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn unlink(&self, op: &Op, caller: &Caller, id: ExternalIdentityId) -> Result<()> {
        caller.must_be_fresh(op)?;
        let user = &caller.user;
        for _ in 0..3 {
            let linked = self.core.store.external_identities(user.number).await?;
            let unlinked = linked.iter().find(|identity| identity.id == id);
            let unlinked = unlinked.ok_or(ErrorKind::IdentityNotFound)?;
            let keeps = self.other_way_in(caller, &linked, id)?;
            let change = Change::UnlinkIdentity {
                identity: id,
                user: user.number,
                version: user.credential_version,
                keeps,
            };
            let mut changes = vec![change];
            changes.extend(self.core.notice(op, user, MailKind::WaysInChanged));
            let provider = self.provider_at(unlinked).map_or("", |provider| provider.id.as_str());
            let event = Event::new(op, EventKind::IdentityUnlinked).of(user).by_way_of(provider);
            match self.core.commit_with_mail(changes, vec![event]).await {
                Ok(()) => return Ok(()),
                // It, or the one that was to remain, was taken away at the same time: look again.
                Err(StoreError::Conflict(Conflict::IdentityGone)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// The link that lets the caller in without this one; `None`: the password does.
    fn other_way_in(
        &self,
        caller: &Caller,
        linked: &[ExternalIdentity],
        without: ExternalIdentityId,
    ) -> Result<Option<ExternalIdentityId>> {
        if caller.user.has_password && self.core.policy.password_sign_in {
            return Ok(None);
        }
        let usable =
            |identity: &&ExternalIdentity| identity.id != without && self.provider_at(identity).is_some();
        let other = linked.iter().find(usable).map(|identity| identity.id);
        other.map(Some).ok_or_else(|| {
            Error::new(ErrorKind::LastWayIn).because(
                Rule::LastWayIn,
                "the last one",
                "a password that is taken, or another linked provider of [[providers]]",
            )
        })
    }

    fn provider_at(&self, identity: &ExternalIdentity) -> Option<&Provider> {
        self.core.providers.iter().find(|provider| provider.issuer == identity.issuer)
    }
}
