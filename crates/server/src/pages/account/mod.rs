//! What people see to of their own account: who they are here, their sessions and API keys by every door, linked providers,
//! the e-mail address. The password has a page beside this folder, which leads here.
//!
//! Every list is on one page ([`overview`]); each action is a form of its own that answers with a word ([`done`]) or with
//! that page again, and why not.

mod device;
mod done;
mod email;
mod identities;
mod keys;
mod overview;
mod sessions;
mod when;

use axum::Router;
use axum::routing::{get, post};

use super::{Pages, form};
pub(super) use done::Done;

/// Where it stands.
pub(super) const PATH: &str = "/account";

/// The routes of these pages.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route(PATH, get(overview::show))
        .route(sessions::END, post(sessions::end))
        .route(sessions::END_OTHERS, post(sessions::end_others))
        .route(keys::PATH, get(keys::ask).post(keys::create))
        .route(keys::END, post(keys::end))
        .route(identities::LINK, post(identities::link))
        .route(identities::UNLINK, post(identities::unlink))
        .route(email::VERIFY, post(email::verify))
        .route(email::PATH, get(email::ask).post(email::change))
}

/// The id that a button sends; what is none is nobody's.
fn id(sent: &form::Sent) -> uuid::Uuid {
    let text = sent.field(ID).map(|id| id.as_str()).unwrap_or_default();
    uuid::Uuid::try_parse(text).unwrap_or_default()
}

/// The name of the field with the id of the row whose button was pressed.
const ID: &str = "id";
