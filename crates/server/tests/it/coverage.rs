//! `docs/security-coverage.md`: both tables of what the server must withstand and show, with the tests that show it, made
//! from `tests/attacks/rows.toml` and from what the comments of tests cite. Not about what any of these tests does.
//!
//! A citation is `security 1, NAME` or `security 2, no. NUMBER`, each on one line. It belongs to the test above whose
//! function it stands (in its documentation) or within which it stands; at the head of a file it belongs to the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use super::source::{self, files, root, told};

const PAGE: &str = "docs/security-coverage.md";
const ROWS: &str = "tests/attacks/rows.toml";
/// Where every row of the first table that can apply is shown over the wire.
const ATTACKS: &str = "tests/attacks/";

/// The list of both tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    class: Vec<Class>,
    requirement: Vec<Requirement>,
}

/// A kind of defect that systems like this one had.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    name: String,
    what: String,
    /// Why there is nothing that it could apply to.
    cannot: Option<String>,
    #[serde(default)]
    documents: Vec<String>,
}

/// What the standards ask for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    number: u8,
    what: String,
    clauses: String,
    cannot: Option<String>,
    /// `PATH#Heading` each.
    #[serde(default)]
    documents: Vec<String>,
}

/// One row of either table, as it is cited.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Row {
    Class(String),
    Requirement(u8),
}

/// Where a row is shown: a file, and a test in it unless all of the file is meant.
type Place = (String, Option<String>);

/// What the sources cite, and what is wrong with how they do.
#[derive(Default)]
struct Citations {
    of: BTreeMap<Row, BTreeSet<Place>>,
    complaints: Vec<String>,
}

/// The rows that a line cites, and whether it speaks of the tables in another form.
fn cited(line: &str) -> (Vec<Row>, bool) {
    let (mut rows, mut odd) = (Vec::new(), false);
    for (at, _) in line.match_indices("security") {
        let rest = line.split_at(at + "security".len()).1;
        let Some(table) = rest.strip_prefix(".md").unwrap_or(rest).strip_prefix(' ') else { continue };
        let found = if let Some(name) = table.strip_prefix("1, ") {
            let end = name.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(name.len());
            Some(name.split_at(end).0).filter(|name| !name.is_empty()).map(|name| Row::Class(name.to_owned()))
        } else if let Some(number) = table.strip_prefix("2, no. ") {
            let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
            number.split_at(end).0.parse().ok().map(Row::Requirement)
        } else if ["1", "2"].iter().any(|table_no| {
            table
                .strip_prefix(table_no)
                .is_some_and(|behind| !behind.starts_with(|c: char| c.is_ascii_digit()))
        }) {
            None
        } else {
            continue;
        };
        odd |= found.is_none() || rest.starts_with(".md");
        rows.extend(found);
    }
    (rows, odd)
}

impl Citations {
    fn read(&mut self, path: &str, text: &str) {
        let is_python = path.ends_with(".py");
        // The contract's cases are plain functions, which a macro makes a test of for each engine.
        let is_contract = path.contains("/tests/it/contract/");
        // The test that a line belongs to; the rows that wait for the test below them.
        let (mut test, mut waiting) = (None::<String>, Vec::new());
        let (mut is_test, mut in_head) = (is_contract, true);
        for line in text.lines() {
            let bare = line.trim_start();
            if is_python && in_head && (bare.starts_with("import ") || bare.starts_with("from ")) {
                in_head = false;
            }
            is_test |=
                !is_python && bare.starts_with("#[") && (bare.contains("test]") || bare.contains("::test("));
            if let Some(name) = function(bare, is_python) {
                let named =
                    (if is_python { name.starts_with("test_") } else { is_test }).then(|| name.to_owned());
                if named.is_none() && !waiting.is_empty() {
                    self.complaints.push(format!("{path}: {name} cites a row and is no test"));
                }
                for row in waiting.drain(..) {
                    self.of.entry(row).or_default().insert((path.to_owned(), named.clone()));
                }
                // What a helper says is said by no test; it may stand between two.
                (test, is_test, in_head) = (named, is_contract, false);
            }
            let (rows, odd) = cited(line);
            if odd {
                self.complaints.push(format!(
                    "{path}: `{bare}` cites in another form than `security 1, NAME` or `security 2, no. NUMBER`"
                ));
            }
            for row in rows {
                if !is_python && bare.starts_with("///") {
                    waiting.push(row);
                } else if bare.starts_with("//!") || is_python && in_head {
                    self.of.entry(row).or_default().insert((path.to_owned(), None));
                } else if test.is_some() {
                    self.of.entry(row).or_default().insert((path.to_owned(), test.clone()));
                } else {
                    self.complaints.push(format!("{path}: `{bare}` cites a row and belongs to no test"));
                }
            }
        }
    }

    /// Every source of the repository that can hold tests.
    fn of_the_repository() -> Self {
        let mut citations = Self::default();
        let tests = [("crates", "rs"), ("bench", "rs"), ("tests/attacks", "py"), ("tests/clients", "py")];
        for (folder, extension) in tests {
            for path in files(&root().join(folder), extension) {
                let path_told = told(&path);
                if path_told.contains("node_modules") || path_told.ends_with("it/coverage.rs") {
                    continue;
                }
                citations.read(&path_told, &source::text(&path));
            }
        }
        citations
    }

    fn places(&self, row: &Row) -> String {
        let mut by_file: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (file, test) in self.of.get(row).into_iter().flatten() {
            by_file.entry(file).or_default().extend(test.as_deref());
        }
        // The attacks first: they are the widest.
        let mut files: Vec<_> = by_file.into_iter().collect();
        files.sort_by_key(|(file, _)| (!file.starts_with(ATTACKS), *file));
        let told = files.into_iter().map(|(file, tests)| match tests.as_slice() {
            [] => format!("`{file}`"),
            tests => format!("`{file}`: {}", tests.join(", ")),
        });
        told.collect::<Vec<_>>().join("<br>")
    }

    fn is_attacked(&self, row: &Row) -> bool {
        self.of.get(row).into_iter().flatten().any(|(file, _)| file.starts_with(ATTACKS))
    }
}

/// The name of the function that begins on this line.
fn function(bare: &str, is_python: bool) -> Option<&str> {
    let rest = if is_python {
        bare.strip_prefix("def ")?
    } else {
        let bare = match bare.strip_prefix("pub(") {
            Some(scoped) => scoped.split_once(") ")?.1,
            None => bare.strip_prefix("pub ").unwrap_or(bare),
        };
        bare.strip_prefix("async ").unwrap_or(bare).strip_prefix("fn ")?
    };
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    Some(rest.split_at(end).0)
}

/// What is wrong with a document that is named as `PATH#Heading`.
fn complaint_about_document(document: &str) -> Option<String> {
    let (path, heading) = document.split_once('#')?;
    let path = root().join(path);
    if !path.is_file() {
        return Some(format!("{document} is not there"));
    }
    let wanted = |line: &str| line.starts_with('#') && line.trim_start_matches('#').trim() == heading;
    (!source::text(&path).lines().any(wanted)).then(|| format!("{document}: there is no such heading"))
}

fn links(documents: &[String]) -> Vec<String> {
    let link = |document: &String| {
        let (path, heading) = document.split_once('#').unwrap_or((document, ""));
        let kept = |c: char| c.is_alphanumeric() || c == '-' || c == ' ';
        let anchor: String = heading.to_lowercase().chars().filter(|c| kept(*c)).collect();
        let from_docs = path.strip_prefix("docs/").map_or_else(|| format!("../{path}"), str::to_owned);
        format!("[{path}, *{heading}*]({from_docs}#{})", anchor.replace(' ', "-"))
    };
    documents.iter().map(link).collect()
}

/// The last column of a row.
fn shown(citations: &Citations, row: &Row, cannot: Option<&str>, documents: &[String]) -> String {
    let mut parts: Vec<String> =
        cannot.map(|reason| format!("*Cannot apply*: {reason}")).into_iter().collect();
    parts.extend(links(documents));
    parts.extend(Some(citations.places(row)).filter(|places| !places.is_empty()));
    parts.join("<br>")
}

fn page(rows: &Rows, citations: &Citations) -> String {
    let mut page = String::from(HEAD);
    for class in &rows.class {
        let row = Row::Class(class.name.clone());
        let shown = shown(citations, &row, class.cannot.as_deref(), &class.documents);
        let _ = writeln!(page, "| `{}` | {} | {shown} |", class.name, class.what);
    }
    page.push_str(SECOND);
    for requirement in &rows.requirement {
        let row = Row::Requirement(requirement.number);
        let shown = shown(citations, &row, requirement.cannot.as_deref(), &requirement.documents);
        let Requirement { number, what, clauses, .. } = requirement;
        let _ = writeln!(page, "| {number} | {what} | {clauses} | {shown} |");
    }
    page
}

const HEAD: &str = "\
# What is withstood and shown, and where

Two tables: defects that systems of this kind had in the last years, and what the standards ask for; each row with the
tests that show it, the document that says it, or why there is nothing it could apply to. Every row of the first table is
met over the wire in `tests/attacks`, at every door that can meet it.

This page is made from `tests/attacks/rows.toml` and from the comments of the tests, which cite rows as
`security 1, NAME` and `security 2, no. NUMBER`: write it anew with `UPDATE_DOCS=1 cargo test -p server documentation`.
Where the server departs from a requirement is told in [SECURITY.md](../SECURITY.md#known-deviations).

## 1. Defects of others

| Name | What must not work here | Where it is shown |
|---|---|---|
";

const SECOND: &str = "
## 2. What the standards ask for

A: OWASP ASVS 5.0. N: NIST SP 800-63B-4. B: RFC 9700. J: RFC 8725. C: RFC 6265bis. P: OWASP Password Storage Cheat Sheet.

| No. | What the server shows | Clauses | Where it is shown |
|---|---|---|---|
";

/// What is wrong with the list, or with who cites it.
fn complaints(rows: &Rows, citations: &Citations) -> Vec<String> {
    let mut complaints = citations.complaints.clone();
    let mut known = BTreeSet::new();
    for class in &rows.class {
        let row = Row::Class(class.name.clone());
        match (&class.cannot, citations.of.contains_key(&row)) {
            (None, _) if !citations.is_attacked(&row) => {
                complaints.push(format!("{ATTACKS} has no test that cites `security 1, {}`", class.name));
            }
            (Some(_), true) => {
                complaints.push(format!("{} cannot apply, and is cited by a test", class.name));
            }
            _ => {}
        }
        complaints.extend(class.documents.iter().filter_map(|document| complaint_about_document(document)));
        if !known.insert(row) {
            complaints.push(format!("{} is in the list twice", class.name));
        }
    }
    for requirement in &rows.requirement {
        let row = Row::Requirement(requirement.number);
        let Requirement { number, documents, cannot, .. } = requirement;
        if cannot.is_none() && documents.is_empty() && !citations.of.contains_key(&row) {
            complaints.push(format!("nothing shows requirement {number}: cite `security 2, no. {number}`"));
        }
        complaints.extend(documents.iter().filter_map(|document| complaint_about_document(document)));
        if !known.insert(row) {
            complaints.push(format!("requirement {number} is in the list twice"));
        }
    }
    for (row, places) in &citations.of {
        if !known.contains(row) {
            complaints.push(format!("{places:?} cites {row:?}, which is not in {ROWS}"));
        }
    }
    complaints
}

fn rows() -> Rows {
    toml::from_str(&source::text(&root().join(ROWS))).unwrap_or_else(|error| panic!("{ROWS}: {error}"))
}

#[test]
fn every_row_is_shown_and_every_citation_means_a_row() {
    let complaints = complaints(&rows(), &Citations::of_the_repository());
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_documentation_of_the_security_coverage_is_made_from_the_tests() {
    let page = page(&rows(), &Citations::of_the_repository());
    let path = root().join(PAGE);
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, no setting")]
    if std::env::var("UPDATE_DOCS").is_ok() {
        std::fs::write(&path, &page).expect("a page that can be written");
    }
    let written = std::fs::read_to_string(Path::new(&path)).unwrap_or_default();
    assert!(
        written == page,
        "{PAGE} is not what the tests say: run UPDATE_DOCS=1 cargo test -p server documentation"
    );
}

#[test]
fn a_citation_belongs_to_its_test() {
    let mut citations = Citations::default();
    citations.read(
        "a.rs",
        "//! security 1, whole\n/// security 1, above; security 2, no. 7.\n#[test]\nfn one() {\n    // security 1, within\n}\n\
         /// security 1, helper\nfn helper() {}\n",
    );
    citations.read(
        "b.py",
        "\"\"\"security 1, whole\"\"\"\nimport x\ndef test_two(a):\n    \"\"\"security 1, above\"\"\"\n",
    );
    let told = |row: &str| citations.of.get(&Row::Class(row.to_owned())).cloned().unwrap_or_default();
    let place = |file: &str, test: Option<&str>| (file.to_owned(), test.map(str::to_owned));
    assert_eq!(told("whole"), BTreeSet::from([place("a.rs", None), place("b.py", None)]));
    assert_eq!(told("above"), BTreeSet::from([place("a.rs", Some("one")), place("b.py", Some("test_two"))]));
    assert_eq!(told("within"), BTreeSet::from([place("a.rs", Some("one"))]));
    assert_eq!(citations.of.get(&Row::Requirement(7)).map(BTreeSet::len), Some(1));
    assert_eq!(citations.complaints, ["a.rs: helper cites a row and is no test"]);
}

#[test]
fn what_is_not_shown_or_not_there_is_told() {
    let rows: Rows = toml::from_str(
        "class = [{ name = \"a\", what = \"\" }, { name = \"b\", what = \"\", cannot = \"x\" }]\n\
         requirement = [{ number = 1, what = \"\", clauses = \"\" }, { number = 2, what = \"\", clauses = \"\", \
         documents = [\"SECURITY.md#Nowhere\", \"NONE.md#x\"] }]",
    )
    .expect("a list");
    let mut citations = Citations::default();
    citations.read(
        "a.rs",
        "#[test]\nfn one() { security 1, b; security 1, c; security 1 \"d\"; security.md 1, a }",
    );
    let told = complaints(&rows, &citations).join("\n");
    for part in [
        "no test that cites `security 1, a`",
        "b cannot apply, and is cited",
        "nothing shows requirement 1",
        "SECURITY.md#Nowhere: there is no such heading",
        "NONE.md#x is not there",
        "Class(\"c\"), which is not in",
        "cites in another form",
    ] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    assert!(complaint_about_document("SECURITY.md#Known deviations").is_none());
}
