//! The text of a configuration file: what holds is read again from what is shown of it, a fault is a line, and a secret is
//! told by neither.

use server::config::{self, parse};

const SECRET: &str = "n0b0dy-may-read-this";
/// What stands in a secret's place.
const MASK: &str = "***";

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    tell(text);
    let with_secret = format!(
        "{text}\n[[providers]]\nid = \"fuzz\"\nissuer = \"https://fuzz.example\"\nclient_id = \"c\"\nclient_secret = \"{SECRET}\"\n"
    );
    tell(&with_secret);
}

fn tell(text: &str) {
    match parse("fuzz.toml", text, []) {
        Ok(loaded) => {
            let shown = config::show(&loaded.config);
            let told = format!("{shown}\n{:?}\n{:?}", loaded.config, loaded.warnings);
            assert!(!told.contains(SECRET), "a secret is shown");
            if !shown.contains(MASK) {
                let again = parse("fuzz.toml", &shown, []).map(|again| again.config);
                assert_eq!(again.as_ref(), Ok(&loaded.config), "what is shown is another configuration");
            }
        }
        Err(error) => {
            let sentences: Vec<String> = error.sentences().collect();
            assert!(!sentences.is_empty(), "refused, and nothing is wrong");
            for sentence in sentences {
                assert!(!sentence.contains(SECRET), "a secret is told");
                assert!(!sentence.contains('\n'), "a fault of several lines: {sentence:?}");
            }
        }
    }
}
