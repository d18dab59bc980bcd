//! The story of a login by a provider: take the flow, redeem the code, know the user, open the session.
//!
//! The flow is taken before anything is asked of the provider. So of any number of browsers that come back with one
//! `state` one is heard, and a code is redeemed once; who fails begins anew.

use super::{Ends, Opening, SignIn, SignedIn};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::federation::join::{Known, refused};
use crate::federation::upstream::{Claims, Redemption};
use crate::federation::{Provider, ProviderId};
use crate::flow::{self, Flow, HandOver};
use crate::op::Op;
use crate::organization::joining::{Joined, KeptJoining};
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::rule::Rule;
use crate::secret::Secret;
use crate::session::SessionId;
use crate::session::caller::Caller;
use crate::session::ledger::inactive;
use crate::surface::Surface;
use crate::user::User;

/// What a browser brings back from a provider.
pub struct ProviderAnswer {
    /// The secret that the browser is known by.
    pub browser: Option<Secret>,
    /// The `state` parameter.
    pub state: Option<Secret>,
    /// The `code` parameter; `None`: the provider sent somebody back without a login.
    pub code: Option<Secret>,
    /// The `iss` parameter (RFC 9207).
    pub issuer: Option<String>,
    /// Where the provider sent the browser to, as it was told when the login began.
    pub redirect_uri: String,
    /// Who is recognised by a live session of this door in this browser.
    pub presented: Option<Caller>,
}

/// A login by a provider that went well.
#[derive(Debug, Clone)]
pub struct ProviderSignedIn {
    /// The session.
    pub signed_in: SignedIn,
    /// Where the browser is to be led, as the door had it kept; empty: its usual place.
    pub return_to: String,
    /// Whether the user was made by this very login.
    pub new_user: bool,
    /// Where the user belongs; `None`: the door knows no organizations.
    pub joined: Option<Joined>,
}

/// Somebody shows a provider's access token.
pub struct ProviderTokenSignIn {
    /// The provider that gave it out, by its name.
    pub provider: String,
    /// The token.
    pub token: Secret,
    /// Who is recognised by a credential of this door that came with the login.
    pub presented: Option<Caller>,
    /// Whether every other session of the user ends, as far as the surface's scope reaches.
    pub end_others: bool,
}

impl SignIn {
    /// Finishes a login that was begun with [`crate::federation::providers::Federation::begin`].
    ///
    /// Once begun it runs to its end even when the client has gone away.
    ///
    /// # Errors
    /// [`ErrorKind::FlowMissing`], [`ErrorKind::FlowInvalid`], [`ErrorKind::ProviderDenied`],
    /// [`ErrorKind::ProviderUnknown`]: it is not configured any more. [`ErrorKind::ProviderUnavailable`],
    /// [`ErrorKind::CodeRefused`], [`ErrorKind::IdTokenMissing`], [`ErrorKind::SubjectMissing`],
    /// [`ErrorKind::ProviderUntrusted`], [`ErrorKind::IdentityRefused`], [`ErrorKind::UserInactive`],
    /// [`ErrorKind::SessionLimit`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`]; by a door that has
    /// organizations those of [`crate::organization::organizations::Organizations::settle_in`] too.
    pub async fn with_provider(
        &self,
        op: &Op,
        surface: &Surface,
        answer: ProviderAnswer,
    ) -> Result<ProviderSignedIn> {
        let (this, op, surface) = (self.clone(), op.clone(), surface.clone());
        Core::to_its_end(async move { this.come_back(&op, &surface, &answer).await }).await
    }

    async fn come_back(
        &self,
        op: &Op,
        surface: &Surface,
        answer: &ProviderAnswer,
    ) -> Result<ProviderSignedIn> {
        let (flow, state) = self.take(op, surface, answer, None).await?;
        if let Some(hand_over) = &flow.hand_over {
            let user = match self.handed_over(hand_over, answer, state).await {
                Ok(user) => user,
                Err(error) => return Err(self.record(op, None, error).await),
            };
            return self.let_in(op, surface, answer, flow, Known { user, made: false }).await;
        }
        let provider = self.core.provider_of(&flow.provider)?;
        let claims = match self.redeem(op, provider, answer, state).await {
            Ok(claims) => claims,
            // Somebody began this login here, and nobody else can come back to it: it is a failure of its own.
            Err(error) => return Err(self.record(op, None, error).await),
        };
        match self.core.user_behind(op, provider, &claims).await {
            Ok(known) => self.let_in(op, surface, answer, flow, known).await,
            Err(error) => Err(self.refuse(op, None, error).await),
        }
    }

    /// Whom our own page handed over with this answer.
    async fn handed_over(
        &self,
        hand_over: &HandOver,
        answer: &ProviderAnswer,
        state: &Secret,
    ) -> Result<User> {
        let refused =
            |seen| Error::new(ErrorKind::CodeRefused).because(Rule::OwnPageCode, seen, "the one it gave");
        let code = answer.code.as_ref().ok_or_else(|| refused("none"))?;
        let made = Secret::made(flow::code(&self.core.master_key, state).to_string());
        // By their digests, which says nothing of how much of it was right.
        if code.digest() != made.digest() {
            return Err(refused("another one"));
        }
        let (number, version) = hand_over.to.ok_or_else(|| refused("one that was not given out"))?;
        let user = self.core.store.user(number).await?;
        // Suspended, or signed out everywhere, since: what was shown then is worth nothing now.
        user.filter(|user| user.credential_version == version)
            .ok_or_else(|| refused("one for a user who was changed meanwhile"))
    }

    /// Opens the session of whoever came back.
    async fn let_in(
        &self,
        op: &Op,
        surface: &Surface,
        answer: &ProviderAnswer,
        flow: Flow,
        Known { user, made }: Known,
    ) -> Result<ProviderSignedIn> {
        let joined = match self.belonging(op, surface, &user, &flow.joining).await {
            Ok(joined) => joined,
            Err(error) => return Err(self.refuse(op, Some(&user), error).await),
        };
        let ends = Ends::new(surface, answer.presented.as_ref(), false);
        let signed_in = self.open(op, surface, &flow.provider, user, &ends).await?;
        Ok(ProviderSignedIn { signed_in, return_to: flow.return_to, new_user: made, joined })
    }

    /// What the provider says of whoever came back with this answer.
    pub(crate) async fn redeem(
        &self,
        op: &Op,
        provider: &Provider,
        answer: &ProviderAnswer,
        state: &Secret,
    ) -> Result<Claims> {
        let Some(code) = &answer.code else {
            let denied = Error::new(ErrorKind::ProviderDenied);
            return Err(denied.because(Rule::ProviderDenied, "an error instead of a code", "a code"));
        };
        let redemption = Redemption {
            code: code.expose(),
            redirect_uri: &answer.redirect_uri,
            nonce: &flow::nonce(&self.core.master_key, state),
            verifier: &flow::verifier(&self.core.master_key, state),
            issuer: answer.issuer.as_deref(),
        };
        Ok(self.core.upstream.redeem(op.now, &provider.id, &redemption).await?)
    }

    /// Where the user belongs from now on, by a door that wants to know. Who may not sign in comes to nothing.
    async fn belonging(
        &self,
        op: &Op,
        surface: &Surface,
        user: &User,
        joining: &KeptJoining,
    ) -> Result<Option<Joined>> {
        if !surface.organizations || !user.is_active() {
            return Ok(None);
        }
        self.core.settle_in(op, user, joining).await.map(Some)
    }

    /// Takes the flow that the browser comes back to: begun in this browser, by this door, as a login or to link an
    /// identity for this session, and not over.
    pub(crate) async fn take<'a>(
        &self,
        op: &Op,
        surface: &Surface,
        answer: &'a ProviderAnswer,
        links: Option<SessionId>,
    ) -> Result<(Flow, &'a Secret)> {
        let Some(browser) = &answer.browser else {
            let missing = Error::new(ErrorKind::FlowMissing);
            return Err(missing.because(Rule::LoginCookie, "a browser without its cookie", "the cookie"));
        };
        let state = answer.state.as_ref().ok_or_else(|| not_this("no state"))?;
        let found = self.core.store.flow_by_digest(&state.digest()).await?;
        let flow = found.ok_or_else(|| not_this("a state that is unknown, or was used"))?;
        if flow.browser != browser.digest() {
            return Err(not_this("a state that another browser began with"));
        }
        if flow.door != surface.door {
            return Err(not_this("a state of another door"));
        }
        if flow.links != links {
            return Err(not_this("a state of another purpose, or of another session"));
        }
        let take = Change::TakeFlow { flow: flow.id, at: op.now };
        match self.core.store.commit(Commit { changes: vec![take], events: vec![] }).await {
            Ok(_) => Ok((flow, state)),
            Err(StoreError::Conflict(_)) => {
                Err(not_this("a state that was used, or is older than ten minutes"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Opens a session for who shows an access token of a provider: the user who is linked to the identity that the
    /// provider vouches for. Nobody is made or joined by this: an access token may have been given to another client.
    ///
    /// # Errors
    /// [`ErrorKind::ProviderUnknown`], [`ErrorKind::ProviderUnavailable`], [`ErrorKind::ProviderUntrusted`],
    /// [`ErrorKind::CredentialInvalid`], [`ErrorKind::IdentityRefused`], [`ErrorKind::UserInactive`],
    /// [`ErrorKind::SessionLimit`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn with_provider_token(
        &self,
        op: &Op,
        surface: &Surface,
        command: ProviderTokenSignIn,
    ) -> Result<SignedIn> {
        let provider = self.core.provider(Some(&command.provider))?;
        let user = match self.core.vouched_for(op, provider, &command.token).await {
            Ok(user) => user,
            Err(error) => return Err(self.refuse(op, None, error).await),
        };
        let ends = Ends::new(surface, command.presented.as_ref(), command.end_others);
        self.open(op, surface, &provider.id, user, &ends).await
    }

    /// Whether [`SignIn::with_provider_token`] would let somebody in with this token, and whom.
    ///
    /// # Errors
    /// As there.
    pub async fn would_with_provider_token(&self, op: &Op, provider: &str, token: &Secret) -> Result<User> {
        let provider = self.core.provider(Some(provider))?;
        let user = self.core.vouched_for(op, provider, token).await?;
        if user.is_active() { Ok(user) } else { Err(inactive(&user)) }
    }

    async fn open(
        &self,
        op: &Op,
        surface: &Surface,
        provider: &ProviderId,
        mut user: User,
        ends: &Ends,
    ) -> Result<SignedIn> {
        if !user.is_active() {
            return Err(self.refuse(op, Some(&user), inactive(&user)).await);
        }
        for _ in 0..3 {
            let (opening, mut events) = self.core.opening_with(op, surface, &user, ends).await?;
            let Opening { session, secret, changes } = opening;
            let event = Event::new(op, EventKind::SignedIn).of(&user).with_session(session.id);
            events.insert(0, event.by_way_of(provider.as_str()));
            match self.core.store.commit(Commit { changes, events }).await {
                Ok(_) => {
                    // The end of all sessions by every door has raised it.
                    user.credential_version += i64::from(ends.others && surface.reach().is_none());
                    return Ok(SignedIn { user, session: session.into(), secret });
                }
                Err(StoreError::Conflict(Conflict::SigningKeyChanged)) => {}
                Err(StoreError::Conflict(Conflict::SessionLimit)) => {
                    return Err(self.refuse(op, Some(&user), ErrorKind::SessionLimit.into()).await);
                }
                // Suspended, or signed out everywhere meanwhile: a login that was under way loses.
                Err(StoreError::Conflict(_)) => {
                    let error = refused("a user who was changed meanwhile", "a login after it");
                    return Err(self.refuse(op, Some(&user), error).await);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// The refusal, recorded where it says something of an account.
    async fn refuse(&self, op: &Op, user: Option<&User>, refusal: Error) -> Error {
        let kind = refusal.kind();
        let says_something = matches!(
            kind,
            ErrorKind::IdentityRefused
                | ErrorKind::UserInactive
                | ErrorKind::SessionLimit
                | ErrorKind::InvitationNotFound
                | ErrorKind::InvitationUsed
                | ErrorKind::InvitationNotYours
                | ErrorKind::OrganizationNotFound
                | ErrorKind::OrganizationClosed
        );
        if says_something { self.record(op, user, refusal).await } else { refusal }
    }

    async fn record(&self, op: &Op, user: Option<&User>, refusal: Error) -> Error {
        let mut event = Event::new(op, EventKind::SignInFailed).saying(refusal.kind().name());
        event.user = user.map(|user| user.id);
        match self.core.store.commit(Commit { changes: vec![], events: vec![event] }).await {
            Ok(_) => refusal,
            Err(error) => error.into(),
        }
    }
}

pub(crate) fn not_this(seen: &'static str) -> Error {
    let wanted = "the state of a login under way in this browser by this door";
    Error::new(ErrorKind::FlowInvalid).because(Rule::LoginState, seen, wanted)
}
