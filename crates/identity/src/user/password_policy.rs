//! Which new passwords are refused because others would try them early: common ones, ones made of what is known of the
//! person or the place, and ones that a few guesses find. Not their length, which [`super::accounts`] minds, and no rules of
//! composition (NIST SP 800-63B-4, 3.1.1.2; ASVS 5.0, 6.2.4, 6.2.5, 6.2.11, 6.2.12).
//!
//! Judged when a password is set and never when somebody signs in: one that was taken once stays good.
//!
//! The guesses are zxcvbn's estimate, counted as of the powers of ten that it names: an 8-character password without any
//! pattern is worth 10^8 to it, and must not fail for the one guess that it is short of the next score.

mod common;

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::zxcvbn;

use super::User;
use super::name::{fold, is_invisible};
use crate::policy::Policy;

/// Why others would try a password early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Many people have it, or one that differs in little.
    Common,
    /// It is made of the person's names and address, or of those of this installation.
    Context,
    /// It is none of these, and still found by few guesses (`[password] min_strength`).
    Guessable,
}

impl Weakness {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Common, Self::Context, Self::Guessable];

    /// The word for programs and for logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Context => "context",
            Self::Guessable => "guessable",
        }
    }
}

/// Whose password it will be, as far as that is known.
#[derive(Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub(crate) username: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    /// The whole name; may be empty.
    pub(crate) name: &'a str,
}

impl<'a> Holder<'a> {
    pub(crate) fn of(user: &'a User) -> Self {
        Self { username: user.username.as_deref(), email: user.email.as_deref(), name: user.name.as_str() }
    }
}

/// How many code points zxcvbn is shown at a time: its work grows with their square and more. A password without a pattern is
/// as strong as it can be told long before.
const JUDGED: usize = 40;
/// How many code points are looked at for words that are known; more than any name has.
const LOOKED_AT: usize = 512;
/// Guesses for each `[password] min_strength`: the bounds of zxcvbn's scores.
const GUESSES: [u64; 5] = [0, 1_000, 1_000_000, 100_000_000, 10_000_000_000];
/// What takes no more guesses counts as common, whatever `min_strength` is: 30,000 are zxcvbn's list, and the rest leaves
/// room for an ending such as a digit or a year.
const COMMON_GUESSES: u64 = 100_000;
/// How many code points around a word do not make a password of it: a year and a mark.
const LITTLE: usize = 5;
/// A shorter word says nothing of whom a password is about.
const SHORTEST_WORD: usize = 3;
/// No more words are looked for than that: names may be long, and work is bounded.
const MOST_WORDS: usize = 48;
/// In how many ways zxcvbn may read digits and marks as letters. Each is another search.
const MOST_READINGS: usize = 32;

/// Why a new password is not taken from this person, if it is not.
pub(crate) fn weakness(typed: &str, holder: &Holder<'_>, policy: &Policy) -> Option<Weakness> {
    let typed = Zeroizing::new(typed.chars().take(LOOKED_AT).collect::<String>());
    // Some characters fold to eighteen.
    let folded = Zeroizing::new(plain(&typed).chars().take(LOOKED_AT).collect::<String>());
    let words = words(holder, policy);
    if is_made_of(&folded, &words) {
        return Some(Weakness::Context);
    }
    if common::is_on_a_keyboard(&folded) {
        return Some(Weakness::Common);
    }
    let wanted = GUESSES.get(usize::from(policy.min_password_strength)).copied().unwrap_or(u64::MAX);
    let wanted = wanted.max(COMMON_GUESSES + 1);
    let first = judged(&head(&folded), &words);
    if first.guesses >= wanted {
        return None;
    }
    let again = if folded.chars().count() > JUDGED {
        // What is longer is as strong as its stronger end.
        tail(&folded)
    } else if first.guesses > COMMON_GUESSES {
        // Capital letters may help what is not common without them.
        head(&shown(&typed.nfkc().collect::<String>()))
    } else {
        return Some(first.weakness);
    };
    let is_strong = *again != *folded && judged(&again, &words).guesses >= wanted;
    (!is_strong).then_some(first.weakness)
}

/// What zxcvbn says.
struct Judged {
    guesses: u64,
    /// Why there are so few.
    weakness: Weakness,
}

fn judged(text: &str, words: &[String]) -> Judged {
    let text = readable(text);
    let inputs: Vec<&str> = words.iter().map(String::as_str).chain(common::WORDS.iter().copied()).collect();
    let entropy = zxcvbn(&text, &inputs);
    let guesses = entropy.guesses();
    let length = text.chars().count();
    let found = |is: &dyn Fn(&str, usize) -> bool| {
        entropy.sequence().iter().any(|found| match &found.pattern {
            MatchPattern::Dictionary(word) => is(&word.matched_word, found.range_inclusive().count()),
            MatchPattern::Spatial(_)
            | MatchPattern::Repeat(_)
            | MatchPattern::Sequence(_)
            | MatchPattern::Regex(_)
            | MatchPattern::Date(_)
            | MatchPattern::BruteForce => false,
        })
    };
    let weakness = if found(&|word, _| words.iter().any(|known| known == word)) {
        Weakness::Context
    } else if guesses <= COMMON_GUESSES
        || found(&|_, covered| covered + LITTLE > length && 2 * covered > length)
    {
        Weakness::Common
    } else {
        Weakness::Guessable
    };
    Judged { guesses, weakness }
}

/// A text by which passwords are compared: letter case, compatibility forms and what is not shown make no difference.
fn plain(text: &str) -> String {
    shown(&fold(text))
}

fn shown(text: &str) -> String {
    text.chars().filter(|&c| !is_invisible(c)).collect()
}

fn head(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().take(JUDGED).collect())
}

fn tail(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().skip(text.chars().count().saturating_sub(JUDGED)).collect())
}

/// The text without its marks where zxcvbn would try too many of them as letters: each becomes a character that it
/// knows nothing of.
fn readable(text: &str) -> Zeroizing<String> {
    const LETTERS: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];
    let spellings = |of: &&str| of.chars().filter(|&c| text.contains(c)).count().max(1);
    let ambiguous = ['1', '|', '7'].iter().filter(|&&c| text.contains(c)).count();
    let readings = LETTERS.iter().map(spellings).product::<usize>() << ambiguous;
    if readings <= MOST_READINGS {
        return Zeroizing::new(text.to_owned());
    }
    let hidden = |c: char| if "@({[<!|$+%".contains(c) { hidden(c) } else { c };
    Zeroizing::new(text.chars().map(hidden).collect())
}

/// Another one in Unicode's private use area for each ASCII character.
fn hidden(c: char) -> char {
    char::from_u32(0xE000 + u32::from(c)).unwrap_or(c)
}

/// Whether little is left of the text without these words, the longest first.
fn is_made_of(text: &str, words: &[String]) -> bool {
    let mut rest = Zeroizing::new(text.to_owned());
    for word in words {
        // A mark in between, so that what stood on both sides makes no new word.
        rest = Zeroizing::new(rest.replace(word.as_str(), " "));
    }
    let left = rest.chars().filter(|c| c.is_alphanumeric() || !c.is_ascii()).count();
    *rest != text && left <= LITTLE
}

/// What is known of the person and the place, folded, the longest first.
fn words(holder: &Holder<'_>, policy: &Policy) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let texts = [holder.username, holder.email, Some(holder.name)].into_iter().flatten();
    for text in texts.chain(policy.service_words.iter().map(String::as_str)) {
        let whole = plain(text);
        let (name, domain) = whole.split_once('@').unwrap_or((&whole, ""));
        // The last label of a domain says nothing of anybody.
        let labels = domain.rsplit_once('.').map_or("", |(labels, _)| labels);
        let parts = [name, labels].into_iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        let together: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        let wholes = [whole.as_str(), name, domain, labels, together.as_str()];
        words.extend(wholes.into_iter().chain(parts).filter(|word| is_telling(word)).map(str::to_owned));
    }
    words.sort_unstable_by(|a, b| b.chars().count().cmp(&a.chars().count()).then_with(|| a.cmp(b)));
    words.dedup();
    words.truncate(MOST_WORDS);
    words
}

fn is_telling(word: &str) -> bool {
    word.chars().count() >= SHORTEST_WORD && word.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests;
