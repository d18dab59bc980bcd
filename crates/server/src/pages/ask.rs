//! A page that asks for something: a sentence, perhaps what is to be known first, and a form.

use askama::Template;

use super::parts::{Form, Notice};
use super::shell::Shell;

#[derive(Template)]
#[template(path = "ask.html")]
pub(super) struct Ask {
    shell: Shell,
    text: String,
    form: Form,
    notice: Option<Notice>,
}

impl Ask {
    pub(super) fn new(shell: Shell, text: String, form: Form) -> Self {
        Self { shell, text, form, notice: None }
    }

    /// ... with what is to be known first, if anything is.
    #[must_use]
    pub(super) fn noting(self, notice: Option<Notice>) -> Self {
        Self { notice, ..self }
    }
}
