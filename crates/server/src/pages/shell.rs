//! What stands around every page: head, navigation, languages, foot. `templates/base.html` lays it out.

use super::assets::Asset;
use super::language::{Language, PARAMETER};
use super::texts::Texts;
use super::{Pages, assets};

/// The frame of one page.
pub(crate) struct Shell {
    /// What the page says.
    pub(super) t: Texts,
    /// What the page is about; its main heading as well.
    pub(super) title: String,
    /// `[pages] name`
    pub(super) service: String,
    /// The address of this page for another language; none where it cannot simply be opened again.
    pub(super) here: Option<String>,
    /// The path of its one script.
    pub(super) script: Option<&'static str>,
    /// Whether it has more than a card's width.
    pub(super) is_wide: bool,
    /// Whether somebody is known to be signed in; a page that is nobody's does not ask.
    pub(super) is_of_somebody: bool,
    /// Whether people can sign in here.
    pub(super) has_pages_of_people: bool,
}

impl Shell {
    pub(super) fn new(pages: &Pages, t: Texts, title: String, here: Option<String>) -> Self {
        Self {
            t,
            title,
            service: pages.0.name.clone(),
            here,
            script: None,
            is_wide: false,
            is_of_somebody: false,
            has_pages_of_people: pages.native().is_some(),
        }
    }

    /// The frame of a page that is gone when its address is opened again, or whose address holds a secret.
    #[must_use]
    pub(super) fn only_here(self) -> Self {
        Self { here: None, ..self }
    }

    /// The frame of a page that is read rather than filled in.
    #[must_use]
    pub(super) fn wide(self) -> Self {
        Self { is_wide: true, ..self }
    }

    /// The frame of a page of somebody who is signed in.
    #[must_use]
    pub(super) fn of_somebody(self) -> Self {
        Self { is_of_somebody: true, ..self }
    }

    /// The frame of a page with a script, which its policy must allow.
    #[must_use]
    pub(super) fn scripted(self, script: &'static Asset) -> Self {
        Self { script: Some(&script.path), ..self }
    }

    /// What the browser's window and its history say. Not every desktop knows the signs that set arguments apart.
    pub(super) fn full_title(&self) -> String {
        let title = self.t.with_all("page-title", [("title", &self.title), ("service", &self.service)]);
        title.replace(['\u{2068}', '\u{2069}'], "")
    }

    pub(super) fn language(&self) -> Language {
        self.t.language
    }

    /// The other languages, with the address of this page in each.
    pub(super) fn languages(&self) -> Vec<(Language, String)> {
        let Some(here) = &self.here else { return Vec::new() };
        let others = Language::ALL.into_iter().filter(|language| *language != self.t.language);
        others.map(|language| (language, format!("{here}?{PARAMETER}={}", language.tag()))).collect()
    }

    pub(super) fn style(&self) -> &'static str {
        &assets::STYLE.path
    }

    pub(super) fn icons(&self) -> &'static str {
        &assets::ICONS.path
    }

    pub(super) fn mark(&self) -> &'static str {
        &assets::MARK.path
    }

    /// Where people sign in; not told to who has.
    pub(super) fn sign_in(&self) -> Option<&'static str> {
        (self.has_pages_of_people && !self.is_of_somebody).then_some(super::login::PATH)
    }

    /// Where somebody who is signed in signs out.
    pub(super) fn sign_out(&self) -> Option<&'static str> {
        self.is_of_somebody.then_some(super::logout::PATH)
    }

    /// A person's own page.
    pub(super) fn account(&self) -> Option<&'static str> {
        self.is_of_somebody.then_some(super::account::PATH)
    }
}
