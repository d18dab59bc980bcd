//! `[captcha]`

use url::Url;

use super::check::Judge;
use super::mail::is_loopback;
use super::{SecretSource, raw};

/// `[captcha]`, when it is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captcha {
    /// Where answers are verified; http or https, without credentials.
    pub verify_url: Url,
    /// The site's secret there.
    pub secret: SecretSource,
}

impl Judge<'_> {
    pub(super) fn captcha(&mut self, raw: &raw::Captcha) -> Option<Option<Captcha>> {
        let secret = self.secret("captcha.secret", &raw.secret, &raw.secret_file)?;
        match (raw.verify_url.as_str(), secret) {
            ("", None) => Some(None),
            ("", Some(_)) => {
                let key = if raw.secret.is_empty() { "captcha.secret_file" } else { "captcha.secret" };
                self.wrong(key, "captcha.verify_url is wanted beside it".to_owned());
                None
            }
            (_, None) => {
                let message = "captcha.secret or captcha.secret_file is wanted beside it";
                self.wrong("captcha.verify_url", message.to_owned());
                None
            }
            (url, Some(secret)) => {
                let verify_url = self.take("captcha.verify_url", parse(url))?;
                if verify_url.scheme() == "http" && !verify_url.host().is_some_and(|host| is_loopback(&host))
                {
                    self.warnings.push(
                        "captcha.verify_url begins with http://: the secret travels where others may read it"
                            .to_owned(),
                    );
                }
                Some(Some(Captcha { verify_url, secret }))
            }
        }
    }
}

fn parse(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("this is no URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the URL begins with neither http:// nor https://".to_owned());
    }
    if text.contains('@') || url.fragment().is_some() {
        return Err("the URL holds a user name, password or fragment, and must not".to_owned());
    }
    Ok(url)
}
