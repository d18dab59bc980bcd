//! Whose identity a provider speaks of: the user it is linked to, one that it joins, or one that is made for it.
//!
//! An address never decides alone. An unknown identity joins the user who has its address only where the operator wants
//! that (`link_verified_email`) and both sides have verified the address; one that is made takes an address only when
//! the provider has verified it. Otherwise somebody could wait in an account for the person whose address it bears.

use super::upstream::Claims;
use super::{ExternalIdentityId, NewExternalIdentity, Provider};
use crate::Core;
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::Purpose;
use crate::op::Op;
use crate::ports::{Change, Commit, Conflict, StoreError};
use crate::rule::Rule;
use crate::user::{Email, FIRST_VERSION, LoginKey, NewUser, PersonName, Role, Status, User, Username};

/// Whose identity it is.
pub(crate) struct Known {
    pub(crate) user: User,
    /// Whether the user was made for it just now.
    pub(crate) made: bool,
}

impl Core {
    /// The user behind what a provider says, joined or made where that is allowed. Whether they may sign in is asked
    /// elsewhere.
    ///
    /// # Errors
    /// [`ErrorKind::IdentityRefused`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub(crate) async fn user_behind(&self, op: &Op, provider: &Provider, claims: &Claims) -> Result<Known> {
        let mut made = false;
        for _ in 0..3 {
            if let Some((_, user)) = self.store.external_identity(&claims.issuer, &claims.subject).await? {
                return Ok(Known { user, made });
            }
            let email = claims.email.as_deref().filter(|_| claims.email_verified);
            let email = email.and_then(|email| Email::new(email).ok());
            let owner = match &email {
                Some(email) => self.store.user_by_name(email.key()).await?,
                None => None,
            };
            let done = match owner {
                Some(owner) => self.join(op, provider, claims, &owner).await.map(|()| false),
                None if provider.sign_up => self.make(op, provider, claims, email).await,
                None => Err(refused(
                    "an unknown identity, and sign_up = false",
                    "a linked one, or sign_up = true",
                )),
            };
            match done {
                Ok(by_this) => made = by_this,
                // Somebody else linked or took something meanwhile: look again.
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// Links an unknown identity with a verified address to the user who has that address.
    async fn join(&self, op: &Op, provider: &Provider, claims: &Claims, owner: &User) -> Result<()> {
        if !provider.link_verified_email {
            return Err(refused(
                "an address that a user here has, and link_verified_email = false",
                "a linked identity, or link_verified_email = true",
            ));
        }
        // The key may be that of a username which looks like an address.
        let same =
            owner.email.as_deref().and_then(LoginKey::of) == claims.email.as_deref().and_then(LoginKey::of);
        if !(same && owner.email_verified) {
            return Err(refused(
                "an address that the user here has not verified",
                "one that both sides have",
            ));
        }
        if !owner.is_active() {
            return Err(refused("the address of a user who may not sign in", "that of an active user"));
        }
        let link = Change::LinkIdentity {
            identity: self.new_identity(op, owner.id, claims),
            version: owner.credential_version,
        };
        let event = Event::new(op, EventKind::IdentityLinked).of(owner).by_way_of(provider.id.as_str());
        self.store.commit(Commit { changes: vec![link], events: vec![event] }).await?;
        Ok(())
    }

    /// Makes a user for an unknown identity; `false`: another login of it has. A username that somebody has is not taken along; a user without any name
    /// to sign in with gets one that says where it comes from.
    async fn make(
        &self,
        op: &Op,
        provider: &Provider,
        claims: &Claims,
        email: Option<Email>,
    ) -> Result<bool> {
        let wanted = claims.preferred_username.as_deref().and_then(|name| Username::new(name).ok());
        let wanted = wanted.filter(is_no_address);
        let made_up = || {
            let digest = self.master_key.keyed_digest(Purpose::UnknownName, claims.subject.as_bytes());
            let digits: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
            Username::new(&format!("{}-{digits}", provider.id)).ok()
        };
        let without = if email.is_some() { None } else { made_up() };
        for username in wanted.map(Some).into_iter().chain([without]) {
            match self.store.commit(self.sign_up_commit(op, provider, claims, username, email.clone())).await
            {
                Ok(_) => return Ok(true),
                Err(StoreError::Conflict(Conflict::LoginNameTaken | Conflict::LoginNameRetired)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        // Another login of the same identity may have been first: then it has taken the names for this very user.
        if self.store.external_identity(&claims.issuer, &claims.subject).await?.is_some() {
            return Ok(false);
        }
        Err(refused("an address or a name that was given away before", "one that is free"))
    }

    fn sign_up_commit(
        &self,
        op: &Op,
        provider: &Provider,
        claims: &Claims,
        username: Option<Username>,
        email: Option<Email>,
    ) -> Commit {
        let mut user = NewUser {
            id: self.uuid(op.now),
            username,
            email_verified: email.is_some(),
            email,
            name: name_of(claims),
            role: Role::User,
            status: Status::Active,
            parent: None,
            password: None,
            must_change_password: false,
            created: op.now,
            name_digests: Vec::new(),
        };
        let digest =
            |key: &LoginKey| self.master_key.keyed_digest(Purpose::RetiredName, key.as_str().as_bytes());
        user.name_digests = user.login_keys().into_iter().map(digest).collect();
        let identity = self.new_identity(op, user.id, claims);
        let about = |kind| {
            let mut event = Event::new(op, kind).by_way_of(provider.id.as_str());
            event.user = Some(user.id);
            event
        };
        let events = vec![about(EventKind::UserCreated), about(EventKind::IdentityLinked)];
        let link = Change::LinkIdentity { identity, version: FIRST_VERSION };
        Commit { changes: vec![Change::CreateUser(user), link], events }
    }

    pub(super) fn new_identity(&self, op: &Op, user: uuid::Uuid, claims: &Claims) -> NewExternalIdentity {
        NewExternalIdentity {
            id: ExternalIdentityId(self.uuid(op.now)),
            user,
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            created: op.now,
        }
    }
}

/// An address is claimed as one or not at all: a username that looks like one would shadow its owner.
fn is_no_address(name: &Username) -> bool {
    !name.as_str().contains('@') && Email::new(name.as_str()).is_err()
}

/// The longest name that is taken over, in code points: as long as the longest that a door takes.
const LONGEST_NAME: usize = 150;

fn name_of(claims: &Claims) -> PersonName {
    let plain = |name: &Option<String>| {
        let name: String = name.iter().flat_map(|name| name.chars()).filter(|c| !c.is_control()).collect();
        name.trim().chars().take(LONGEST_NAME).collect::<String>()
    };
    let (given, family) = (plain(&claims.given_name), plain(&claims.family_name));
    if given.is_empty() && (family.is_empty() || claims.name.is_some()) {
        return PersonName::whole(plain(&claims.name));
    }
    PersonName::parts(&given, &family)
}

pub(crate) fn refused(seen: &'static str, wanted: &'static str) -> Error {
    Error::new(ErrorKind::IdentityRefused).because(Rule::Identity, seen, wanted)
}
