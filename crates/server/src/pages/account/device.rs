//! A short name for what somebody signs in with, made of what it calls itself. It is what the client says, and no proof of
//! anything.

use crate::pages::texts::Texts;

/// Browsers by a word that only they, and those before them in this list, call themselves by.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems in the same way.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// The longest name that is shown as it came, in code points.
const MOST: usize = 80;

/// `Firefox on Linux`, `curl`, or else what it calls itself.
pub(super) fn called(t: Texts, user_agent: &str) -> String {
    let text = user_agent.trim();
    if text.is_empty() {
        return t.say("device-unknown");
    }
    let named = |list: &[(&str, &'static str)]| {
        list.iter().find(|(word, _)| text.contains(word)).map(|(_, name)| *name)
    };
    if text.starts_with("Mozilla/") {
        return match (named(&BROWSERS), named(&SYSTEMS)) {
            (Some(browser), Some(system)) => {
                t.with_all("device-on", [("browser", &browser), ("system", &system)])
            }
            (Some(browser), None) => browser.to_owned(),
            (None, _) => cut(text),
        };
    }
    program(text).unwrap_or_else(|| cut(text))
}

/// The name of a program that calls itself by name and version (RFC 9110, section 10.1.5).
fn program(text: &str) -> Option<String> {
    let (name, _) = text.split_once('/')?;
    let is_word = name.chars().all(|sign| sign.is_ascii_alphanumeric() || "-_.".contains(sign));
    (is_word && !name.is_empty()).then(|| cut(name))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text.split_at(at).0.trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    //! What browsers and programs call themselves.

    use super::*;
    use crate::pages::language::Language;

    fn english(user_agent: &str) -> String {
        let t = Texts { language: Language::English };
        called(t, user_agent).replace(['\u{2068}', '\u{2069}'], "")
    }

    #[test]
    fn browsers_are_told_by_name_and_system() {
        for (user_agent, expected) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 \
                 Safari/537.36 Edg/143.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile \
                 Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/143.0.0.0 Safari/537.36",
                "Chrome on macOS",
            ),
            ("Mozilla/5.0 Firefox/1", "Firefox"),
            ("Mozilla/5.0 (something)", "Mozilla/5.0 (something)"),
        ] {
            assert_eq!(english(user_agent), expected, "{user_agent}");
        }
    }

    #[test]
    fn programs_are_told_by_name_and_the_rest_as_it_came() {
        for (user_agent, expected) in [
            ("curl/8.14.1", "curl"),
            ("python-requests/2.32.5", "python-requests"),
            ("okhttp/4.12.0 (Pixel)", "okhttp"),
            ("", "Unknown device"),
            (" \t", "Unknown device"),
            ("my laptop", "my laptop"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ("/", "/"),
        ] {
            assert_eq!(english(user_agent), expected, "{user_agent}");
        }
        assert_eq!(english(&"ä ".repeat(400)), format!("{}…", "ä ".repeat(40).trim_end()));
        assert_eq!(english(&"x".repeat(80)), "x".repeat(80));
        assert_eq!(english(&format!("{}/1", "x".repeat(81))), format!("{}…", "x".repeat(80)));
    }
}
