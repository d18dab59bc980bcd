//! One call of a document: what is sent, what comes back, and the line that does it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::super::markdown::{to_html, to_line};
use super::document::{Document, id, text};
use super::sample::examples;
use super::schema::{Row, rows};

/// One call.
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    /// HTML.
    pub(super) description: String,
    /// The ways in which a caller may show who it is; an empty one: not at all.
    pub(super) access: Vec<String>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) bodies: Vec<Media>,
    pub(super) body_is_required: bool,
    /// The call as a line for a shell.
    pub(super) curl: String,
    pub(super) answers: Vec<Answer>,
    /// The header that carries a credential, with what stands before it: `("Authorization", "Bearer ")`.
    pub(super) credential: Option<(String, String)>,
    pub(super) before: Option<(String, String)>,
    pub(super) after: Option<(String, String)>,
}

/// A parameter, or a header of an answer.
pub(super) struct Parameter {
    pub(super) name: String,
    /// `path`, `query`, `header`, `cookie`
    pub(super) place: String,
    pub(super) is_required: bool,
    pub(super) row: Option<Row>,
    /// HTML.
    pub(super) description: String,
    /// What to try it with.
    pub(super) example: String,
}

/// A body in one media type.
pub(super) struct Media {
    pub(super) name: String,
    pub(super) rows: Vec<Row>,
    /// The status of an earlier answer with the same form, which says the rows.
    pub(super) same_as: Option<String>,
    /// A name, which may be empty, and the text.
    pub(super) examples: Vec<(String, String)>,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: String,
    /// HTML.
    pub(super) description: String,
    pub(super) headers: Vec<Parameter>,
    /// The status of an earlier answer with the same headers, which lists them.
    pub(super) headers_same_as: Option<String>,
    pub(super) bodies: Vec<Media>,
}

impl Operation {
    /// The call with this `operationId`, for a server at this origin.
    pub(super) fn find(document: &Document, id: &str, origin: &str) -> Option<Self> {
        let all: Vec<_> = document.operations().collect();
        let index =
            all.iter().position(|(path, method, operation, _)| self::id(path, method, operation) == id)?;
        let (path, method, operation, item) = *all.get(index)?;
        let neighbour = |index: Option<usize>| {
            let (path, method, operation, _) = all.get(index?)?;
            Some((self::id(path, method, operation), format!("{} {path}", method.to_uppercase())))
        };
        let shared = item.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let own = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let parameters = shared.chain(own).map(|value| parameter(document, "", value)).collect();
        let body = document.resolved(operation.get("requestBody").unwrap_or(&Value::Null));
        let mut call = Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(operation, "summary").to_owned(),
            description: to_html(text(operation, "description")),
            access: access(document, operation),
            parameters,
            bodies: medias(document, body),
            body_is_required: body.get("required").and_then(Value::as_bool).unwrap_or_default(),
            curl: String::new(),
            answers: answers(document, operation),
            credential: credential(document, operation),
            before: neighbour(index.checked_sub(1)),
            after: neighbour(index.checked_add(1)),
        };
        call.curl = call.curl(document, operation, origin);
        Some(call)
    }

    fn curl(&self, document: &Document, operation: &Value, origin: &str) -> String {
        let mut path = self.path.clone();
        let mut query = Vec::new();
        let mut words = vec!["curl".to_owned()];
        if self.method != "GET" {
            words.push(format!("-X {}", self.method));
        }
        let mut options = Vec::new();
        for parameter in &self.parameters {
            let encoded = utf8_percent_encode(&parameter.example, NON_ALPHANUMERIC).to_string();
            match parameter.place.as_str() {
                "path" => path = path.replace(&format!("{{{}}}", parameter.name), &encoded),
                "query" if parameter.is_required => query.push(format!("{}={encoded}", parameter.name)),
                "header" if parameter.is_required => {
                    options.push(format!(
                        "-H {}",
                        quoted(&format!("{}: {}", parameter.name, parameter.example))
                    ));
                }
                _ => {}
            }
        }
        options.extend(scheme(document, operation).and_then(option_of_scheme));
        if let Some(body) = self.bodies.first() {
            options.push(format!("-H {}", quoted(&format!("Content-Type: {}", body.name))));
            if let Some((_, example)) = body.examples.first() {
                options.push(format!("--data {}", quoted(example)));
            }
        }
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        words.push(quoted(&format!("{origin}{path}{query}")));
        let mut lines = vec![words.join(" ")];
        lines.extend(options);
        lines.join(" \\\n  ")
    }
}

/// A word that a shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn parameter(document: &Document, name: &str, value: &Value) -> Parameter {
    let value = document.resolved(value);
    let own = text(value, "name");
    let row = value.get("schema").and_then(|schema| rows(document, schema).into_iter().next());
    let example = examples(document, value).into_iter().next().map(|(_, value)| value);
    Parameter {
        name: if own.is_empty() { name.to_owned() } else { own.to_owned() },
        place: text(value, "in").to_owned(),
        is_required: value.get("required").and_then(Value::as_bool).unwrap_or_default(),
        row,
        description: to_html(text(value, "description")),
        example: match example {
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
            None => String::new(),
        },
    }
}

fn medias(document: &Document, holder: &Value) -> Vec<Media> {
    let content = holder.get("content").and_then(Value::as_object).into_iter().flatten();
    content
        .map(|(name, media)| {
            let media = document.resolved(media);
            let examples = examples(document, media).into_iter();
            Media {
                name: name.clone(),
                rows: media.get("schema").map(|schema| rows(document, schema)).unwrap_or_default(),
                same_as: None,
                examples: examples.map(|(title, value)| (title, written(name, &value))).collect(),
            }
        })
        .collect()
}

/// A value as it travels in this media type.
fn written(media: &str, value: &Value) -> String {
    if let (true, Some(fields)) = (media.ends_with("x-www-form-urlencoded"), value.as_object()) {
        let pairs = fields.iter().map(|(name, value)| {
            (name.as_str(), value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned))
        });
        return url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    }
    if let (false, Some(text)) = (media.ends_with("json"), value.as_str()) {
        return text.to_owned();
    }
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn answers(document: &Document, operation: &Value) -> Vec<Answer> {
    let answers = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let mut forms = Vec::new();
    let mut lists = Vec::new();
    answers
        .map(|(status, answer)| {
            let answer = document.resolved(answer);
            let mut bodies = medias(document, answer);
            for body in &mut bodies {
                let schema = answer.pointer(&format!("/content/{}/schema", body.name.replace('/', "~1")));
                body.same_as = earlier(&mut forms, schema.map(|schema| document.resolved(schema)), status);
                if body.same_as.is_some() {
                    body.rows.clear();
                }
            }
            let headers_same_as = earlier(&mut lists, answer.get("headers"), status);
            let listed = answer.get("headers").filter(|_| headers_same_as.is_none());
            let headers = listed.and_then(Value::as_object).into_iter().flatten();
            Answer {
                status: status.clone(),
                description: to_line(text(answer, "description")),
                headers: headers.map(|(name, header)| parameter(document, name, header)).collect(),
                headers_same_as,
                bodies,
            }
        })
        .collect()
}

/// Where the same was said before. Most refusals of a call have one form.
fn earlier<'a>(
    said: &mut Vec<(&'a Value, String)>,
    value: Option<&'a Value>,
    status: &str,
) -> Option<String> {
    let value = value?;
    let found = said.iter().find(|(theirs, _)| *theirs == value).map(|(_, status)| status.clone());
    if found.is_none() {
        said.push((value, status.to_owned()));
    }
    found
}

/// The requirements of a call, or else those of the whole document.
fn requirements<'a>(document: &'a Document, operation: &'a Value) -> impl Iterator<Item = &'a Value> {
    let own = operation.get("security").unwrap_or_else(|| document.at("/security"));
    own.as_array().into_iter().flatten()
}

fn access(document: &Document, operation: &Value) -> Vec<String> {
    requirements(document, operation)
        .map(|way| {
            let names = way.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
            names.collect::<Vec<_>>().join(" + ")
        })
        .collect()
}

/// The first scheme that a call takes.
fn scheme<'a>(document: &'a Document, operation: &'a Value) -> Option<&'a Value> {
    let name = requirements(document, operation).find_map(|way| way.as_object()?.keys().next())?.clone();
    Some(document.resolved(document.at("/components/securitySchemes").get(&name)?))
}

fn option_of_scheme(scheme: &Value) -> Option<String> {
    match (text(scheme, "type"), text(scheme, "scheme"), text(scheme, "in")) {
        ("http", "basic", _) => Some("-u 'id:secret'".to_owned()),
        ("apiKey", _, "cookie") => Some(format!("-b '{}=...'", text(scheme, "name"))),
        _ => {
            let (header, before) = header_of_scheme(scheme)?;
            Some(format!("-H '{header}: {before}...'"))
        }
    }
}

fn header_of_scheme(scheme: &Value) -> Option<(String, String)> {
    match (text(scheme, "type"), text(scheme, "scheme"), text(scheme, "in")) {
        ("http", "bearer", _) => Some(("Authorization".to_owned(), "Bearer ".to_owned())),
        ("apiKey", _, "header") => {
            // The word before the credential stands in the description, as in `Token <token>`.
            let described = text(scheme, "description").split('`').nth(1).unwrap_or_default();
            let before = described.split_once('<').map_or("", |(before, _)| before);
            Some((text(scheme, "name").to_owned(), before.to_owned()))
        }
        _ => None,
    }
}

/// The header that a call's credential travels in. A cookie is the browser's own business.
fn credential(document: &Document, operation: &Value) -> Option<(String, String)> {
    header_of_scheme(scheme(document, operation)?)
}
