//! The templates: built in, and replaced one by one by files of the same name in the operator's folder.
//!
//! They are read once. Where some are the operator's, all are tried with sample messages at the start, so that a slip of the
//! pen is told then, with its file and line, and not when somebody waits for a message. The built-in ones are tried by our
//! tests, and cost nothing before there is a message: each is compiled at its first one.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context as _, bail};
use identity::Timestamp;
use identity::mail::{InvitedTo, Mail, MailKind, MailToken};
use identity::organization::OrganizationId;
use identity::organization::invitations::InvitationLink;
use identity::secret::Secret;
use minijinja::{Environment, UndefinedBehavior, Value};

use super::variables::{Site, variables};

macro_rules! built_in {
    ($($name:literal),+ $(,)?) => { &[$(($name, include_str!(concat!("templates/", $name)))),+] };
}

/// Every template there is: for each kind of message its subject, its text and its HTML, and what these stand in.
const BUILT_IN: &[(&str, &str)] = built_in![
    "layout.txt",
    "layout.html",
    "verify_email.subject.txt",
    "verify_email.txt",
    "verify_email.html",
    "address_taken.subject.txt",
    "address_taken.txt",
    "address_taken.html",
    "restore_password.subject.txt",
    "restore_password.txt",
    "restore_password.html",
    "password_changed.subject.txt",
    "password_changed.txt",
    "password_changed.html",
    "address_changed.subject.txt",
    "address_changed.txt",
    "address_changed.html",
    "confirm_address.subject.txt",
    "confirm_address.txt",
    "confirm_address.html",
    "approve_address.subject.txt",
    "approve_address.txt",
    "approve_address.html",
    "ways_in_changed.subject.txt",
    "ways_in_changed.txt",
    "ways_in_changed.html",
    "invitation.subject.txt",
    "invitation.txt",
    "invitation.html",
];

/// A message's words. They hold its token, so only tests print them.
#[cfg_attr(test, derive(Debug))]
pub(super) struct Words {
    /// One line.
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// The templates in use.
#[derive(Debug)]
pub(super) struct Templates {
    /// The operator's, with their names.
    own: Vec<(String, String)>,
    /// Made when it is first asked.
    environment: OnceLock<Environment<'static>>,
}

impl Templates {
    /// The built-in templates and those of a folder, which are tried together.
    ///
    /// # Errors
    /// One sentence that names the file, its line where there is one, and what is wrong.
    pub(super) fn open(folder: Option<&Path>, site: &Site) -> anyhow::Result<Self> {
        let own = folder.map(read).transpose()?.unwrap_or_default();
        let templates = Self { own, environment: OnceLock::new() };
        if let Some(folder) = folder {
            templates.try_all(site, |error| broken(error, folder, &templates.own))?;
        }
        Ok(templates)
    }

    fn environment(&self) -> &Environment<'static> {
        self.environment.get_or_init(|| {
            let own = self.own.clone();
            let mut environment = Environment::new();
            environment.set_undefined_behavior(UndefinedBehavior::Strict);
            environment.set_loader(move |name| Ok(source(&own, name)));
            environment
        })
    }

    fn try_all(
        &self,
        site: &Site,
        broken: impl Fn(&minijinja::Error) -> anyhow::Error,
    ) -> anyhow::Result<()> {
        for (name, _) in BUILT_IN {
            self.environment().get_template(name).map_err(|error| broken(&error))?;
        }
        for sample in samples() {
            let values = variables(site, &sample).context("a sample lacks its token")?;
            let words = self.render(sample.kind, &values).map_err(|error| broken(&error))?;
            if words.subject.is_empty() {
                bail!("the template {}.subject.txt is empty: a subject is wanted", sample.kind.as_str());
            }
        }
        Ok(())
    }

    /// The words of a message of this kind.
    pub(super) fn render(&self, kind: MailKind, values: &Value) -> Result<Words, minijinja::Error> {
        let render = |part: &str| {
            self.environment().get_template(&format!("{}.{part}", kind.as_str()))?.render(values.clone())
        };
        // A subject is one line, whatever its template says.
        let subject = render("subject.txt")?.replace(char::is_control, " ");
        Ok(Words {
            subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
            text: render("txt")?.trim_end().to_owned() + "\n",
            html: render("html")?,
        })
    }
}

/// The template of this name: the operator's, or else the built-in one.
fn source(own: &[(String, String)], name: &str) -> Option<String> {
    let owned = own.iter().find(|(file, _)| file == name).map(|(_, source)| source.clone());
    owned
        .or_else(|| BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, source)| (*source).to_owned()))
}

/// The files of a folder that are templates, with their names.
fn read(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let unreadable =
        || format!("the folder {} cannot be read: make it readable, or set mail.templates", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !(name.ends_with(".txt") || name.ends_with(".html")) {
            continue;
        }
        if !BUILT_IN.iter().any(|(known, _)| *known == name) {
            let known: Vec<&str> = BUILT_IN.iter().map(|(known, _)| *known).collect();
            bail!(
                "{}: no message uses a template of this name; there are {}",
                path.display(),
                known.join(", ")
            );
        }
        let source = std::fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read: text in UTF-8 is wanted", path.display()))?;
        found.push((name, source));
    }
    Ok(found)
}

/// A sentence on a broken template: where it stands and what is wrong.
fn broken(error: &minijinja::Error, folder: &Path, own: &[(String, String)]) -> anyhow::Error {
    // What went wrong inside of a layout is the cause of what went wrong at its `extends`.
    let mut innermost = error;
    while let Some(inner) = std::error::Error::source(innermost).and_then(|inner| inner.downcast_ref()) {
        innermost = inner;
    }
    let name = innermost.name().unwrap_or("a template");
    let is_own = own.iter().any(|(file, _)| file == name);
    let place = if is_own { folder.join(name).display().to_string() } else { format!("the built-in {name}") };
    let line = innermost.line().map(|line| format!(":{line}")).unwrap_or_default();
    let detail = innermost.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    anyhow::anyhow!("{place}{line}: {}{detail}", innermost.kind())
}

/// Messages of every kind, with and without what may be absent.
fn samples() -> Vec<Mail> {
    let at = Timestamp::from_millis(0);
    let token = || {
        let secret = Secret::presented("sample")?;
        Some(MailToken { secret, expires: at + Duration::from_hours(1) })
    };
    let sample = |kind, name: &str, return_to| Mail {
        kind,
        to: "sample@example.org".to_owned(),
        name: name.to_owned(),
        token: token(),
        return_to,
        invited_to: sample_organization(kind, name),
        at,
    };
    let both =
        |kind| [sample(kind, "Sample", Some("https://app.example/".to_owned())), sample(kind, "", None)];
    MailKind::ALL.into_iter().flat_map(both).collect()
}

fn sample_organization(kind: MailKind, name: &str) -> Option<InvitedTo> {
    let link = InvitationLink {
        app_url: "https://app.example".to_owned(),
        redirect_uri: "https://app.example/".to_owned(),
    };
    // One with a name, and one without: the first leads to an application.
    let link = (!name.is_empty()).then_some(link);
    (kind == MailKind::Invitation).then(|| InvitedTo {
        id: OrganizationId(uuid::Uuid::nil()),
        name: name.to_owned(),
        link,
    })
}

#[cfg(test)]
mod tests;
