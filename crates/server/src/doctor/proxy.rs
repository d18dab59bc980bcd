//! What an answer says of the way that the question took: who answered, what a proxy made of it, what it kept of a cookie.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{LOCATION, SET_COOKIE};

use super::exchange::{FORGED, Reply};
use super::finding::{Finding, Rule};
use super::question::{self, Mark, Seen};
use super::site;
use crate::config::Config;

pub(super) static RULES: &[&Rule] =
    &[&OTHER_SERVER, &GATEWAY, &REDIRECTS, &OUTDATED, &UNTRUSTED, &PASSED_ON, &ABSENT, &COOKIE_FLAGS];

static OTHER_SERVER: Rule = Rule::fault(
    "public_url_other_server",
    "public_url",
    "what answers at public_url is not this installation, or a proxy changes paths, headers or answers",
    "Correct public_url, or let the proxy there hand every path on to listen, unchanged and with all headers",
);
static GATEWAY: Rule = Rule::fault(
    "public_url_gateway",
    "listen",
    "a proxy answers at public_url, and does not reach the listener",
    "Let the proxy lead to the address of listen, with https where [tls] is set and http where not",
);
static REDIRECTS: Rule = Rule::fault(
    "public_url_redirects",
    "public_url",
    "whoever asks at public_url is led to another address",
    "Set public_url to the address that people end at",
);
static OUTDATED: Rule = Rule::warning(
    "server_outdated",
    "",
    "the running server was started with another configuration or version than this command sees",
    "Restart the server; if nothing was changed, run this command with the server's own file and variables",
);
static UNTRUSTED: Rule = Rule::fault(
    "proxy_untrusted",
    "trusted_proxies",
    "a proxy on the way is not trusted, so that all its clients have one address: limits hit everybody at once",
    "Add the proxy's address to trusted_proxies",
);
static PASSED_ON: Rule = Rule::fault(
    "forwarded_for_passed_on",
    "trusted_proxies",
    "the proxy hands on the X-Forwarded-For of a client and adds nothing: clients choose their own address",
    "Let the proxy append the client's address: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for",
);
static ABSENT: Rule = Rule::fault(
    "forwarded_for_absent",
    "trusted_proxies",
    "the proxy does not tell whom it asks for, so that all its clients have one address",
    "Let the proxy send X-Forwarded-For; Forwarded and other headers are not read",
);
static COOKIE_FLAGS: Rule = Rule::fault(
    "cookie_flags",
    "public_url",
    "a cookie does not arrive as it was set: HttpOnly, SameSite=Lax, Path=/, no Domain, and Secure behind https",
    "Let the proxy leave Set-Cookie alone: no proxy_cookie_path, proxy_cookie_flags or their like",
);

/// Whether this installation answered.
pub(super) fn is_ours(reply: &Reply, mark: Mark<'_>, nonce: &[u8; 16]) -> bool {
    let presented = reply.headers.get(question::HEADER).and_then(|value| value.to_str().ok());
    reply.status == 200
        && presented.is_some_and(|presented| question::is_ours(mark, nonce, &reply.body, presented))
}

/// What an answer that is not this installation's says.
pub(super) fn judge_stranger(config: &Config, reply: &Reply) -> Finding {
    let location = reply.headers.get(LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match (reply.status, location) {
        (300..=399, Some(place)) => {
            let place = place.split(['?', '#']).next().unwrap_or_default().to_owned();
            let place = place.strip_suffix(question::PATH).unwrap_or(&place).to_owned();
            REDIRECTS.met(format!("{} leads to {place}", config.public_url))
        }
        (status @ (502..=504), _) => GATEWAY.met(format!("{} answers {status}", config.public_url)),
        (status, _) => OTHER_SERVER.met(format!("{} answers {status}, and not for us", config.public_url)),
    }
}

/// What this installation's answer says, beside what the settings say of themselves.
pub(super) fn judge(
    config: &Config,
    configuration: &str,
    seen: &Seen,
    local: Option<SocketAddr>,
) -> Vec<Finding> {
    if seen.configuration != configuration {
        return vec![OUTDATED.met(format!("the server of version {} has other settings", seen.version))];
    }
    let Ok(peer) = seen.peer.parse::<SocketAddr>() else { return Vec::new() };
    let straight = local.is_some_and(|local| {
        local.port() == peer.port() && local.ip().to_canonical() == peer.ip().to_canonical()
    });
    if straight || site::trusts_everybody(config) {
        return Vec::new();
    }
    judge_forwarded(config, seen, peer.ip().to_canonical()).into_iter().collect()
}

fn judge_forwarded(config: &Config, seen: &Seen, peer: IpAddr) -> Option<Finding> {
    let hops: Vec<&str> =
        seen.x_forwarded_for.iter().flat_map(|value| value.split(',')).map(str::trim).collect();
    let trusts = |address: IpAddr| config.trusted_proxies.iter().any(|network| network.contains(&address));
    match hops.as_slice() {
        [] => return Some(ABSENT.met(format!("the proxy {peer} sends no X-Forwarded-For"))),
        [FORGED] => {
            return Some(PASSED_ON.met(format!("the proxy {peer} hands on what the client wrote")));
        }
        _ => {}
    }
    if !trusts(peer) {
        return Some(UNTRUSTED.met(format!("the proxy {peer} is taken for the client")));
    }
    // As whom the outermost proxy knows us: whatever we ourselves wrote stands before it.
    let ourselves = hops.iter().find(|hop| **hop != FORGED)?;
    let known = [*ourselves, FORGED].contains(&seen.client.as_str());
    (!known).then(|| UNTRUSTED.met(format!("the proxy {} is taken for the client", seen.client)))
}

/// What became of a cookie on the way.
pub(super) fn judge_cookie(config: &Config, reply: &Reply) -> Option<Finding> {
    let begins = format!("{}=", question::COOKIE);
    let all = reply.headers.get_all(SET_COOKIE).iter();
    let cookie = all.filter_map(|value| value.to_str().ok()).find(|value| value.starts_with(&begins));
    let Some(cookie) = cookie else { return Some(COOKIE_FLAGS.met("Set-Cookie does not arrive")) };
    let mut flags: Vec<String> =
        cookie.split(';').skip(1).map(|flag| flag.trim().to_ascii_lowercase()).collect();
    flags.sort_unstable();
    let mut wanted = vec!["httponly", "path=/", "samesite=lax"];
    if config.public_url.is_https() {
        wanted.push("secure");
    }
    (flags != wanted).then(|| COOKIE_FLAGS.met(format!("it arrives with {}", flags.join(", "))))
}

#[cfg(test)]
mod tests;
