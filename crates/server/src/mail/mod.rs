//! Messages: their words and how they leave. What is to be told, and when, is the core's.
//!
//! The map: `variables.rs` what a template may say, `templates.rs` the templates, `compose.rs` the finished message,
//! `smtp.rs` its way to a mail server, `outbox.rs` its way to a folder where there is none.

mod compose;
mod outbox;
mod smtp;
mod templates;
mod variables;

use std::sync::Arc;

use anyhow::Context as _;
use identity::mail::Mailer;

use crate::config::Config;
use compose::Composer;

/// Who carries messages away, as `[mail]` says. Templates, certificates and the password are read here and not again.
///
/// # Errors
/// One sentence with the remedy: what is wrong with a template, with its file and line, or a file that cannot be read.
pub fn mailer(config: &Config) -> anyhow::Result<Arc<dyn Mailer>> {
    let composer = Composer::new(config).context("[mail] templates")?;
    Ok(match &config.mail.smtp {
        Some(server) => Arc::new(smtp::Smtp::new(server, config, composer)?),
        None => Arc::new(outbox::Outbox::new(config.data_dir.join("outbox"), composer)),
    })
}

#[cfg(test)]
mod fixtures;
