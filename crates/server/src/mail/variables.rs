//! What a template may say of a message, each a text or a number. `docs/operations.md` lists them for operators.
//!
//! Somebody else may have written the name, in a message to a person whom they want to reach through us: a name that
//! could lead anywhere is left out.

use std::collections::BTreeMap;
use std::time::Duration;

use identity::Timestamp;
use identity::mail::{InvitedTo, Mail, MailKind};
use minijinja::Value;
use url::Url;

/// The longest name that is used, in characters.
const NAME_CHARS: usize = 64;

/// What is the same in every message.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// The public address, without a closing slash.
    pub(super) public_url: String,
    /// What people know the service as: the sender's name.
    pub(super) service: String,
}

/// The names that [`variables`] gives values to.
#[cfg(test)]
pub(super) const NAMES: [&str; 12] = [
    "address",
    "at",
    "expires",
    "hours",
    "link",
    "minutes",
    "name",
    "organization",
    "public_url",
    "service",
    "token",
    "valid_for",
];

/// Where a message of this kind leads, if it leads anywhere.
fn way(mail: &Mail) -> Option<Way<'_>> {
    match mail.kind {
        MailKind::VerifyEmail => Some(Way::Page("/verify-email")),
        MailKind::RestorePassword => Some(Way::Page("/restore-password")),
        MailKind::Invitation => mail.invited_to.as_ref().map(Way::Invitation),
        MailKind::ConfirmAddress | MailKind::ApproveAddress => Some(Way::Page("/confirm-address")),
        MailKind::AddressTaken
        | MailKind::PasswordChanged
        | MailKind::AddressChanged
        | MailKind::WaysInChanged => None,
    }
}

/// Where a message leads.
enum Way<'a> {
    /// To a page of ours.
    Page(&'static str),
    /// To the application that somebody is invited to, or to the page of ours for that.
    Invitation(&'a InvitedTo),
}

/// Everything that a message's templates may say; what does not apply is empty. `None` when a kind that leads
/// somewhere comes without a token.
pub(super) fn variables(site: &Site, mail: &Mail) -> Option<Value> {
    let mut all: BTreeMap<&'static str, Value> =
        ["expires", "hours", "link", "minutes", "organization", "token", "valid_for"]
            .map(|name| (name, Value::from("")))
            .into_iter()
            .collect();
    all.insert("address", Value::from(mail.to.as_str()));
    all.insert("at", Value::from(date(mail.at)));
    all.insert("name", Value::from(shown_name(&mail.name)));
    all.insert("public_url", Value::from(site.public_url.as_str()));
    all.insert("service", Value::from(site.service.as_str()));
    if let Some(to) = &mail.invited_to {
        all.insert("organization", Value::from(shown_name(&to.name)));
    }
    if let Some(way) = way(mail) {
        let token = mail.token.as_ref()?;
        let span = token.expires.since(mail.at);
        let link = match way {
            Way::Page(page) => link(site, page, token.secret.expose(), mail.return_to.as_deref()),
            Way::Invitation(to) => invitation_link(site, to, token.secret.expose()),
        };
        all.insert("link", Value::from(link?));
        all.insert("token", Value::from(token.secret.expose()));
        all.insert("expires", Value::from(date(token.expires)));
        all.insert("minutes", Value::from(span.as_secs() / 60));
        all.insert("hours", Value::from(span.as_secs() / 3600));
        all.insert("valid_for", Value::from(in_words(span)));
    }
    Some(Value::from(all))
}

fn link(site: &Site, page: &str, token: &str, return_to: Option<&str>) -> Option<String> {
    let mut link = Url::parse(&site.public_url).ok()?.join(page).ok()?;
    link.query_pairs_mut().append_pair("token", token);
    if let Some(url) = return_to {
        link.query_pairs_mut().append_pair("return_to", url);
    }
    Some(link.into())
}

/// Where an application invited from, contracts 4.5: `{app_url}/auth?inv_code=...&organization_id=...&redirect_uri=...`
fn invitation_link(site: &Site, to: &InvitedTo, code: &str) -> Option<String> {
    let Some(way) = &to.link else { return invitation_page(&site.public_url, code) };
    let app = way.app_url.trim_end_matches('/');
    let mut link = Url::parse(&format!("{app}/auth")).ok()?;
    link.query_pairs_mut()
        .append_pair("inv_code", code)
        .append_pair("organization_id", &to.id.to_string())
        .append_pair("redirect_uri", &way.redirect_uri);
    Some(link.into())
}

/// The address of our own page for an invitation, where the site is at this address.
pub(crate) fn invitation_page(public_url: &str, code: &str) -> Option<String> {
    let mut link = Url::parse(public_url).ok()?.join("/invitation").ok()?;
    link.query_pairs_mut().append_pair("code", code);
    Some(link.into())
}

/// A name to greet somebody by: one line, not too long, and empty when it holds what a mail program makes a link of.
fn shown_name(name: &str) -> String {
    // Also what turns the direction of writing, or cannot be seen.
    let unseen = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let visible = name.replace(|c: char| c.is_control() || unseen(c), " ");
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let leads_somewhere = line.contains(['/', '\\', '@', ':']) || holds_a_host(&line);
    if leads_somewhere || line.chars().count() > NAME_CHARS { String::new() } else { line }
}

/// Whether two letters or more follow a dot between letters or digits, as in `evil.example` and not in `J.R. Ann`.
fn holds_a_host(line: &str) -> bool {
    line.split('.').zip(line.split('.').skip(1)).any(|(before, behind)| {
        let letters = behind.chars().take_while(|c| c.is_alphanumeric()).count();
        before.ends_with(char::is_alphanumeric) && letters >= 2
    })
}

/// `22 November 2026, 14:21 UTC`
fn date(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis())
        .map_or_else(|_| String::new(), |at| at.strftime("%-d %B %Y, %H:%M UTC").to_string())
}

/// A span in the largest unit of which there are two or more, rounded down.
fn in_words(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    match minutes {
        1 => "1 minute".to_owned(),
        0..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        2880.. => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{mail, site};
    use super::*;

    #[test]
    fn every_name_has_a_value_in_every_kind() {
        for kind in MailKind::ALL {
            let all = variables(&site(), &mail(kind)).unwrap();
            let names: Vec<String> = all.try_iter().unwrap().map(|name| name.to_string()).collect();
            assert_eq!(names, NAMES, "{kind:?}");
        }
    }

    #[test]
    fn a_link_starts_at_the_public_url_and_carries_what_it_must() {
        let link = |mail: &Mail| variables(&site(), mail).unwrap().get_attr("link").unwrap().to_string();
        let verify = mail(MailKind::VerifyEmail);
        assert_eq!(link(&verify), "https://login.example/verify-email?token=tok-en.1");
        let return_to = Some("https://app.example/a?b=c&d#e".to_owned());
        let restore = Mail { return_to, ..mail(MailKind::RestorePassword) };
        assert_eq!(
            link(&restore),
            "https://login.example/restore-password?token=tok-en.1&\
             return_to=https%3A%2F%2Fapp.example%2Fa%3Fb%3Dc%26d%23e"
        );
        assert_eq!(
            link(&mail(MailKind::Invitation)),
            "https://app.example/auth?inv_code=tok-en.1&organization_id=00000000-0000-0000-0000-000000000007&\
             redirect_uri=https%3A%2F%2Fapp.example%2Fa%3Fb%3Dc%26d"
        );
        let mut own = mail(MailKind::Invitation);
        own.invited_to.as_mut().unwrap().link = None;
        assert_eq!(link(&own), "https://login.example/invitation?code=tok-en.1");
        assert_eq!(link(&mail(MailKind::PasswordChanged)), "");
        assert!(variables(&site(), &Mail { token: None, ..verify }).is_none());
    }

    #[test]
    fn a_name_that_could_lead_anywhere_is_left_out() {
        for (name, shown) in [
            ("Ann", "Ann"),
            ("  Ann \r\n\t Lee\u{0} ", "Ann Lee"),
            ("J.R. O'Neill, Jr.", "J.R. O'Neill, Jr."),
            ("Dr.\u{202e} Zo\u{eb}", "Dr. Zo\u{eb}"),
            ("\u{674e}\u{5c0f}\u{9f99}", "\u{674e}\u{5c0f}\u{9f99}"),
            ("{{ 7*7 }}", "{{ 7*7 }}"),
            ("<b>Ann", "<b>Ann"),
            ("Visit evil.example", ""),
            ("www.evil", ""),
            ("Pay at http://evil", ""),
            ("a@evil", ""),
            ("call tel:1", ""),
            ("\\\\evil", ""),
            ("evil\u{200b}.example", "evil .example"),
        ] {
            assert_eq!(shown_name(name), shown, "{name:?}");
        }
        assert_eq!(shown_name(&"x".repeat(64)).len(), 64);
        assert_eq!(shown_name(&"x".repeat(65)), "");
    }

    #[test]
    fn times_and_spans_are_told_in_words() {
        assert_eq!(date(Timestamp::from_millis(1_795_357_271_781)), "22 November 2026, 14:21 UTC");
        for (minutes, words) in [
            (0, "0 minutes"),
            (1, "1 minute"),
            (90, "90 minutes"),
            (120, "2 hours"),
            (1440, "24 hours"),
            (2879, "47 hours"),
            (14 * 1440, "14 days"),
        ] {
            assert_eq!(in_words(Duration::from_mins(minutes)), words);
        }
    }
}
