//! What a number stands for.

use std::collections::HashSet;

use super::*;
use crate::check::CHECKS;

#[test]
fn hot_sessions_lie_evenly_among_all_and_their_owners_are_known() {
    let size = Size { sessions: 5_000_000 };
    assert_eq!((size.users(), size.hot()), (1_000_000, HOT));
    assert_eq!((size.hot_session(0), size.hot_session(1)), (0, 500));
    assert_eq!(size.owner(size.hot_session(HOT - 1)), 999_901);
    let small = Size { sessions: 1000 };
    assert_eq!((small.hot(), small.hot_session(999), small.owner(999)), (1000, 999, small.users()));
}

#[test]
fn every_secret_is_of_the_form_that_its_door_gives_out_and_there_is_one_only() {
    let mut seen = HashSet::new();
    for (check, form) in CHECKS.into_iter().filter(|check| *check != Check::Probe).zip([
        ("", 64, false),
        ("", 32, false),
        ("", 64, false),
        ("", 32, true),
        ("", 64, false),
        ("", 64, false),
        ("tr-", 32, false),
        ("vst_", 64, false),
    ]) {
        let (prefix, digits, upper) = form;
        for number in [0, 1, rows::first_listed(1), rows::first_listed(10_000)] {
            let secret = rows::secret(check, number);
            let rest = secret.strip_prefix(prefix).unwrap();
            assert_eq!(rest.len(), digits, "{check:?}");
            let other_case = if upper { rest.to_lowercase() } else { rest.to_uppercase() };
            assert!(rest.bytes().all(|b| b.is_ascii_hexdigit()) && rest != other_case, "{secret}");
            assert!(seen.insert(secret));
        }
    }
}

#[test]
fn the_sessions_of_those_whose_are_listed_do_not_overlap() {
    for (few, many) in LISTED.iter().zip(LISTED.iter().skip(1)) {
        assert!(rows::first_listed(*few) + few <= rows::first_listed(*many));
    }
}

#[test]
fn what_is_drawn_reaches_everywhere() {
    let mut drawn = Drawn(1);
    let seen: HashSet<u32> = std::iter::repeat_with(|| drawn.below(10)).take(200).collect();
    assert_eq!(seen.len(), 10);
}
