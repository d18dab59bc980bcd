//! "Did you mean": the known name that is nearest to a mistyped one.

use super::keys::{self, ARRAYS, Array, Key, keys, sections};

/// The end of a sentence that names the key or section meant by `typed`, a path, if one is near.
///
/// Only the last names are compared: the section around them is known, or it would have been the one in question.
pub(super) fn key(typed: &str) -> Option<String> {
    let all = keys().map(|key| key.path).chain(sections()).chain(ARRAYS.iter().map(|array| array.path));
    nearest(typed, all)
}

/// The same for what was written as a section.
pub(super) fn section(typed: &str) -> Option<String> {
    nearest(typed, sections().chain(ARRAYS.iter().map(|array| array.path)))
}

fn nearest(typed: &str, known: impl Iterator<Item = &'static str>) -> Option<String> {
    let (typed_section, name) = split(typed);
    let section = keys::pattern(typed_section);
    let near = known.filter_map(|path| {
        let (known_section, known_name) = split(path);
        let elsewhere = usize::from(section != known_section);
        distance(name, known_name, known_name).map(|distance| (distance + elsewhere, path))
    });
    let (_, path) = near.min_by_key(|(distance, _)| *distance)?;
    let (known_section, known_name) = split(path);
    Some(match known_section {
        _ if Array::find(path).is_some() => format!("; did you mean [[{path}]]?"),
        "" if section.is_empty() => format!("; did you mean {path}?"),
        _ if known_section == section => format!("; did you mean {typed_section}.{known_name}?"),
        _ if sections().any(|section| section == path) => format!("; did you mean {path}?"),
        "" => format!("; did you mean {path}, above the first section?"),
        _ => format!("; did you mean {known_name} in section {}?", keys::heading(known_section)),
    })
}

/// The end of a sentence that names the environment variable meant by `typed`, if one is near: underscores may
/// lack, and about one letter may be wrong. The number of an entry is taken as typed.
pub(super) fn variable(typed: &str) -> Option<String> {
    let plain = |name: &str| name.to_lowercase().replace('_', "");
    let index = typed.split('_').find_map(keys::index).unwrap_or(0);
    let near = keys().filter_map(|key: &Key| {
        let name = keys::variable(&key.path_at(index));
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
