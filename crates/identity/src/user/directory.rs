//! Looking users up as one of them: who sees whom, page by page.

use std::sync::Arc;

use super::accounts::Accounts;
use super::{Permission, Permissions, PersonName, Status, User, UserNumber};
use crate::audit::{Event, EventKind};
use crate::error::{Error, ErrorKind, Result};
use crate::op::Op;
use crate::ports::Change;
use crate::rule::Rule;
use crate::session::caller::Caller;

/// By what users are put in order; ties go by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortField {
    /// The number.
    #[default]
    Number,
    /// The username; users without one come first.
    Username,
    /// The address; users without one come first.
    Email,
    /// The status, by its word.
    Status,
    /// When the user was made.
    Created,
    /// When the user was last changed.
    Updated,
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserQuery {
    /// Only this user and those that belong to this user; `None`: everybody.
    pub household: Option<UserNumber>,
    /// Only users with one of these; empty: with any.
    pub statuses: Vec<Status>,
    /// The order.
    pub sort: SortField,
    /// Whether the order is turned round.
    pub descending: bool,
    /// How many users to pass over.
    pub offset: u64,
    /// At most this many.
    pub limit: u32,
}

/// What a query found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserPage {
    /// The users of the page.
    pub users: Vec<User>,
    /// How many match in all.
    pub total: u64,
}

/// What a listing is asked for, on the caller's behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUsers {
    /// Only users with one of these; empty: with any.
    pub statuses: Vec<Status>,
    /// The order.
    pub sort: SortField,
    /// Whether the order is turned round.
    pub descending: bool,
    /// Which page, counted from 1.
    pub page: u32,
    /// How many users a page holds; more than [`Accounts::LONGEST_PAGE`] are not given.
    pub limit: u32,
}

/// A user as another one sees it.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The user.
    pub user: Arc<User>,
    /// Whom the user belongs to, if that account still is.
    pub parent: Option<User>,
    /// What may be done: of the caller, by the credential shown; of others, by their role.
    pub permissions: Permissions,
}

impl Accounts {
    /// The most users that one page holds.
    pub const LONGEST_PAGE: u32 = 500;

    /// One page of the users that the caller may see: everybody for who may read users, else the caller and, for who
    /// may read those, the caller's own sub-users.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`]: a credential that may not even read its owner. [`ErrorKind::Unavailable`].
    pub async fn page_for(&self, _op: &Op, caller: &Caller, list: ListUsers) -> Result<UserPage> {
        let may = caller.permissions();
        let limit = list.limit.clamp(1, Self::LONGEST_PAGE);
        let query = UserQuery {
            household: (!may.has(Permission::ReadUser)).then_some(caller.user.number),
            statuses: list.statuses,
            sort: list.sort,
            descending: list.descending,
            offset: u64::from(list.page.saturating_sub(1)).saturating_mul(u64::from(limit)),
            limit,
        };
        if may.has(Permission::ReadUser) || may.has(Permission::ReadSubUser) {
            return Ok(self.core.store.users_matching(&query).await?);
        }
        caller.must(Permission::ReadProfile)?;
        let own = query.statuses.is_empty() || query.statuses.contains(&caller.user.status);
        let users = if own && query.offset == 0 { vec![User::clone(&caller.user)] } else { vec![] };
        Ok(UserPage { users, total: u64::from(own) })
    }

    /// The caller's own profile.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`], [`ErrorKind::Unavailable`].
    pub async fn own_profile(&self, _op: &Op, caller: &Caller) -> Result<Profile> {
        caller.must(Permission::ReadProfile)?;
        self.profile(caller.user.clone(), caller.permissions()).await
    }

    /// The same of a caller who belongs to nobody, where nothing has to be waited for. `None` says nothing.
    pub fn own_profile_known(&self, caller: &Caller) -> Option<Profile> {
        caller.must(Permission::ReadProfile).ok()?;
        let user = Arc::clone(&caller.user);
        user.parent.is_none().then(|| Profile { user, parent: None, permissions: caller.permissions() })
    }

    /// The profile of a user that the caller may see. One that the caller may not see is one that is not there.
    ///
    /// # Errors
    /// [`ErrorKind::UserNotFound`], [`ErrorKind::Forbidden`], [`ErrorKind::Unavailable`].
    pub async fn profile_for(&self, op: &Op, caller: &Caller, number: UserNumber) -> Result<Profile> {
        if number == caller.user.number {
            return self.own_profile(op, caller).await;
        }
        let user = self.seen_by(caller, number).await?;
        let permissions = Permissions::of(user.role);
        self.profile(Arc::new(user), permissions).await
    }

    /// Changes what to call the caller, or a user that the caller may change: a sub-user of the caller's, or anybody
    /// but a root user, who only roots change.
    ///
    /// # Errors
    /// [`ErrorKind::UserNotFound`], [`ErrorKind::Forbidden`], [`ErrorKind::Conflict`], [`ErrorKind::Unavailable`].
    pub async fn rename_as(
        &self,
        op: &Op,
        caller: &Caller,
        number: UserNumber,
        name: PersonName,
    ) -> Result<Profile> {
        if number != caller.user.number {
            let user = self.seen_by(caller, number).await?;
            self.may_change(caller, &user)?;
        } else if caller.is_restricted() {
            return Err(restricted());
        }
        let event = Event::new(op, EventKind::UserRenamed);
        let changes = vec![
            Change::HoldUser { user: caller.user.number, version: caller.user.credential_version },
            Change::SetName { user: number, name, at: op.now },
        ];
        let user = self.core.store.user(number).await?.ok_or(ErrorKind::UserNotFound)?;
        self.commit(changes, vec![event.of(&user)]).await?;
        let user = self.core.store.user(number).await?.ok_or(ErrorKind::UserNotFound)?;
        let own = number == caller.user.number;
        let permissions = if own { caller.permissions() } else { Permissions::of(user.role) };
        self.profile(Arc::new(user), permissions).await
    }

    /// A user other than the caller that the caller sees.
    pub(super) async fn seen_by(&self, caller: &Caller, number: UserNumber) -> Result<User> {
        let may = caller.permissions();
        let found = self.core.store.user(number).await?.filter(|user| {
            let own_sub = user.parent == Some(caller.user.number) && may.has(Permission::ReadSubUser);
            own_sub || may.has(Permission::ReadUser)
        });
        found.ok_or_else(|| {
            Error::new(ErrorKind::UserNotFound).because(
                Rule::UserNotFound,
                "a user that is not there, or not for this caller",
                "the caller, a sub-user of the caller's, or read:user",
            )
        })
    }

    fn may_change(&self, caller: &Caller, user: &User) -> Result<()> {
        let may = caller.permissions();
        let own_sub = user.parent == Some(caller.user.number) && may.has(Permission::WriteSubUser);
        let below = caller.user.role.reaches(user.role) && may.has(Permission::WriteUser);
        if own_sub || below {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Forbidden).because(
            Rule::Permission,
            "a caller that may not change this user",
            "write:sub-user for a sub-user of the caller's, else write:user",
        ))
    }

    async fn profile(&self, user: Arc<User>, permissions: Permissions) -> Result<Profile> {
        let parent = match user.parent {
            Some(number) => self.core.store.user(number).await?,
            None => None,
        };
        Ok(Profile { user, parent, permissions })
    }
}

/// The refusal of a credential that may less than its owner, where it would reach beyond itself.
pub(crate) fn restricted() -> Error {
    Error::new(ErrorKind::Forbidden).because(
        Rule::Permission,
        "a credential that may less than its owner",
        "a credential with all of its owner's permissions",
    )
}
