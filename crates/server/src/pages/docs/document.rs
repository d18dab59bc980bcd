//! An OpenAPI document as a tree with references, and what its first page lists.

use serde_json::Value;

use super::super::markdown::to_html;

/// How many references are followed one after the other.
const REFERENCES: usize = 16;

/// The methods of a path item, in the order in which they are listed.
const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// A document.
pub(super) struct Document(Value);

/// How callers show who they are.
pub(super) struct Scheme {
    /// Its name in the document.
    pub(super) name: String,
    /// Where the credential stands: `Authorization: Bearer`, `cookie sessionid`.
    pub(super) place: String,
    /// HTML.
    pub(super) description: String,
}

/// The calls with one tag.
pub(super) struct Group {
    pub(super) name: String,
    /// HTML.
    pub(super) description: String,
    pub(super) calls: Vec<Call>,
}

/// One call in a list.
pub(super) struct Call {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
}

impl Document {
    /// The YAML source. The sources are ours and a test reads each of them, so an unreadable one does not ship.
    pub(super) fn read(source: &str) -> Self {
        Self(serde_saphyr::from_str(source).unwrap_or_default())
    }

    /// What a reference leads to; anything else is itself.
    pub(super) fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..REFERENCES {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return value };
            let Some(found) = reference.strip_prefix('#').and_then(|path| self.0.pointer(path)) else {
                return &Value::Null;
            };
            value = found;
        }
        &Value::Null
    }

    /// The value at a JSON pointer.
    pub(super) fn at(&self, pointer: &str) -> &Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The text at a JSON pointer; empty when there is none.
    pub(super) fn text(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or_default().to_owned()
    }

    pub(super) fn schemes(&self) -> Vec<Scheme> {
        let schemes = self.at("/components/securitySchemes").as_object().into_iter().flatten();
        schemes
            .map(|(name, scheme)| {
                let scheme = self.resolved(scheme);
                Scheme {
                    name: name.clone(),
                    place: place(scheme),
                    description: to_html(text(scheme, "description")),
                }
            })
            .collect()
    }

    /// Every path item's operations: path, method, operation, and what all methods of the path share.
    pub(super) fn operations(&self) -> impl Iterator<Item = (&str, &'static str, &Value, &Value)> {
        let paths = self.at("/paths").as_object().into_iter().flatten();
        paths.flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| Some((path.as_str(), *method, item.get(method)?, item)))
        })
    }

    pub(super) fn groups(&self) -> Vec<Group> {
        let declared = self.at("/tags").as_array().into_iter().flatten();
        let mut groups: Vec<Group> = declared
            .map(|tag| Group {
                name: text(tag, "name").to_owned(),
                description: to_html(text(tag, "description")),
                calls: Vec::new(),
            })
            .collect();
        for (path, method, operation, _) in self.operations() {
            let tag = operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or_default();
            let call = Call {
                id: id(path, method, operation),
                method: method.to_uppercase(),
                path: path.to_owned(),
                summary: text(operation, "summary").to_owned(),
            };
            match groups.iter_mut().find(|group| group.name == tag) {
                Some(group) => group.calls.push(call),
                None => {
                    groups.push(Group {
                        name: tag.to_owned(),
                        description: String::new(),
                        calls: vec![call],
                    });
                }
            }
        }
        groups.retain(|group| !group.calls.is_empty());
        groups
    }
}

/// What a call's page is called: its `operationId`, or else what its method and path make.
pub(super) fn id(path: &str, method: &str, operation: &Value) -> String {
    match text(operation, "operationId") {
        "" => format!("{method}{}", path.replace(|sign: char| !sign.is_ascii_alphanumeric(), "-")),
        id => id.to_owned(),
    }
}

/// A field's text; empty when there is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn place(scheme: &Value) -> String {
    match (text(scheme, "type"), text(scheme, "scheme"), text(scheme, "in")) {
        ("http", "bearer", _) => "Authorization: Bearer".to_owned(),
        ("http", "basic", _) => "Authorization: Basic".to_owned(),
        ("apiKey", _, "cookie") => format!("Cookie: {}", text(scheme, "name")),
        ("apiKey", _, "header") => format!("{}:", text(scheme, "name")),
        ("apiKey", _, "query") => format!("?{}=", text(scheme, "name")),
        (kind, _, _) => kind.to_owned(),
    }
}
