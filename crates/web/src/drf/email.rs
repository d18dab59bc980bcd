//! Which texts are e-mail addresses to Django's `EmailValidator` (5.2).
//!
//! Syntax only; whether an address may be used or is taken is the core's to say.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest address in code points (RFC 3696, section 3).
const MAX_LENGTH: usize = 320;
/// The longest label of a host name in code points (RFC 1034, section 3.1).
const MAX_LABEL: usize = 63;
/// The longest IPv6 literal that Django looks at.
const MAX_IPV6: usize = 39;

/// Whether Django takes the text for an address.
pub fn is_email(text: &str) -> bool {
    let Some((user, domain)) = text.rsplit_once('@') else {
        return false;
    };
    text.chars().count() <= MAX_LENGTH && is_user(user) && (domain == "localhost" || is_domain(domain))
}

fn is_user(user: &str) -> bool {
    is_dot_atom(user) || is_quoted_string(user)
}

fn is_dot_atom(user: &str) -> bool {
    let atom_char = |c: char| is_letter(c) || c.is_ascii_digit() || "-!#$%&'*+/=?^_`{}|~".contains(c);
    user.split('.').all(|atom| !atom.is_empty() && atom.chars().all(atom_char))
}

fn is_quoted_string(user: &str) -> bool {
    let Some(inner) = user.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return false;
    };
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let good = match c {
            '\\' => chars.next().is_some_and(is_quotable),
            '"' | ' ' | '\t' => false,
            _ => is_quotable(c),
        };
        if !good {
            return false;
        }
    }
    true
}

/// What may stand behind a backslash.
fn is_quotable(c: char) -> bool {
    (c.is_ascii() && !matches!(c, '\0' | '\n' | '\r')) || is_letter(c)
}

/// Python's `[A-Z]` without regard to case: these four letters have an ASCII letter as their other case.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{130}' | '\u{131}' | '\u{17f}' | '\u{212a}')
}

fn is_domain(domain: &str) -> bool {
    is_host_name(domain) || is_address_literal(domain)
}

fn is_host_name(domain: &str) -> bool {
    let Some((host, top)) = domain.rsplit_once('.') else {
        return false;
    };
    host.split('.').all(is_label) && is_top_label(top)
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.chars().count())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| is_label_letter(c) || c.is_ascii_digit() || c == '-')
}

/// A top-level label has two letters at least and no digit, unless it is in punycode.
fn is_top_label(label: &str) -> bool {
    let plain = label.chars().count() >= 2 && label.chars().all(|c| is_label_letter(c) || c == '-');
    is_label(label) && (plain || is_punycode(label))
}

fn is_punycode(label: &str) -> bool {
    let (prefix, rest) = label.split_at_checked(4).unwrap_or((label, ""));
    prefix.eq_ignore_ascii_case("xn--")
        && !rest.is_empty()
        && rest.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

/// ASCII, and everything of the basic plane from U+00A1 on.
fn is_label_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{a1}'..='\u{ffff}').contains(&c)
}

fn is_address_literal(domain: &str) -> bool {
    let Some(address) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return false;
    };
    let ipv6 = || address.len() <= MAX_IPV6 && address.parse::<Ipv6Addr>().is_ok();
    address.parse::<Ipv4Addr>().is_ok() || ipv6()
}

#[cfg(test)]
mod tests;
