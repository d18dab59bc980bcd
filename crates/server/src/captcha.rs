//! Who verifies answers to captchas, as `[captcha]` says.

use std::sync::Arc;

use identity::captcha::Captcha;
use upstream::captcha::SiteVerify;
use zeroize::Zeroizing;

use crate::config::{Config, SecretSource};
use crate::secret_file;

/// The configured service; `None` when nobody verifies.
///
/// # Errors
/// One sentence with the remedy.
pub fn captcha(config: &Config) -> anyhow::Result<Option<Arc<dyn Captcha>>> {
    let Some(captcha) = &config.captcha else { return Ok(None) };
    let secret = match &captcha.secret {
        SecretSource::Given(secret) => Zeroizing::new(secret.expose().to_owned()),
        SecretSource::File(file) => secret_file::read("captcha.secret_file", file)?,
    };
    let service = SiteVerify::new(captcha.verify_url.clone(), secret).map_err(anyhow::Error::msg)?;
    Ok(Some(Arc::new(service)))
}
