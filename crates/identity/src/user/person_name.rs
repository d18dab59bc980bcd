//! What to call a person: one name as a whole, or a given and a family name, whichever a door was told.

/// A person's name. Told in two parts it keeps them; told as a whole it is split at the last blank where two parts are
/// asked for.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonName {
    whole: String,
    parts: Option<(String, String)>,
}

impl PersonName {
    /// A name told as a whole; may be empty.
    pub fn whole(name: impl Into<String>) -> Self {
        Self { whole: name.into(), parts: None }
    }

    /// A name told as given and family name; either may be empty.
    pub fn parts(given: &str, family: &str) -> Self {
        let whole = format!("{given} {family}").trim().to_owned();
        Self { whole, parts: Some((given.to_owned(), family.to_owned())) }
    }

    /// As the store recorded it.
    pub fn recorded(whole: String, given: Option<String>, family: Option<String>) -> Self {
        Self { whole, parts: given.zip(family) }
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    /// The given name.
    pub fn given(&self) -> &str {
        self.split().0
    }

    /// The family name.
    pub fn family(&self) -> &str {
        self.split().1
    }

    /// The two parts, if the name was told in parts.
    pub fn told_parts(&self) -> Option<(&str, &str)> {
        self.parts.as_ref().map(|(given, family)| (given.as_str(), family.as_str()))
    }

    fn split(&self) -> (&str, &str) {
        self.told_parts().unwrap_or_else(|| {
            let (given, family) = self.whole.rsplit_once(' ').unwrap_or((&self.whole, ""));
            (given.trim_end(), family)
        })
    }
}

/// Not the name.
impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_told_in_parts_keeps_them() {
        let name = PersonName::parts("Ann Mary", "van der Berg");
        assert_eq!(
            (name.as_str(), name.given(), name.family()),
            ("Ann Mary van der Berg", "Ann Mary", "van der Berg")
        );
        let only = PersonName::parts("", "Berg");
        assert_eq!((only.as_str(), only.given(), only.family()), ("Berg", "", "Berg"));
    }

    #[test]
    fn a_name_told_as_a_whole_is_split_at_the_last_blank() {
        let name = PersonName::whole("Ann Mary Lee");
        assert_eq!((name.given(), name.family()), ("Ann Mary", "Lee"));
        assert_eq!(PersonName::whole("Ann").family(), "");
    }
}
