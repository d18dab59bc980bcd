//! Lists and facts: what a person has, one row each, and what can be done about it.

use askama::Template;

use super::{Button, Form};

/// A list: rows side by side on a desk, cards one below the other on a phone.
#[derive(Template)]
#[template(path = "parts/listing.html")]
pub(in crate::pages) struct Listing {
    pub(in crate::pages) rows: Vec<Row>,
    /// What is said when there is none.
    pub(in crate::pages) empty: String,
    /// What the buttons of the rows send, around all of them: where to and its hidden values. One token for many rows.
    pub(in crate::pages) form: Option<Form>,
}

/// One thing in a list.
pub(in crate::pages) struct Row {
    pub(in crate::pages) title: String,
    pub(in crate::pages) badges: Vec<Badge>,
    pub(in crate::pages) facts: Facts,
    /// What can be done about it, in the list's form: its value says which row it is.
    pub(in crate::pages) button: Option<Button>,
}

/// A word that marks a thing: "this one".
#[derive(Template)]
#[template(path = "parts/badge.html")]
pub(in crate::pages) struct Badge {
    pub(in crate::pages) text: String,
    /// Whether it is the one that counts here.
    pub(in crate::pages) stands_out: bool,
}

/// Names and values.
#[derive(Template, Default)]
#[template(path = "parts/facts.html")]
pub(in crate::pages) struct Facts(Vec<Fact>);

/// One of them.
#[derive(Default)]
pub(in crate::pages) struct Fact {
    pub(in crate::pages) name: String,
    pub(in crate::pages) value: String,
    /// The value for programs, where it is a time (HTML, section 4.5.14).
    pub(in crate::pages) datetime: Option<String>,
    pub(in crate::pages) badge: Option<Badge>,
}

impl Facts {
    /// ... and a value under this name.
    #[must_use]
    pub(in crate::pages) fn and(self, name: String, value: impl Into<String>) -> Self {
        self.and_fact(Fact { name, value: value.into(), ..Fact::default() })
    }

    /// ... and a fact.
    #[must_use]
    pub(in crate::pages) fn and_fact(mut self, fact: Fact) -> Self {
        self.0.push(fact);
        self
    }
}
