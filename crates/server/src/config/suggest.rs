//! "Did you mean": the known name that is nearest to a mistyped one.

use super::keys::{KEYS, Key, sections};

/// The end of a sentence that names the key or section meant by `typed`, a path, if one is near.
///
/// Only the last names are compared: the section around them is known, or it would have been the one in question.
pub(super) fn key(typed: &str) -> Option<String> {
    let (section, name) = split(typed);
    let known = KEYS.iter().map(|key| key.path).chain(sections());
    let near = known.filter_map(|path| {
        let (known_section, known_name) = split(path);
        let elsewhere = usize::from(section != known_section);
        distance(name, known_name, known_name).map(|distance| (distance + elsewhere, path))
    });
    let (_, path) = near.min_by_key(|(distance, _)| *distance)?;
    let (known_section, known_name) = split(path);
    Some(match known_section {
        _ if Key::find(path).is_none() || known_section == section => format!("; did you mean {path}?"),
        "" => format!("; did you mean {path}, above the first section?"),
        _ => format!("; did you mean {known_name} in section [{known_section}]?"),
    })
}

/// The end of a sentence that names the environment variable meant by `typed`, if one is near: underscores may
/// lack, and about one letter may be wrong.
pub(super) fn variable(typed: &str) -> Option<String> {
    let plain = |name: &str| name.to_lowercase().replace('_', "");
    let near = KEYS.iter().filter_map(|key| {
        let name = key.variable();
        distance(&plain(typed), &plain(&name), key.name()).map(|distance| (distance, name))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| format!("; did you mean {name}?"))
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// The number of wrong letters, if there is at most one in four letters of `measure`.
fn distance(typed: &str, known: &str, measure: &str) -> Option<usize> {
    let distance = strsim::damerau_levenshtein(typed, known);
    (distance <= measure.chars().count() / 4).then_some(distance)
}
