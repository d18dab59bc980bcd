//! Where values stand in a request, and how they are found there.

use axum::http::HeaderMap;
use web::form::{self, NotText, Pairs};

use super::reader::Reader;
use super::value::Value;

/// A part of a request; the words are those of an error's `context`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::probe) enum Place {
    Path,
    Query,
    Header,
    FormData,
    Body,
}

impl Place {
    pub(in crate::probe) fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::FormData => "formData",
            Self::Body => "body",
        }
    }
}

/// What is wrong with one part of a request.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::probe) struct Violations {
    pub(in crate::probe) place: Place,
    pub(in crate::probe) texts: Vec<String>,
    /// The address that nobody is led to, where that is what is wrong.
    pub(in crate::probe) return_url: Option<String>,
}

impl Violations {
    pub(in crate::probe) fn one(place: Place, text: impl Into<String>) -> Self {
        Self { place, texts: vec![text.into()], return_url: None }
    }
}

/// What was sent is not of the type that it is said to be.
pub(in crate::probe) struct Unreadable;

enum Content {
    Json(Value),
    /// Texts, which are taken for what is wanted.
    Pairs(Pairs),
}

/// The values of one part of a request.
pub(in crate::probe) struct Fields {
    place: Place,
    content: Content,
}

/// One value.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    Json(&'a Value),
    Typed(&'a str),
}

impl From<NotText> for Unreadable {
    fn from(NotText: NotText) -> Self {
        Self
    }
}

impl Fields {
    /// No bytes are an object without members.
    pub(in crate::probe) fn json(body: &[u8]) -> Result<Self, Unreadable> {
        let value = match body {
            [] => Value::Object(Vec::new()),
            body => serde_json::from_slice(body).map_err(|_| Unreadable)?,
        };
        Ok(Self { place: Place::Body, content: Content::Json(value) })
    }

    pub(in crate::probe) fn form(body: &[u8]) -> Result<Self, Unreadable> {
        Ok(Self { place: Place::FormData, content: Content::Pairs(form::pairs(body)?) })
    }

    pub(in crate::probe) fn query(query: Option<&str>) -> Result<Self, Unreadable> {
        let pairs = form::pairs(query.unwrap_or_default().as_bytes())?;
        Ok(Self { place: Place::Query, content: Content::Pairs(pairs) })
    }

    /// The one header with this name.
    pub(in crate::probe) fn header(headers: &HeaderMap, name: &str) -> Result<Self, Unreadable> {
        let value = headers.get(name).map(|value| value.to_str()).transpose().map_err(|_| Unreadable)?;
        let pairs = value.map(|value| (name.to_owned(), value.to_owned().into()));
        Ok(Self { place: Place::Header, content: Content::Pairs(pairs.into_iter().collect()) })
    }

    /// The one parameter of a path.
    pub(in crate::probe) fn path(name: &str, value: String) -> Self {
        Self { place: Place::Path, content: Content::Pairs(vec![(name.to_owned(), value.into())]) }
    }

    pub(in crate::probe) fn place(&self) -> Place {
        self.place
    }

    /// Every text that was sent as a pair of this name.
    pub(in crate::probe) fn sent<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let pairs = match &self.content {
            Content::Json(_) => &[],
            Content::Pairs(pairs) => pairs.as_slice(),
        };
        pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is anything of this name.
    pub(in crate::probe) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Reads values: the outcome counts only when nothing is wrong.
    pub(in crate::probe) fn read<'a, T>(
        &'a self,
        read: impl FnOnce(&mut Reader<'a>) -> Option<T>,
    ) -> Result<T, Violations> {
        if let Content::Json(value) = &self.content
            && let Err(found) = value.members()
        {
            let text = format!("#: expected object, but got {found}");
            return Err(Violations::one(self.place, text));
        }
        let mut reader = Reader::new(self);
        let outcome = read(&mut reader);
        let (texts, return_url) = reader.into_violations();
        outcome.filter(|_| texts.is_empty()).ok_or(Violations { place: self.place, texts, return_url })
    }

    /// The value at a path such as `ret-url` or `oauth-provider-token/provider`. In pairs a name inside another is
    /// spelled `a[b]` or `a.b` (contracts 8.10), and the first of several counts, as in Go.
    pub(super) fn find(&self, path: &str) -> Option<Found<'_>> {
        match &self.content {
            Content::Json(value) => {
                path.split('/').try_fold(value, |value, name| value.member(name)).map(Found::Json)
            }
            Content::Pairs(pairs) => {
                let found = pairs.iter().find(|(name, _)| is_at(name, path));
                found.map(|(_, value)| Found::Typed(value))
            }
        }
    }

    /// The values of a list: a JSON array's, or those of every pair of this name. `Err` is another type's name.
    pub(super) fn list(&self, name: &str) -> Option<Result<Vec<Found<'_>>, &'static str>> {
        match &self.content {
            Content::Json(value) => {
                Some(value.member(name)?.items().map(|items| items.iter().map(Found::Json).collect()))
            }
            Content::Pairs(pairs) => {
                let of_it = |key: &str| key == name || key.strip_suffix("[]") == Some(name);
                let values: Vec<_> = pairs
                    .iter()
                    .filter(|(key, _)| of_it(key))
                    .map(|(_, value)| Found::Typed(value))
                    .collect();
                (!values.is_empty()).then_some(Ok(values))
            }
        }
    }

    /// The members of an object: a JSON object's, or the texts of the pairs inside this name. `Err` is another type's
    /// name.
    pub(super) fn object(
        &self,
        name: &str,
    ) -> Option<Result<serde_json::Map<String, serde_json::Value>, &'static str>> {
        match &self.content {
            Content::Json(value) => Some(value.member(name)?.members().map(|members| {
                members.iter().map(|(name, value)| (name.clone(), value.to_json())).collect()
            })),
            Content::Pairs(pairs) => {
                let members: serde_json::Map<_, _> = pairs
                    .iter()
                    .filter_map(|(key, value)| Some((inner(key, name)?.to_owned(), value.as_str().into())))
                    .collect();
                (!members.is_empty()).then_some(Ok(members))
            }
        }
    }

    /// Whether there is an object of this name, or a pair inside it. `Err` is another type's name.
    pub(super) fn has_object(&self, name: &str) -> Result<bool, &'static str> {
        match &self.content {
            Content::Json(value) => value.member(name).map_or(Ok(false), |it| it.members().map(|_| true)),
            Content::Pairs(pairs) => Ok(pairs.iter().any(|(key, _)| inner(key, name).is_some())),
        }
    }
}

/// The name inside another one: `b` of `a[b]` and of `a.b`.
fn inner<'a>(key: &'a str, outer: &str) -> Option<&'a str> {
    let rest = key.strip_prefix(outer)?;
    let bracketed = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    bracketed.or_else(|| rest.strip_prefix('.'))
}

fn is_at(name: &str, path: &str) -> bool {
    path.split_once('/').map_or(name == path, |(outer, wanted)| inner(name, outer) == Some(wanted))
}
