//! `vestibule doctor`

use lettre::message::Mailbox;

use super::args::{Doctor, OutputFormat};
use super::failure::Failure;
use super::output;
use crate::config::{ConfigError, Loaded};
use crate::doctor::finding::Level;
use crate::doctor::{self, Options};

/// Whether all is well.
pub(super) async fn run(
    loaded: Result<&Loaded, &ConfigError>,
    arguments: &Doctor,
    format: OutputFormat,
) -> Result<bool, Failure> {
    for name in &arguments.accept {
        let rule = doctor::rules().into_iter().find(|rule| rule.name == name);
        match rule.map(|rule| rule.level) {
            Some(Level::Warning) => {}
            Some(_) => return Err(Failure::Usage(format!("{name} is a fault, and cannot be accepted"))),
            None => return Err(Failure::Usage(format!("{name} is the name of no warning"))),
        }
    }
    let mail_to: Option<Mailbox> = match &arguments.mail_to {
        Some(text) => {
            let to = text.parse().map_err(|_| Failure::Usage("--mail-to wants an e-mail address".to_owned()));
            Some(to?)
        }
        None => None,
    };
    if let Some(roots) = &arguments.roots {
        upstream::tls::client_config(Some(roots))
            .map_err(|wrong| Failure::Usage(format!("--roots: {wrong}")))?;
    }
    let mut report = doctor::examine(loaded, Options { mail_to, roots: arguments.roots.clone() }).await;
    report.accept(&arguments.accept);
    output::tell(format, &report.text(), &report.json())?;
    Ok(report.is_well())
}
