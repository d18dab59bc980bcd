//! Rules for the texts of all statements, and the list of them that engines test their plans with.

use std::collections::BTreeSet;
use std::path::Path;

use super::Sql;

macro_rules! statements {
    ($($($step:ident)::+,)*) => { &[$((stringify!($($step)::+), &crate::$($step)::+)),*] };
}

/// Every statement by its path; `every_statement_is_listed` sees to it.
pub(crate) static ALL: &[(&str, &Sql)] = statements![
    PING,
    address_changes::OF_USER,
    address_changes::INSERT,
    address_changes::AGREE_NEW,
    address_changes::AGREE_OLD,
    address_changes::CLOSE,
    address_changes::WIPE,
    address_changes::FORGET,
    api_keys::BY_DIGEST,
    api_keys::WITH_MEMBERSHIPS,
    api_keys::OF_ORGANIZATION_BY_DIGEST,
    api_keys::BY_ID,
    api_keys::OF_ORGANIZATION,
    api_keys::OF_DOOR,
    api_keys::OF_USER,
    api_keys::INSERT,
    api_keys::INSERT_OF_ORGANIZATION,
    api_keys::UPDATE,
    api_keys::END,
    api_keys::END_STANDING,
    api_keys::WIPE,
    api_keys::TOUCH,
    audit::INSERT,
    audit::PAGE,
    audit::MATCHING,
    audit::MATCHING_TO,
    audit::MATCHING_BY,
    audit::FORGET,
    external_identities::BY_SUBJECT,
    external_identities::OF_USER,
    external_identities::INSERT,
    external_identities::UNLINK_ONE,
    external_identities::UNLINK,
    flows::BY_DIGEST,
    flows::INSERT,
    flows::TAKE,
    flows::HAND_OVER,
    flows::FORGET,
    invitations::BY_ID,
    invitations::BY_DIGEST,
    invitations::OF_ORGANIZATION,
    invitations::REPLACE_EXPIRED,
    invitations::INSERT,
    invitations::REDEEM,
    invitations::REDEEM_BY_ID,
    invitations::WITHDRAW,
    invitations::FORGET,
    invitations::WIPE_TO,
    invitations::WIPE_USED,
    invitations::WIPE_BY,
    mail::COUNT,
    mail::DUE,
    mail::INSERT,
    mail::INSERT_ABOUT_NOBODY,
    mail::CLAIM,
    mail::SENT,
    mail::LATER,
    mail::FAILED,
    mail::FORGET_SENT,
    mail::FORGET_FAILED,
    mail::DROP_WAITING,
    master_key::FIND,
    master_key::RECORD,
    organizations::BY_ID,
    organizations::NAMED,
    organizations::PAGE,
    organizations::OF_USER,
    organizations::MEMBERSHIP,
    organizations::MEMBERS,
    organizations::INSERT,
    organizations::LOCK,
    organizations::JOIN,
    organizations::JOIN_BY_ID,
    organizations::HOLD,
    organizations::SET_ROLE,
    organizations::LEAVE,
    organizations::LEAVE_ALL,
    sessions::BY_DIGEST,
    sessions::WITH_MEMBERSHIPS,
    sessions::BY_ID,
    sessions::PAGE,
    sessions::LIVE_PAGE,
    sessions::INSERT,
    sessions::INSERT_WITHIN,
    sessions::END,
    sessions::END_ALL,
    sessions::FORGET_DEVICES,
    sessions::END_SIGNED,
    sessions::END_OUTLIVED,
    sessions::TOUCH,
    signing_keys::OF_USE,
    signing_keys::HOLD,
    signing_keys::RETIRE,
    signing_keys::INSERT,
    signing_keys::DROP,
    signing_keys::FORGET,
    refusals::FIND,
    refusals::KEEP,
    refusals::TRIM_NETWORK,
    refusals::TRIM_RULE,
    refusals::COUNT_LEFT_OUT,
    refusals::LEFT_OUT,
    refusals::FORGET,
    refusals::FORGET_LEFT_OUT,
    throttles::FIND,
    throttles::BEGIN,
    throttles::RESERVE,
    throttles::SUCCEEDED,
    throttles::FAILED,
    throttles::RELEASED,
    throttles::CLEAR,
    throttles::COUNT_AT_PLACE,
    throttles::CLEAR_PLACES,
    throttles::KNOWS_PLACE,
    throttles::NOTE_PLACE,
    throttles::FORGET_PLACES_OF,
    throttles::FORGET_PLACES,
    throttles::FORGET_AT_PLACES,
    throttles::FORGET,
    tickets::BY_DIGEST,
    tickets::HOLD_USER,
    tickets::INSERT,
    tickets::LOCK_OWNER,
    tickets::REDEEM,
    tickets::END_ALL,
    tickets::END_ADDRESS_CHANGE,
    tickets::END_SIGNED,
    tickets::END_OUTLIVED,
    tickets::FORGET,
    users::BY_NUMBER,
    users::BY_ID,
    users::BY_NAME,
    users::CREDENTIALS,
    users::PAGE,
    users::ANY,
    users::FIRST_LOCK,
    users::FIRST_CLAIM,
    users::INSERT,
    users::CLAIM_NAME,
    users::NAME_NOT_RETIRED,
    users::SET_PASSWORD,
    users::SET_NAME,
    users::SET_EMAIL,
    users::RELEASE_NAME,
    users::CLAIM_ADDRESS,
    users::ADDRESS_NOT_RETIRED,
    users::VERIFY_EMAIL,
    users::RENEW_HASH,
    users::SET_STATUS,
    users::WIPE,
    users::RELEASE_NAMES,
    users::RETIRE_NAME,
    users::LOCK,
    users::HOLD,
    users::HOLD_BY_ID,
    users::SIGN_IN,
    users::directory::COUNT,
    users::directory::HOUSEHOLD_COUNT,
    users::directory::BY_NUMBER,
    users::directory::BY_NUMBER_DOWN,
    users::directory::BY_USERNAME,
    users::directory::BY_USERNAME_DOWN,
    users::directory::BY_EMAIL,
    users::directory::BY_EMAIL_DOWN,
    users::directory::BY_STATUS,
    users::directory::BY_STATUS_DOWN,
    users::directory::BY_CREATED,
    users::directory::BY_CREATED_DOWN,
    users::directory::BY_UPDATED,
    users::directory::BY_UPDATED_DOWN,
    users::directory::HOUSEHOLD_BY_NUMBER,
    users::directory::HOUSEHOLD_BY_NUMBER_DOWN,
    users::directory::HOUSEHOLD_BY_USERNAME,
    users::directory::HOUSEHOLD_BY_USERNAME_DOWN,
    users::directory::HOUSEHOLD_BY_EMAIL,
    users::directory::HOUSEHOLD_BY_EMAIL_DOWN,
    users::directory::HOUSEHOLD_BY_STATUS,
    users::directory::HOUSEHOLD_BY_STATUS_DOWN,
    users::directory::HOUSEHOLD_BY_CREATED,
    users::directory::HOUSEHOLD_BY_CREATED_DOWN,
    users::directory::HOUSEHOLD_BY_UPDATED,
    users::directory::HOUSEHOLD_BY_UPDATED_DOWN,
];

/// Whether it is a statement of the directory, which counts and sorts all that match: see [`crate::users::directory`].
pub(crate) fn lists_users(path: &str) -> bool {
    path.replace(' ', "").starts_with("users::directory::")
}

/// The sources below this folder but for tests: their module's path and text.
fn sources(folder: &Path, module: &str, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let below =
            if matches!(stem, "lib" | "mod") { module.to_owned() } else { format!("{module}{stem}::") };
        if path.is_dir() {
            sources(&path, &below, found);
        } else if stem != "tests" {
            found.push((below, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_statement_is_listed() {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut found);
    let mut declared = BTreeSet::new();
    for (module, text) in found {
        let made = text.matches("Sql::new(").count();
        let names: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once("static ")?.1.split_once(": Sql ").map(|(name, _)| name))
            .collect();
        assert_eq!(names.len(), made, "`{module}` makes a statement that is no `static NAME: Sql`");
        declared.extend(names.iter().map(|name| format!("{module}{name}")));
    }
    let listed: BTreeSet<String> = ALL.iter().map(|(path, _)| path.replace(' ', "")).collect();
    let missing: Vec<_> = declared.difference(&listed).collect();
    assert!(missing.is_empty(), "not listed in sql/tests.rs: {missing:?}");
    assert_eq!(listed.len(), ALL.len(), "listed twice");
}

#[test]
fn statements_hold_no_other_dollar_sign() {
    for (path, sql) in ALL {
        let mut numbers = BTreeSet::new();
        for rest in sql.text.split('$').skip(1) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let number: usize = digits.parse().unwrap_or_else(|_| panic!("{path}: `$` before {rest:?}"));
            numbers.insert(number);
        }
        assert!(numbers.iter().copied().eq(1..=numbers.len()), "{path}: a gap in {numbers:?}");
        assert!(!sql.text.contains('?'), "{path}: a placeholder of one engine only");
    }
}
