//! What pages are made of, each a value that knows its HTML: forms, notices, lists, facts, secrets shown once.
//!
//! A template shows one with `|safe`: what came from outside has been escaped within. Labels and texts are handed in, in the
//! page's language.

use askama::Template;

pub(super) mod list;

use super::assets;

/// A sentence that is set apart.
#[derive(Template)]
#[template(path = "parts/notice.html")]
pub(super) struct Notice {
    pub(super) tone: Tone,
    pub(super) text: String,
}

/// How a notice is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Something to know beforehand.
    Info,
    /// It is done.
    Success,
    /// It is not.
    Error,
}

impl Tone {
    fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Error => "error",
        }
    }

    /// What is wrong is told at once; the rest when nothing else is being said.
    fn role(self) -> &'static str {
        match self {
            Self::Info | Self::Success => "status",
            Self::Error => "alert",
        }
    }
}

impl Notice {
    fn icons(&self) -> &'static str {
        &assets::ICONS.path
    }
}

/// A form. It is sent by POST, to the address of its page unless it says another.
#[derive(Template, Default)]
#[template(path = "parts/form.html")]
pub(super) struct Form {
    action: Option<String>,
    hidden: Vec<(&'static str, String)>,
    fields: Vec<Field>,
    buttons: Vec<Button>,
    /// What stands above the errors of its fields: "Please look at this again."
    complaint: String,
}

impl Form {
    /// A form that is sent to this path.
    pub(super) fn to(path: &str) -> Self {
        Self { action: Some(path.to_owned()), ..Self::default() }
    }

    /// ... with a value that is sent back.
    #[must_use]
    pub(super) fn hidden(mut self, name: &'static str, value: String) -> Self {
        self.hidden.push((name, value));
        self
    }

    /// ... with a field.
    #[must_use]
    pub(super) fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// ... with a button.
    #[must_use]
    pub(super) fn button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }

    /// ... whose errors, if its fields have any, are announced by this sentence.
    #[must_use]
    pub(super) fn complaint(mut self, text: String) -> Self {
        self.complaint = text;
        self
    }

    fn errors(&self) -> Vec<(&'static str, &str)> {
        self.fields.iter().filter_map(|field| Some((field.name, field.error.as_deref()?))).collect()
    }

    fn icons(&self) -> &'static str {
        &assets::ICONS.path
    }
}

/// One line that is filled in, with its label.
#[derive(Default)]
pub(super) struct Field {
    /// Its name in the form, and its id on the page.
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) kind: FieldKind,
    /// What stands in it already; never of a password.
    pub(super) value: String,
    /// What it is to browsers and password managers (HTML, section 4.10.18.7): `username`, `new-password`.
    pub(super) autocomplete: &'static str,
    /// A sentence below the label.
    pub(super) hint: Option<String>,
    /// What is wrong with it.
    pub(super) error: Option<String>,
    /// The shortest value, in characters.
    pub(super) least: Option<usize>,
    /// The longest value, in characters.
    pub(super) most: Option<usize>,
    pub(super) is_optional: bool,
    /// What is chosen from, where that is the kind: values and labels. The one that is chosen already is `value`.
    pub(super) options: Vec<(String, String)>,
}

/// What is typed into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum FieldKind {
    #[default]
    Text,
    Email,
    Password,
    /// Digits, such as a code out of an application.
    Code,
    /// A box to be ticked.
    Choice {
        is_on: bool,
    },
    /// One of several.
    Select,
}

impl Field {
    fn kind(&self) -> &'static str {
        match self.kind {
            FieldKind::Text | FieldKind::Code => "text",
            FieldKind::Email => "email",
            FieldKind::Password => "password",
            FieldKind::Choice { .. } => "checkbox",
            // An element of its own, which has no such attribute.
            FieldKind::Select => "",
        }
    }

    /// Whether it is a box to be ticked, and whether it is.
    fn choice(&self) -> Option<bool> {
        if let FieldKind::Choice { is_on } = self.kind { Some(is_on) } else { None }
    }

    fn is_select(&self) -> bool {
        self.kind == FieldKind::Select
    }

    fn is_code(&self) -> bool {
        self.kind == FieldKind::Code
    }

    /// Names and addresses are no prose.
    fn is_exact(&self) -> bool {
        self.kind != FieldKind::Password
    }

    /// The ids of what belongs to it.
    fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        [error, hint].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// A button of a form.
#[derive(Template)]
#[template(path = "parts/button.html")]
pub(super) struct Button {
    pub(super) label: String,
    /// What it does to what, where several on a page have one label; it begins with the label (WCAG 2.2, 2.5.3).
    pub(super) in_full: Option<String>,
    pub(super) style: ButtonStyle,
    /// What is sent when this one of several is pressed.
    pub(super) value: Option<(&'static str, String)>,
}

/// What a button is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ButtonStyle {
    /// What the page is for.
    Primary,
    /// Another way.
    Secondary,
    /// What ends or deletes something.
    Danger,
    /// A provider to sign in with.
    Provider,
}

impl Button {
    /// The button that a page is for.
    pub(super) fn primary(label: String) -> Self {
        Self { label, in_full: None, style: ButtonStyle::Primary, value: None }
    }

    /// A button that ends or deletes something.
    pub(super) fn danger(label: String) -> Self {
        Self { label, in_full: None, style: ButtonStyle::Danger, value: None }
    }

    fn class(&self) -> &'static str {
        match self.style {
            ButtonStyle::Primary => "button",
            ButtonStyle::Secondary => "button quiet",
            ButtonStyle::Danger => "button danger",
            ButtonStyle::Provider => "button provider",
        }
    }

    fn icon(&self) -> Option<&'static str> {
        (self.style == ButtonStyle::Provider).then_some("key")
    }

    fn icons(&self) -> &'static str {
        &assets::ICONS.path
    }
}

/// A secret that is shown this once, to be copied.
#[derive(Template)]
#[template(path = "parts/secret.html")]
pub(super) struct SecretOnce {
    pub(super) label: String,
    pub(super) value: zeroize::Zeroizing<String>,
    /// That it will not be shown again.
    pub(super) warning: String,
}

/// The page in between that leads to another site. A redirect in answer to a form is held to `form-action`, and so is
/// every further one of the other sites; this is a new way instead.
#[derive(Template)]
#[template(path = "leaving.html")]
pub(super) struct Leaving {
    pub(super) shell: super::shell::Shell,
    /// Who is there.
    pub(super) name: String,
    /// The address, which the core or the configuration has approved.
    pub(super) url: String,
}

#[cfg(test)]
mod tests;
