//! The catalogues against each other, and against the code and the templates that name their texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages")
}

fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if path.is_dir() {
            found.extend(files(&path, extensions));
        } else if extensions.contains(&extension) {
            found.push(path);
        }
    }
    found
}

/// Every text of a language with the arguments it takes.
fn catalogue(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut texts = BTreeMap::new();
    for file in files(&folder().join("locales").join(language.tag()), &["ftl"]) {
        let source = fs::read_to_string(&file).expect("a catalogue");
        let resource = parser::parse(source.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", file.display()));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut arguments = BTreeSet::new();
            let pattern = message.value.expect("a text");
            of_pattern(&pattern, &mut arguments);
            let key = message.id.name.to_owned();
            assert!(texts.insert(key, arguments).is_none(), "{}: {} twice", file.display(), message.id.name);
        }
    }
    texts
}

fn of_pattern(pattern: &Pattern<&str>, arguments: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => of_inline(inline, arguments),
            Expression::Select { selector, variants } => {
                of_inline(selector, arguments);
                variants.iter().for_each(|variant| of_pattern(&variant.value, arguments));
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, arguments: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => drop(arguments.insert(id.name.to_owned())),
        InlineExpression::StringLiteral { .. } => {}
        InlineExpression::NumberLiteral { .. }
        | InlineExpression::FunctionReference { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. }
        | InlineExpression::Placeable { .. } => panic!("this test does not read such an expression yet"),
    }
}

/// Every text that code or a template names, with the arguments it is given.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files(&folder(), &["rs", "html"]) {
        if file.file_name().is_some_and(|name| name == "tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a file");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let text = code.collect::<Vec<_>>().join("\n");
        for call in [".say(", ".with(", ".with_all("] {
            for rest in text.split(call).skip(1) {
                let rest = rest.trim_start();
                let Some((key, rest)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
                    continue;
                };
                let given = named.entry(key.to_owned()).or_default();
                match call {
                    ".with(" => given.extend(rest.split('"').nth(1).map(str::to_owned)),
                    ".with_all(" => {
                        let list = rest.split_once(']').expect("the end of a list").0;
                        given.extend(
                            list.split("(\"")
                                .skip(1)
                                .filter_map(|part| part.split('"').next())
                                .map(str::to_owned),
                        );
                    }
                    _ => {}
                }
            }
        }
    }
    named
}

#[test]
fn every_language_has_the_same_texts_with_the_same_arguments() {
    let english = catalogue(Language::English);
    assert!(english.len() > 20, "{} texts", english.len());
    for language in Language::ALL {
        assert_eq!(catalogue(language), english, "{}", language.tag());
    }
}

#[test]
fn every_text_that_is_named_is_there_with_these_arguments_and_none_is_left_over() {
    assert_eq!(named(), catalogue(Language::English));
}

#[test]
fn no_text_is_left_in_english() {
    let english = Texts { language: Language::English };
    let alike: Vec<String> = catalogue(Language::English)
        .into_iter()
        .filter(|(_, arguments)| arguments.is_empty())
        .map(|(key, _)| key)
        .filter(|key| english.say(key) == Texts { language: Language::German }.say(key))
        .collect();
    // The same in both.
    assert_eq!(alike, ALIKE);
}

/// Texts that both languages have alike.
const ALIKE: [&str; 0] = [];

#[test]
fn an_argument_is_set_apart_and_a_number_decides_its_sentence() {
    let texts = Texts { language: Language::German };
    assert_eq!(texts.with("password-hint", "least", 8_usize), "Mindestens \u{2068}8\u{2069} Zeichen.");
    assert_eq!(texts.with("password-hint", "least", 1_usize), "Mindestens ein Zeichen.");
}
