//! Messages: their words and how they leave. What is to be told, and when, is the core's.
//!
//! The map: `variables.rs` what a template may say, `templates.rs` the templates, `compose.rs` the finished message,
//! `smtp.rs` its way to a mail server, `outbox.rs` its way to a folder where there is none.

mod compose;
mod outbox;
pub(crate) mod smtp;
mod templates;
mod variables;

use std::sync::Arc;

use anyhow::Context as _;
use identity::mail::Mailer;

use crate::config::Config;
use compose::Composer;
pub(crate) use variables::invitation_page;

/// Who carries messages away, as `[mail]` says. Templates, certificates and the password are read here and not again.
///
/// # Errors
/// One sentence with the remedy: what is wrong with a template, with its file and line, or a file that cannot be read.
pub fn mailer(config: &Config) -> anyhow::Result<Arc<dyn Mailer>> {
    let composer = Composer::new(config).context("mail.templates")?;
    Ok(match &config.mail.smtp {
        Some(server) => Arc::new(smtp::Smtp::new(server, config, composer)?),
        None => Arc::new(outbox::Outbox::new(config.data_dir.join("outbox"), composer)),
    })
}

#[cfg(test)]
mod fixtures;

#[cfg(test)]
mod tests {
    use super::*;
    use fixtures::{config, id, mail};
    use identity::mail::MailKind;

    /// Why there is no mailer with these settings.
    fn refused(settings: &str) -> String {
        let home = tempfile::tempdir().unwrap();
        let settings = settings.replace("HOME", &home.path().display().to_string());
        std::fs::create_dir(home.path().join("templates")).unwrap();
        std::fs::write(home.path().join("templates/verify_email.html"), "\n{{ tokne }}").unwrap();
        let error = mailer(&config(home.path(), &settings)).err().expect("refused");
        format!("{error:#}").replace(&home.path().display().to_string(), "HOME")
    }

    #[tokio::test]
    async fn without_a_mail_server_messages_go_to_the_outbox() {
        let home = tempfile::tempdir().unwrap();
        let mailer = mailer(&config(home.path(), "")).unwrap_or_else(|error| panic!("{error:#}"));
        mailer.send(id(), &mail(MailKind::VerifyEmail)).await.unwrap();
        assert_eq!(std::fs::read_dir(home.path().join("outbox")).unwrap().count(), 1);
    }

    #[test]
    fn what_mail_lacks_is_told_at_the_start() {
        let template = refused("templates = \"HOME/templates\"");
        assert_eq!(template, "mail.templates: HOME/templates/verify_email.html:2: undefined value");
        let roots = refused("smtp_url = \"smtps://mail.example?roots=HOME/ca.pem\"");
        assert!(
            roots.starts_with("mail.smtp_url: the file of roots cannot be used: HOME/ca.pem: "),
            "{roots}"
        );
        let password =
            refused("smtp_url = \"smtps://me@mail.example\"\nsmtp_password_file = \"HOME/password\"");
        assert!(
            password.starts_with("the file HOME/password that mail.smtp_password_file names"),
            "{password}"
        );
    }
}
