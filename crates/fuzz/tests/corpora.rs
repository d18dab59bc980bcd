//! The short run: every target over its whole corpus, and over inputs that a mutator with a seed makes of it. What is found
//! here or by libFuzzer is put into the corpus together with its mending.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fuzz::mutation::Mutator;
use fuzz::{TARGETS, Target, target};

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora")
}

/// What a target is given to begin with, in order of name.
fn seeds(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = corpora().join(target.name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths: BTreeSet<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    let named = |path: PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, fs::read(&path).expect("a seed"))
    };
    paths.into_iter().map(named).collect()
}

/// Runs a target and keeps what it fails on, to be looked at and tried again.
fn run(target: &Target, what: &str, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_err() {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-finding", target.name));
        fs::write(&kept, input).expect("a file");
        panic!("{}, {what}: the input is in {}: {}", target.name, kept.display(), input.escape_ascii());
    }
}

fn examine(name: &str) {
    let target = target(name).expect("a target");
    let seeds = seeds(target);
    assert!(seeds.len() >= 5, "{name} begins with next to nothing");
    for (seed, input) in &seeds {
        run(target, seed, input);
    }
    let inputs: Vec<Vec<u8>> = seeds.into_iter().map(|(_, input)| input).collect();
    let mut mutator = Mutator::new(1);
    for round in 0..target.rounds {
        run(target, &format!("round {round}"), &mutator.next(&inputs));
    }
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                examine(stringify!($name));
            }
        )*

        #[test]
        fn every_target_is_run_and_every_corpus_has_a_target() {
            let run: BTreeSet<&str> = [$(stringify!($name)),*].into();
            let listed: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(run, listed);
            let folders = fs::read_dir(corpora()).expect("the corpora");
            let folders: BTreeSet<String> =
                folders.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
            assert!(folders.iter().map(String::as_str).eq(listed.iter().copied()), "{folders:?}");
        }
    };
}

targets! {
    authorization
    bodies
    configuration
    cookies
    forms
    forwarded
    json
    key_set
    return_targets
    token
}
