//! The explorer over every document of this build: each call has a page, and a page is small and complete.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{Document, id};
use super::operation::Operation;
use super::schema::rows;
use super::*;
use crate::mount::DIALECTS;
use crate::pages::language::Language;
use crate::pages::texts::Texts;

const ORIGIN: &str = "https://login.example";
/// What a page may weigh, less the style sheet, the icons and the script.
const PAGE_BYTES: usize = 60_000 - 22_000;

fn shell(title: &str) -> Shell {
    Shell {
        t: Texts { language: Language::German },
        title: title.to_owned(),
        service: "Vestibule".to_owned(),
        here: Some("/docs/x/y".to_owned()),
        script: Some("/assets/explorer.js"),
        is_wide: true,
        is_of_somebody: false,
        has_pages_of_people: true,
    }
}

#[test]
fn every_call_of_every_document_has_a_page_that_is_small() {
    for entry in DIALECTS {
        let dialect = entry.dialect;
        let document = Document::read(dialect.document);
        let ids: Vec<String> =
            document.operations().map(|(path, method, operation, _)| id(path, method, operation)).collect();
        let distinct: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{}: two calls with one id", dialect.name);
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')));
        let listed: usize = document.groups().iter().map(|group| group.calls.len()).sum();
        assert_eq!(listed, ids.len(), "{}: every call stands in one group", dialect.name);
        for id in &ids {
            let operation = Operation::find(&document, id, ORIGIN).expect("the call");
            assert!(!operation.answers.is_empty(), "{id} has no answer");
            assert!(operation.curl.contains(ORIGIN), "{}", operation.curl);
            let page = OperationPage { shell: shell(id), name: dialect.name, operation };
            let html = page.render().expect("HTML");
            assert!(html.len() < PAGE_BYTES, "{}/{id}: {} bytes", dialect.name, html.len());
        }
        let page = DialectPage {
            shell: shell(dialect.name),
            name: dialect.name,
            summary: document.text("/info/summary"),
            description: to_html(&document.text("/info/description")),
            schemes: document.schemes(),
            groups: document.groups(),
        };
        let html = page.render().expect("HTML");
        assert!(html.len() < PAGE_BYTES, "{}: {} bytes", dialect.name, html.len());
    }
}

#[test]
fn the_line_for_a_shell_is_the_call() {
    let knox = DIALECTS.iter().find(|entry| entry.dialect.name == "knox").expect("knox").dialect;
    let document = Document::read(knox.document);
    let login = Operation::find(&document, "login", ORIGIN).expect("login");
    insta::assert_snapshot!(login.curl, @r#"
    curl -X POST 'https://login.example/auth/login/' \
      -H 'Authorization: Token ...' \
      -H 'Content-Type: application/json' \
      --data '{
      "username": "john",
      "password": "password"
    }'
    "#);
    assert_eq!(login.credential, Some(("Authorization".to_owned(), "Token ".to_owned())));
    assert_eq!(login.after.map(|(id, _)| id), Some("logout".to_owned()));
    assert!(login.before.is_none() && Operation::find(&document, "nothing", ORIGIN).is_none());
}

fn document(value: &Value) -> Document {
    Document::read(&value.to_string())
}

#[test]
fn a_schema_that_contains_itself_comes_to_an_end() {
    let tree = json!({"type": "object", "required": ["next"], "properties": {
        "next": {"$ref": "#/components/schemas/Tree"},
        "all": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
    }});
    let document = document(&json!({"components": {"schemas": {
        "Tree": tree, "Loop": {"$ref": "#/components/schemas/Loop"},
    }}}));
    let rows = rows(&document, &json!({"$ref": "#/components/schemas/Tree"}));
    assert!(rows.iter().all(|row| row.depth <= 7));
    let first: Vec<_> = rows.iter().filter(|row| row.depth == 0).collect();
    assert_eq!(first.len(), 2);
    assert_eq!(
        (first[0].name.as_str(), first[0].kind.as_str(), first[0].is_required),
        ("next", "object", true)
    );
    assert_eq!((first[1].kind.as_str(), first[1].is_required), ("array of object", false));
    assert!(document.resolved(&json!({"$ref": "#/components/schemas/Loop"})).is_null());
    assert!(document.resolved(&json!({"$ref": "elsewhere.json"})).is_null());
}

#[test]
fn a_value_is_quoted_for_the_shell_and_escaped_for_the_address() {
    let document = document(&json!({"paths": {"/a/{id}": {"post": {
        "operationId": "a",
        "parameters": [
            {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "const": "x y/'z"}},
            {"name": "q", "in": "query", "required": true, "schema": {"type": "string", "const": "1&2"}},
            {"name": "X-A", "in": "header", "required": true, "schema": {"type": "string", "const": "it's"}},
        ],
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"example": {"a": "b c", "n": 1}}}},
        "responses": {"204": {"description": "Done."}},
    }}}}));
    let call = Operation::find(&document, "a", ORIGIN).expect("the call");
    assert_eq!(
        call.curl,
        "curl -X POST 'https://login.example/a/x%20y%2F%27z?q=1%262' \\\n  -H 'X-A: it'\\''s' \\\n  \
         -H 'Content-Type: application/x-www-form-urlencoded' \\\n  --data 'a=b+c&n=1'"
    );
}
