//! What the documents say must exist: the files they lead to, every crate in the map, every error in the catalogue.

use std::path::{Path, PathBuf};

use identity::{ErrorKind, Weakness};
use web::Refusal;

use super::source::{self, files, folders, root, told};

/// Makes a list of values, and fails to compile when a variant has no line in it.
macro_rules! every {
    ($($pattern:pat => $value:expr),+ $(,)?) => {{
        let complete = |value: &_| match value {
            $($pattern => (),)+
        };
        let values = vec![$($value),+];
        values.iter().for_each(complete);
        values
    }};
}

/// Names that the log gives to refusals: those of the core's errors and those of the wire's.
fn names_of_refusals() -> Vec<&'static str> {
    let soon = std::time::Duration::from_secs(1);
    let kinds = every! {
        ErrorKind::InvalidCredentials => ErrorKind::InvalidCredentials,
        ErrorKind::CredentialMissing => ErrorKind::CredentialMissing,
        ErrorKind::CredentialInvalid => ErrorKind::CredentialInvalid,
        ErrorKind::UserInactive => ErrorKind::UserInactive,
        ErrorKind::PasswordSignInDisabled => ErrorKind::PasswordSignInDisabled,
        ErrorKind::PasswordChangeRequired => ErrorKind::PasswordChangeRequired,
        ErrorKind::PasswordTooLong => ErrorKind::PasswordTooLong,
        ErrorKind::PasswordTooShort { .. } => ErrorKind::PasswordTooShort { min_length: 8 },
        ErrorKind::PasswordWeak { .. } => ErrorKind::PasswordWeak { reason: Weakness::Common },
        ErrorKind::OldPasswordWrong => ErrorKind::OldPasswordWrong,
        ErrorKind::Throttled { .. } => ErrorKind::Throttled { retry_after: soon },
        ErrorKind::Overloaded { .. } => ErrorKind::Overloaded { retry_after: soon },
        ErrorKind::SessionLimit => ErrorKind::SessionLimit,
        ErrorKind::Forbidden => ErrorKind::Forbidden,
        ErrorKind::UsernameInvalid => ErrorKind::UsernameInvalid,
        ErrorKind::EmailInvalid => ErrorKind::EmailInvalid,
        ErrorKind::LoginNameMissing => ErrorKind::LoginNameMissing,
        ErrorKind::LoginNameTaken => ErrorKind::LoginNameTaken,
        ErrorKind::LoginNameRetired => ErrorKind::LoginNameRetired,
        ErrorKind::UserNotFound => ErrorKind::UserNotFound,
        ErrorKind::SessionNotFound => ErrorKind::SessionNotFound,
        ErrorKind::SignUpDisabled => ErrorKind::SignUpDisabled,
        ErrorKind::CaptchaRefused => ErrorKind::CaptchaRefused,
        ErrorKind::TicketInvalid => ErrorKind::TicketInvalid,
        ErrorKind::TokenClaimsInvalid => ErrorKind::TokenClaimsInvalid,
        ErrorKind::ProviderUnknown => ErrorKind::ProviderUnknown,
        ErrorKind::ProviderUnavailable => ErrorKind::ProviderUnavailable,
        ErrorKind::ProviderDenied => ErrorKind::ProviderDenied,
        ErrorKind::CodeRefused => ErrorKind::CodeRefused,
        ErrorKind::IdTokenMissing => ErrorKind::IdTokenMissing,
        ErrorKind::SubjectMissing => ErrorKind::SubjectMissing,
        ErrorKind::ProviderUntrusted => ErrorKind::ProviderUntrusted,
        ErrorKind::FlowMissing => ErrorKind::FlowMissing,
        ErrorKind::FlowInvalid => ErrorKind::FlowInvalid,
        ErrorKind::IdentityRefused => ErrorKind::IdentityRefused,
        ErrorKind::ApiKeyLimit => ErrorKind::ApiKeyLimit,
        ErrorKind::ApiKeyNotFound => ErrorKind::ApiKeyNotFound,
        ErrorKind::OrganizationNameInvalid => ErrorKind::OrganizationNameInvalid,
        ErrorKind::OrganizationNotFound => ErrorKind::OrganizationNotFound,
        ErrorKind::OrganizationClosed => ErrorKind::OrganizationClosed,
        ErrorKind::AlreadyMember => ErrorKind::AlreadyMember,
        ErrorKind::AlreadyInvited => ErrorKind::AlreadyInvited,
        ErrorKind::SelfInvitation => ErrorKind::SelfInvitation,
        ErrorKind::RoleTooHigh => ErrorKind::RoleTooHigh,
        ErrorKind::InvitationNotFound => ErrorKind::InvitationNotFound,
        ErrorKind::InvitationUsed => ErrorKind::InvitationUsed,
        ErrorKind::InvitationNotYours => ErrorKind::InvitationNotYours,
        ErrorKind::FreshLoginRequired => ErrorKind::FreshLoginRequired,
        ErrorKind::IdentityTaken => ErrorKind::IdentityTaken,
        ErrorKind::IdentityNotFound => ErrorKind::IdentityNotFound,
        ErrorKind::LastWayIn => ErrorKind::LastWayIn,
        ErrorKind::Conflict => ErrorKind::Conflict,
        ErrorKind::Unavailable => ErrorKind::Unavailable,
        ErrorKind::Internal => ErrorKind::Internal,
    };
    let refusals = every! {
        Refusal::NotFound => Refusal::NotFound,
        Refusal::MethodNotAllowed { .. } => Refusal::MethodNotAllowed { method: String::new(), allow: "" },
        Refusal::BodyTooLarge { .. } => Refusal::BodyTooLarge { limit: 0 },
        Refusal::TargetTooLong { .. } => Refusal::TargetTooLong { limit: 0 },
        Refusal::HeadTooLarge { .. } => Refusal::HeadTooLarge { bytes: 0, fields: 0 },
        Refusal::JsonTooDeep { .. } => Refusal::JsonTooDeep { limit: 0 },
        Refusal::RequestTimeout => Refusal::RequestTimeout,
        Refusal::BodyTimeout => Refusal::BodyTimeout,
        Refusal::BodyBroken => Refusal::BodyBroken,
        Refusal::CrossSite => Refusal::CrossSite,
        Refusal::Internal => Refusal::Internal,
    };
    kinds.into_iter().map(ErrorKind::name).chain(refusals.iter().map(Refusal::name)).collect()
}

/// The names in the first column of a page's tables: `` | `name` | ... ``.
fn catalogued(page: &str) -> Vec<&str> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(name, _)| name)
        .collect()
}

/// The names that code gives to faults of a request's spelling.
fn faults_of_wire(code: &str) -> Vec<&str> {
    let makers = [
        "of_wire",
        "malformed",
        "media_type",
        "misspelt_credential",
        "not_acceptable",
        "return_url",
        "unread",
    ];
    let of = |maker| {
        let opening = format!("Fault::{maker}(\"");
        let rests: Vec<&str> = code.split(opening.as_str()).skip(1).collect();
        rests.into_iter().filter_map(|rest| Some(rest.split_once('"')?.0))
    };
    makers.into_iter().flat_map(of).collect()
}

/// Where a page leads to within the repository: targets of links, from the page's own folder, and paths in code
/// spans that begin at one of the repository's folders.
fn leads(page: &str) -> Vec<(bool, String)> {
    let links = page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let links = links.filter(|target| !target.contains("://") && !target.starts_with('#'));
    let links = links.map(|target| (true, target.split('#').next().unwrap_or_default().to_owned()));
    let spans = page.split('`').skip(1).step_by(2);
    let is_path = |span: &&str| {
        ["crates/", "docs/", "tests/", "bench/", ".ci/", ".config/"]
            .iter()
            .any(|folder| span.starts_with(folder))
            && !span.contains(['<', '*', '{', ' ', ','])
    };
    links.chain(spans.filter(is_path).map(|span| (false, span.to_owned()))).collect()
}

fn pages() -> Vec<PathBuf> {
    let mut pages = files(&root().join("docs"), "md");
    pages.extend(
        ["README", "ARCHITECTURE", "CONTRIBUTING", "SECURITY", "CHANGELOG"]
            .map(|name| root().join(name).with_extension("md")),
    );
    pages.extend(files(&root().join("crates/dialects/src"), "md"));
    let others =
        ["tests/clients/README.md", "tests/attacks/README.md", "bench/RESULTS.md", "crates/fuzz/README.md"];
    pages.extend(others.map(|page| root().join(page)));
    pages
}

#[test]
fn every_error_is_in_the_catalogue_once() {
    let page = source::text(&root().join("docs/errors.md"));
    let catalogued = catalogued(&page);
    let dialects: Vec<String> =
        files(&root().join("crates/dialects/src"), "rs").iter().map(|path| source::text(path)).collect();
    let mut names = names_of_refusals();
    names.extend(dialects.iter().flat_map(|code| faults_of_wire(code)));
    names.sort_unstable();
    names.dedup();
    for name in names {
        let rows = catalogued.iter().filter(|row| **row == name).count();
        assert_eq!(
            rows, 1,
            "docs/errors.md has {rows} rows for {name}: write one, with what it means, who mends it and what each \
             dialect answers"
        );
    }
}

#[test]
fn the_catalogue_holds_no_error_that_is_gone() {
    let page = source::text(&root().join("docs/errors.md"));
    let crates = ["identity", "web", "dialects"].map(|name| root().join("crates").join(name).join("src"));
    let code: Vec<String> =
        crates.iter().flat_map(|folder| files(folder, "rs")).map(|path| source::text(&path)).collect();
    for name in catalogued(&page) {
        let literal = format!("\"{name}\"");
        assert!(
            code.iter().any(|text| text.contains(&literal)),
            "docs/errors.md explains {name}, which nothing says any more: take the row out"
        );
    }
}

/// What `docs/operations.md` says of each finding of the doctor's, from the code.
fn told_findings() -> String {
    let row = |rule: &server::doctor::finding::Rule| {
        let key = if rule.key.is_empty() { String::new() } else { format!("`{}`", rule.key) };
        format!("| `{}` | {} | {key} | {} | {} |", rule.name, rule.level.name(), rule.means, rule.remedy)
    };
    let rows = server::doctor::rules().into_iter().map(row);
    let head = ["| Finding | Level | Key | Means | Do |", "|---|---|---|---|---|"].map(str::to_owned);
    head.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_finding_of_the_doctors_is_in_its_table() {
    let page = source::text(&root().join("docs/operations.md"));
    let table = told_findings();
    assert!(page.contains(&table), "the table of findings in docs/operations.md is not this one:\n{table}");
    let mut names: Vec<_> = server::doctor::rules().iter().map(|rule| rule.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "two rules have one name");
}

#[test]
fn every_rule_of_the_doctors_is_in_its_list() {
    let code: Vec<String> =
        files(&root().join("crates/server/src/doctor"), "rs").iter().map(|path| source::text(path)).collect();
    let rules = code.iter().map(|text| text.matches(": Rule = Rule::").count()).sum::<usize>();
    // Two are made for the tests of reports.
    assert_eq!(rules, server::doctor::rules().len() + 2, "a rule stands in no file's RULES");
}

#[test]
fn every_crate_has_its_place_on_the_map() {
    let map = source::text(&root().join("ARCHITECTURE.md"));
    for folder in folders(&root().join("crates")) {
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name");
        assert!(
            map.contains(&format!("**`{name}`**")),
            "ARCHITECTURE.md has no paragraph on the crate {name}: it begins with **`{name}`**"
        );
    }
}

#[test]
fn what_a_page_leads_to_is_there() {
    for page in pages() {
        let folder = page.parent().expect("a folder").to_owned();
        for (is_link, target) in leads(&source::text(&page)) {
            let from = if is_link { &folder } else { &root() };
            assert!(from.join(&target).exists(), "{} leads to {target}, which is not there", told(&page));
        }
    }
}

#[test]
fn rows_names_and_leads_are_read() {
    assert_eq!(catalogued("| Name | x |\n|---|---|\n| `a` | x |\nand `b` |\n| `c` | `d` |"), ["a", "c"]);
    assert_eq!(
        faults_of_wire(
            "Fault::of_wire(\"one\", facts).on(x); Fault::malformed(code); Fault::malformed(\"two\")"
        ),
        ["one", "two"]
    );
    let page = "[a](docs/a.md#part) [b](https://b.example) [c](#c) `crates/x.rs` `crates/<name>/` `x/y` \
                ![d](../d.png)";
    let expected = [(true, "docs/a.md"), (true, "../d.png"), (false, "crates/x.rs")];
    assert_eq!(leads(page), expected.map(|(is_link, target)| (is_link, target.to_owned())));
    assert!(!Path::new("docs/a.md").exists(), "and so a page with such a link fails");
    assert!(names_of_refusals().contains(&"login_name_retired"));
}
