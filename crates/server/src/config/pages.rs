//! `[pages]`

use url::Url;

use super::check::Judge;
use super::raw;

/// The longest name that is shown in a page's head, in characters.
const NAME_CHARS: usize = 60;

/// `[pages]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// What people see at the head of every page: the name of the service or of who runs it; not empty.
    pub name: String,
    /// Whom to tell of weaknesses, as URIs in the order of preference; none: nobody is named.
    pub security_contact: Vec<Url>,
}

impl Judge<'_> {
    pub(super) fn pages(&mut self, raw: &raw::Pages) -> Option<Pages> {
        let name = self.take("pages.name", name(&raw.name));
        let contacts = raw.security_contact.iter().map(|text| contact(text)).collect();
        let security_contact = self.take("pages.security_contact", contacts);
        Some(Pages { name: name?, security_contact: security_contact? })
    }
}

fn name(text: &str) -> Result<String, String> {
    let fits = (1..=NAME_CHARS).contains(&text.chars().count());
    if !fits || text.trim() != text || text.chars().any(char::is_control) {
        return Err(format!("a name of 1 to {NAME_CHARS} characters is wanted, without blanks around it"));
    }
    Ok(text.to_owned())
}

/// RFC 9116, section 2.5.3: a URI, and where it is of the web, one by https.
fn contact(text: &str) -> Result<Url, String> {
    let wanted = || format!("{text:?}: a URI is wanted that begins with mailto:, https:// or tel:");
    let url = Url::parse(text).map_err(|_| wanted())?;
    if matches!(url.scheme(), "mailto" | "https" | "tel") && !url.path().is_empty() {
        Ok(url)
    } else {
        Err(wanted())
    }
}
