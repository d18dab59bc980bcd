//! The master key: there, whole, and the one that the database was made with.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use identity::MasterKey;
use store::Condition;

use super::finding::{Finding, Rule};
use crate::config::Config;
use crate::entropy::SystemEntropy;
use crate::master_key_file;

pub(super) static RULES: &[&Rule] = &[&MISSING, &UNUSABLE, &OTHER];

static MISSING: Rule = Rule::fault(
    "master_key_missing",
    "master_key_file",
    "the database was made with a key, and its file is not there",
    "Restore the file from your backup, or set master_key_file to where it is",
);
static UNUSABLE: Rule = Rule::fault(
    "master_key_unusable",
    "master_key_file",
    "the file cannot be read, or does not hold 64 hexadecimal digits",
    "Make it readable for the user that runs vestibule, or restore it from your backup",
);
static OTHER: Rule = Rule::fault(
    "master_key_other",
    "master_key_file",
    "the key is not the one that the database was made with",
    "Restore the right file from your backup, or set master_key_file to where it is",
);

/// The key, if there is one that can be read.
pub(super) fn look(config: &Config, condition: Option<&Condition>) -> (Option<MasterKey>, Vec<Finding>) {
    let file = &config.master_key_file;
    let recorded = condition.and_then(|condition| condition.master_key_check.as_deref());
    if !file.exists() {
        let finding = match recorded {
            Some(_) => MISSING.met(format!("{} is not there", file.display())),
            None => Finding::skipped("there is no key yet; the first start makes it"),
        };
        return (None, vec![finding]);
    }
    // It is never made here: that is the first start's.
    let key = match master_key_file::open(file, false, &SystemEntropy) {
        Ok(key) => key,
        Err(error) => return (None, vec![UNUSABLE.met(first_clause(&error))]),
    };
    let finding = match recorded {
        Some(recorded) if verify_slices_are_equal(recorded, &key.check()).is_err() => {
            OTHER.met(format!("the key in {} is another one", file.display()))
        }
        Some(_) => Finding::fine(format!("{} is the one of this database", file.display())),
        None => Finding::skipped("there is no database to compare it with"),
    };
    (Some(key), vec![finding])
}

/// What is wrong, without the remedy behind the colon.
fn first_clause(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    text.rsplit_once(": ").map_or(text.clone(), |(wrong, _)| wrong.to_owned())
}
