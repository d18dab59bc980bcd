//! Users.

use identity::user::accounts::Accounts;
use identity::user::directory::{ListUsers, Profile, SortField, UserPage};
use identity::user::{Permissions, PersonName, Status, User, UserNumber};

use super::time;
use crate::probe::schema::{Fields, Integer, Text, Violations};
use crate::probe::wire::{self, PermissionMap, UserShort};

const MOST: u64 = i64::MAX.unsigned_abs();
const USER_ID: Integer = Integer { path: "user-id", min: 1, max: MOST };
/// The document sets no limit; this one is ours.
pub(super) const FIRST_NAME: Text = Text::optional("first-name").length(0, 255);
pub(super) const LAST_NAME: Text = Text::optional("last-name").length(0, 255);
/// contracts 3.5: whole numbers of 32 bits.
const LIMIT: Integer = Integer { path: "pagination/limit", min: 1, max: 2_147_483_647 };
const PAGE: Integer = Integer { path: "pagination/page", min: 1, max: 2_147_483_647 };

const ANONYMOUS: &str = "anonymous";

const SORT_FIELDS: [(&str, (&str, SortField)); 6] = [
    ("id", ("id", SortField::Number)),
    ("username", ("username", SortField::Username)),
    ("email", ("email", SortField::Email)),
    ("status", ("status", SortField::Status)),
    ("created", ("created", SortField::Created)),
    ("updated", ("updated", SortField::Updated)),
];
const ORDERS: [(&str, (&str, bool)); 2] = [("asc", ("asc", false)), ("desc", ("desc", true))];
/// Nobody who has an account is anonymous.
const STATUSES: [(&str, (&str, Option<Status>)); 4] = [
    (ANONYMOUS, (ANONYMOUS, None)),
    ("pending", ("pending", Some(Status::Pending))),
    ("active", ("active", Some(Status::Active))),
    ("suspended", ("suspended", Some(Status::Suspended))),
];

pub(in crate::probe) fn user_id(path: &Fields) -> Result<UserNumber, Violations> {
    path.read(|reader| i64::try_from(reader.integer(&USER_ID)?).ok().map(UserNumber))
}

/// What a list is asked for, and how that is told.
pub(in crate::probe) struct List {
    /// `None`: only for users that there cannot be.
    pub(in crate::probe) command: Option<ListUsers>,
    limit: u32,
    page: u32,
    statuses: Vec<&'static str>,
    field: &'static str,
    order: &'static str,
}

pub(in crate::probe) fn list(query: &Fields) -> Result<List, Violations> {
    query.read(|reader| {
        let statuses = reader.words("status", &STATUSES).unwrap_or_default();
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let limit = reader.integer(&LIMIT).map_or(10, narrow).min(Accounts::LONGEST_PAGE);
        let page = reader.integer(&PAGE).map_or(1, narrow);
        let (field, sort) = reader.word("sort/field", &SORT_FIELDS).unwrap_or(("id", SortField::Number));
        let (order, descending) = reader.word("sort/order", &ORDERS).unwrap_or(("asc", false));
        let known: Vec<Status> = statuses.iter().filter_map(|(_, status)| *status).collect();
        let nobody = known.is_empty() && !statuses.is_empty();
        let command = (!nobody).then_some(ListUsers { statuses: known, sort, descending, page, limit });
        let statuses = statuses.into_iter().map(|(word, _)| word).collect();
        Some(List { command, limit, page, statuses, field, order })
    })
}

pub(in crate::probe) fn users<'a>(list: &List, page: &'a UserPage) -> wire::Users<'a> {
    let users: Vec<_> = page.users.iter().map(short).collect();
    wire::Users {
        filter: wire::Filter { status: list.statuses.clone() },
        pagination: wire::Pagination {
            count: users.len(),
            limit: list.limit,
            page: list.page,
            total: page.total,
        },
        sort: wire::Sort { field: list.field, order: list.order },
        users: Some(users).filter(|users| !users.is_empty()),
    }
}

/// A part that is not named stays.
pub(in crate::probe) fn name(form: &Fields, old: &PersonName) -> Result<PersonName, Violations> {
    form.read(|reader| {
        let (first, last) = (reader.text(&FIRST_NAME), reader.text(&LAST_NAME));
        Some(PersonName::parts(first.unwrap_or(old.given()), last.unwrap_or(old.family())))
    })
}

fn short(user: &User) -> UserShort<'_> {
    UserShort {
        email: user.email.as_deref(),
        id: user.number.0,
        role: user.role.as_str(),
        status: user.status.as_str(),
        username: user.username.as_deref(),
    }
}

pub(in crate::probe) fn profile(profile: &Profile) -> wire::User<'_> {
    let Profile { user, parent, permissions } = profile;
    wire::User {
        additional_emails: None,
        created: time(user.created),
        email: user.email.as_deref(),
        first_name: user.name.given(),
        id: user.number.0,
        last_name: user.name.family(),
        parent: parent.as_ref().map(short),
        permissions: PermissionMap(*permissions),
        role: user.role.as_str(),
        status: user.status.as_str(),
        updated: time(user.updated),
        username: user.username.as_deref(),
    }
}

/// contracts 3.5 (inferred): who asks for the current user and is nobody.
pub(in crate::probe) fn anonymous() -> wire::Anonymous {
    wire::Anonymous {
        additional_emails: None,
        id: 0,
        permissions: PermissionMap(Permissions::NONE),
        status: ANONYMOUS,
    }
}
