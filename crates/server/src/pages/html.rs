//! How a page is written: a title, a sentence, perhaps a form, perhaps a way on. Everything that came from outside is
//! escaped here.

use std::fmt;

use super::Fields;

/// Nothing is loaded, forms go to this server only, nobody frames the page.
pub(super) const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A page.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    pub(super) form: Option<Form<'a>>,
    /// An address that the configuration allows.
    pub(super) leads_on: Option<&'a str>,
}

/// A form that sends the token back.
pub(super) struct Form<'a> {
    pub(super) fields: &'a Fields,
    pub(super) button: &'a str,
    /// The shortest password, in characters, when one is asked for.
    pub(super) asks_for_password: Option<usize>,
}

impl<'a> Page<'a> {
    pub(super) fn told(title: &'a str, text: &'a str) -> Self {
        Self { title, text, form: None, leads_on: None }
    }
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, text) = (Escaped(self.title), Escaped(self.text));
        writeln!(f, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
        writeln!(f, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
        writeln!(f, "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n</head>")?;
        writeln!(f, "<body>\n<main>\n<h1>{title}</h1>\n<p>{text}</p>")?;
        if let Some(form) = &self.form {
            form.fmt(f)?;
        }
        if let Some(url) = self.leads_on {
            writeln!(f, "<p><a href=\"{}\" rel=\"noreferrer\">Continue</a></p>", Escaped(url))?;
        }
        writeln!(f, "</main>\n</body>\n</html>")
    }
}

impl fmt::Display for Form<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "<form method=\"post\">")?;
        let hidden = |f: &mut fmt::Formatter<'_>, name: &str, value: &str| {
            writeln!(f, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", Escaped(value))
        };
        hidden(f, "token", &self.fields.token)?;
        if let Some(url) = &self.fields.return_to {
            hidden(f, "return_to", url)?;
        }
        if let Some(least) = self.asks_for_password {
            writeln!(
                f,
                "<p><label>New password, at least {least} characters<br>\n\
                 <input type=\"password\" name=\"password\" required minlength=\"{least}\" \
                 autocomplete=\"new-password\"></label></p>"
            )?;
        }
        writeln!(f, "<p><button>{}</button></p>\n</form>", Escaped(self.button))
    }
}

/// A text as HTML shows it, in an element as in a quoted attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            other => write!(f, "{other}"),
        })
    }
}
