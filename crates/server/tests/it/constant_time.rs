//! security 2, no. 47: where a secret is compared with what somebody presents, it takes the same time wherever the two
//! differ. No test can measure that reliably, so the places are listed: one that changes is looked at.

use super::source::{self, files, root, tokens, told};

/// Each file with how many comparisons in constant time it holds. What is compared by `aws-lc` itself, as the tags of a
/// MAC are, is not among them, and neither is what is looked up by its digest.
const COMPARISONS: &[(&str, usize)] = &[
    // The check value of the master key.
    ("crates/identity/src/lib.rs", 1),
    // The marks of tokens for others.
    ("crates/identity/src/token/internal.rs", 1),
    ("crates/identity/src/token/minting.rs", 1),
    // The ticket of a first start.
    ("crates/identity/src/user/set_up.rs", 1),
    // A password's hash.
    ("crates/password/src/hash.rs", 1),
    ("crates/server/src/doctor/master_key.rs", 1),
    // The question of the doctor, and its answer.
    ("crates/server/src/doctor/question.rs", 2),
    // The token of a form.
    ("crates/server/src/pages/form.rs", 1),
    // Nonce and at_hash.
    ("crates/upstream/src/provider/id_token.rs", 1),
];

const CALLS: [&str; 2] = ["ct_eq", "verify_slices_are_equal"];

fn comparisons(code: &str) -> usize {
    tokens(code).windows(2).filter(|pair| CALLS.contains(&pair[0]) && pair[1] == "(").count()
}

/// A secret that is held against another text by `==`.
fn is_compared_plainly(code: &str) -> bool {
    let tokens = tokens(code);
    let exposed = |rest: &[&str]| matches!(rest, ["expose", "(", ")", "=" | "!", "=", ..]);
    (0..tokens.len()).any(|at| exposed(&tokens[at..]))
}

fn sources() -> Vec<(String, String)> {
    let all = files(&root().join("crates"), "rs");
    let is_test = |path: &str| path.contains("/tests/") || path.ends_with("/tests.rs");
    let ours = all.into_iter().filter(|path| told(path).contains("/src/") && !is_test(&told(path)));
    ours.map(|path| (told(&path), source::text(&path))).collect()
}

#[test]
fn secrets_are_compared_in_constant_time_in_these_places() {
    let found = sources().into_iter().map(|(path, text)| (path, comparisons(&text)));
    let found: Vec<_> = found.filter(|(_, count)| *count > 0).collect();
    let listed: Vec<_> = COMPARISONS.iter().map(|(path, count)| ((*path).to_owned(), *count)).collect();
    assert_eq!(found, listed, "a comparison came or went: is it a secret that is compared, and how?");
}

#[test]
fn no_secret_is_exposed_to_be_compared() {
    let plain: Vec<_> = sources().into_iter().filter(|(_, text)| is_compared_plainly(text)).collect();
    let plain: Vec<_> = plain.into_iter().map(|(path, _)| path).collect();
    assert!(plain.is_empty(), "{plain:?}: compare in constant time, or compare digests");
}

#[test]
fn the_checks_themselves_find_what_they_look_for() {
    assert_eq!(comparisons("use subtle::ConstantTimeEq; bool::from(a.ct_eq(b)) && a == b"), 1);
    assert_eq!(comparisons("verify_slices_are_equal(a, b).is_ok(); // ct_eq(a, b)"), 1);
    assert!(is_compared_plainly("if presented.expose() == kept { x }"));
    assert!(is_compared_plainly("a.expose() != b"));
    assert!(!is_compared_plainly("let a = b.expose(); c == d"));
}
