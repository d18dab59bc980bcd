//! Formats of texts, as the product's validator is known to see them (inferred).

/// `email`: something before the last `@`, and a host name behind it. Whether it is anybody's, and whether it could be
/// a new user's, is the core's to say.
pub(super) fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.rsplit_once('@') else { return false };
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    (1..=64).contains(&user.chars().count()) && !user.contains(is_odd) && host.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.chars().count())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for text in ["a@b", "ann@example.org", "a+b@x-y.example", "\u{fc}@m\u{fc}ller.example", "a@b@c"] {
            assert!(is_email(text), "{text}");
        }
        let long = format!("{}@b", "a".repeat(65));
        for text in
            ["", "a", "@b", "a@", "a b@c", "a@b c", "a@-b", "a@b-", "a@b..c", "a\n@b", "a@[::1]", &long]
        {
            assert!(!is_email(text), "{text:?}");
        }
    }
}
