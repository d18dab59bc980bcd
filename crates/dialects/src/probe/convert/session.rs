//! Sessions, and the ends of them.

use identity::session::{Session, SessionId};
use uuid::Uuid;
use web::ReturnUrls;

use super::{RET_URL, repeated, time};
use crate::probe::schema::{Fields, Text, Violations};
use crate::probe::wire;

const SESSION_ID: Text = Text::required("session-id");

/// A UUID in its usual form.
pub(in crate::probe) fn session_id(path: &Fields) -> Result<SessionId, Violations> {
    path.read(|reader| {
        let text = reader.text(&SESSION_ID)?;
        let id = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
        if id.is_none() {
            reader.refuse("session-id", text, "is not valid \"uuid\"");
        }
        id.map(SessionId)
    })
}

pub(in crate::probe) fn session(session: &Session) -> wire::Session<'_> {
    wire::Session {
        created: time(session.created),
        expire: session.expires().map(time),
        id: session.id.to_string(),
        remote_ip: Some(session.address.as_str()).filter(|address| !address.is_empty()),
        ua_type: ua_type(&session.user_agent),
        user_agent: &session.user_agent,
    }
}

/// contracts 3.2: `null` where there are none.
pub(in crate::probe) fn sessions(sessions: &[Session]) -> wire::Sessions<'_> {
    let all: Vec<_> = sessions.iter().map(session).collect();
    wire::Sessions { sessions: Some(all).filter(|all| !all.is_empty()) }
}

/// The words are ours: the document names none.
fn ua_type(user_agent: &str) -> &'static str {
    let name = user_agent.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["bot", "crawl", "spider"]) {
        "bot"
    } else if has(&["mobi", "android", "iphone", "ipad"]) {
        "mobile"
    } else if has(&["mozilla/", "opera/"]) {
        "browser"
    } else if name.contains('/') {
        "tool"
    } else {
        "unknown"
    }
}

/// What `DELETE /auth/sign-out` is asked with.
pub(in crate::probe) struct SignOut<'a> {
    pub(in crate::probe) all: bool,
    ret_url: Option<&'a str>,
}

pub(in crate::probe) fn sign_out<'a>(
    query: &'a Fields,
    urls: &ReturnUrls,
) -> Result<SignOut<'a>, Violations> {
    query.read(|reader| {
        let all = reader.flag("logout-all", false);
        let ret_url = reader.text(&RET_URL);
        Some(SignOut { all, ret_url: repeated(urls, ret_url) })
    })
}

impl<'a> SignOut<'a> {
    pub(in crate::probe) fn answer(&self, success: bool) -> wire::SignedOut<'a> {
        wire::SignedOut { ret_url: self.ret_url, success }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_told_apart_by_what_they_call_themselves() {
        for (user_agent, word) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "browser"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile/15E148", "mobile"),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
            ("curl/8.14.1", "tool"),
            ("python-requests/2.32", "tool"),
            ("something", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(ua_type(user_agent), word, "{user_agent}");
        }
    }
}
