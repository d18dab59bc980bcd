//! Lists and facts: what a person has, one row each, and what can be done about it.

use askama::Template;

use super::Form;

/// A list: rows side by side on a desk, cards one below the other on a phone.
#[derive(Template)]
#[template(path = "parts/listing.html")]
pub(in crate::pages) struct Listing {
    pub(in crate::pages) rows: Vec<Row>,
    /// What is said when there is none.
    pub(in crate::pages) empty: String,
}

/// One thing in a list.
pub(in crate::pages) struct Row {
    pub(in crate::pages) title: String,
    pub(in crate::pages) badges: Vec<Badge>,
    pub(in crate::pages) facts: Facts,
    /// What can be done about it: a form that is nothing but a button.
    pub(in crate::pages) action: Option<Form>,
}

/// A word that marks a thing: "this one".
pub(in crate::pages) struct Badge {
    pub(in crate::pages) text: String,
    /// Whether it is the one that counts here.
    pub(in crate::pages) stands_out: bool,
}

/// Names and values.
#[derive(Template, Default)]
#[template(path = "parts/facts.html")]
pub(in crate::pages) struct Facts(pub(in crate::pages) Vec<(String, String)>);
