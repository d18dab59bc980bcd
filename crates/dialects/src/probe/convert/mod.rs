//! Wire to command, outcome to wire; one file a noun.

pub(super) mod account;
pub(super) mod api_token;
pub(super) mod password;
pub(super) mod session;
pub(super) mod sign_in;
pub(super) mod user;

use identity::Timestamp;
use identity::user::{Permission, Permissions};
use web::{ReturnUrls, time};

use super::schema::{Reader, Text};

/// contracts 3.3. In characters.
const EMAIL: Text = Text::required("email").email().length(5, 255);
/// contracts 3.3. No place is known for a longer one than `web::return_url` looks at.
const RET_URL: Text = Text::optional("ret-url").nullable();

/// contracts 3.3: RFC 3339 in UTC, whole seconds.
fn time(at: Timestamp) -> String {
    time::rfc3339(at)
}

/// A return URL is repeated only where a page may lead to it.
pub(super) fn repeated<'a>(urls: &ReturnUrls, ret_url: Option<&'a str>) -> Option<&'a str> {
    ret_url.filter(|url| urls.allows(url))
}

/// One that goes into a message must be allowed.
fn return_to(reader: &mut Reader<'_>, urls: &ReturnUrls) -> Option<String> {
    let url = reader.text(&RET_URL)?;
    if !urls.allows(url) {
        reader.refuse_url("ret-url", url);
    }
    Some(url.to_owned())
}

/// A list of permissions.
fn permissions(reader: &mut Reader<'_>, name: &'static str) -> Option<Permissions> {
    let words = Permission::ALL.map(|permission| (permission.as_str(), permission));
    Some(reader.words(name, &words)?.into_iter().collect())
}
