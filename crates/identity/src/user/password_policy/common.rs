//! Common passwords that zxcvbn does not know: its lists are of English, and of keyboards as in the United States. Not a list
//! of what was leaked somewhere.

/// What German and French speakers take for a password, the ones of eight letters and more, and short ones that get an
/// ending.
pub(super) const WORDS: [&str; 48] = [
    "passwort",
    "kennwort",
    "geheim",
    "geheimnis",
    "hallo",
    "hallihallo",
    "willkommen",
    "ichliebedich",
    "ichliebdich",
    "schatz",
    "schatzi",
    "liebling",
    "sommer",
    "winter",
    "fruehling",
    "frühling",
    "herbst",
    "sonnenschein",
    "sternchen",
    "schmetterling",
    "prinzessin",
    "engelchen",
    "mausi",
    "hasenpups",
    "fussball",
    "schalke",
    "bayern",
    "dortmund",
    "hamburg",
    "berlin",
    "muenchen",
    "münchen",
    "frankfurt",
    "deutschland",
    "oesterreich",
    "österreich",
    "computer",
    "internet",
    "arschloch",
    "scheisse",
    "motdepasse",
    "azerty",
    "bonjour",
    "jetaime",
    "doudou",
    "soleil",
    "chouchou",
    "qwertz",
];

/// Keys that lie side by side, in rows and in columns, where German and French keyboards differ.
const RUNS: [&str; 14] = [
    "1234567890ß",
    "qwertzuiopü+",
    "asdfghjklöä#",
    "yxcvbnm,.-",
    "azertyuiop^$",
    "qsdfghjklmù*",
    "wxcvbn,;:!",
    "1qay2wsx3edc4rfv5tgb6zhn7ujm8ik,9ol.0pö-",
    "qaywsxedcrfvtgbzhnujmik,ol.pö-",
    "qayxswedcvfrtgbnhzujm,kiol.-öp",
    "1q2w3e4r5t6z7u8i9o0pß",
    "1a2q3y4w5s6x",
    "1aqw2zsx3edc4rfv5tgb6yhn7uj,8ik;9ol:0pm!",
    "1a2z3e4r5t6y7u8i9o0p",
];

/// Whether a text, but for digits and marks after it, is keys in the order in which they lie, forth or back.
pub(super) fn is_on_a_keyboard(text: &str) -> bool {
    let letters = text.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    [text, letters].into_iter().filter(|text| text.chars().count() >= 5).any(|text| {
        let back: String = text.chars().rev().collect();
        RUNS.iter().any(|run| run.contains(text) || run.contains(back.as_str()))
    })
}
