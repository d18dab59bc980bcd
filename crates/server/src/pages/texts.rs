//! What pages say: the catalogues in `locales`, one folder a language, in Fluent's syntax. They are built in.
//!
//! A text is named in the code and in the templates by `say` and `with` and a literal key; the tests go by that. Arguments
//! are set apart from the text around them, as Unicode wants for names that are written the other way.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::Loader as _;
use fluent_templates::fluent_bundle::FluentValue;

use super::language::Language;

fluent_templates::static_loader! {
    static CATALOGUES = {
        locales: "src/pages/locales",
        fallback_language: "en",
    };
}

/// The catalogue of one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts {
    /// Which.
    pub(crate) language: Language,
}

impl Texts {
    /// The text with this key, which takes no argument.
    pub(crate) fn say(self, key: &str) -> String {
        CATALOGUES.try_lookup(&self.language.id(), key).unwrap_or_else(|| key.to_owned())
    }

    /// The text with this key and its one argument.
    pub(crate) fn with(self, key: &str, name: &'static str, value: impl Argument) -> String {
        self.with_all(key, [(name, &value)])
    }

    /// The text with this key and its arguments.
    pub(crate) fn with_all<const N: usize>(
        self,
        key: &str,
        arguments: [(&'static str, &dyn Argument); N],
    ) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            arguments.into_iter().map(|(name, value)| (Cow::Borrowed(name), value.value())).collect();
        CATALOGUES
            .try_lookup_with_args(&self.language.id(), key, &arguments)
            .unwrap_or_else(|| key.to_owned())
    }
}

/// What stands in a text in the place of an argument. A number may decide which sentence it is.
pub(crate) trait Argument {
    /// It, for Fluent.
    fn value(&self) -> FluentValue<'_>;
}

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl Argument for usize {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(*self)
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

#[cfg(test)]
mod tests;
