//! Who people sign in with, as `[[providers]]` says: what the core knows of a provider, and how it is reached.

use std::sync::Arc;

use identity::federation::Provider;
use identity::federation::upstream::Upstream;
use upstream::provider::{ProviderSettings, Providers};
use zeroize::Zeroizing;

use crate::config::{self, Config, SecretSource};
use crate::secret_file;

/// What the core knows of the providers, in the order in which they are configured.
#[must_use]
pub fn providers(config: &Config) -> Vec<Provider> {
    let known = |provider: &config::Provider| Provider {
        id: provider.id.clone(),
        name: provider.name.clone(),
        issuer: provider.issuer.clone(),
        sign_up: provider.sign_up,
        link_verified_email: provider.link_verified_email,
    };
    config.providers.iter().map(known).collect()
}

/// How they are reached. None of them is asked anything yet.
///
/// # Errors
/// One sentence with the remedy.
pub fn upstream(config: &Config) -> anyhow::Result<Arc<dyn Upstream>> {
    let all = config.providers.iter().enumerate().map(|(index, provider)| settings(index, provider));
    let all = all.collect::<anyhow::Result<_>>()?;
    Ok(Arc::new(Providers::new(all).map_err(anyhow::Error::msg)?))
}

/// How one of them is reached.
///
/// # Errors
/// One sentence with the remedy: its secret cannot be read.
pub fn settings(index: usize, provider: &config::Provider) -> anyhow::Result<ProviderSettings> {
    Ok(ProviderSettings {
        id: provider.id.clone(),
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        client_secret: client_secret(index, provider)?,
        scopes: provider.scopes.clone(),
        allow_private_addresses: provider.allow_private_addresses,
    })
}

fn client_secret(index: usize, provider: &config::Provider) -> anyhow::Result<Option<Zeroizing<String>>> {
    match &provider.client_secret {
        Some(SecretSource::Given(secret)) => Ok(Some(Zeroizing::new(secret.expose().to_owned()))),
        Some(SecretSource::File(file)) => {
            let key = config::Provider::key(index, "client_secret_file");
            secret_file::read(&key, file).map(Some)
        }
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_from_its_file_when_the_providers_are_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let text = format!(
            "[[providers]]\nid = \"acme\"\nissuer = \"https://acme.example\"\nclient_id = \"x\"\n\
             client_secret_file = {:?}",
            file.to_str().unwrap()
        );
        let config = config::parse("x", &text, []).unwrap().config;
        let error = upstream(&config).err().unwrap().to_string();
        assert!(error.contains("that providers.0.client_secret_file names cannot be read"), "{error}");
        std::fs::write(&file, "hunter2\n").unwrap();
        let secret = client_secret(0, &config.providers[0]).unwrap();
        assert_eq!(secret.as_deref().map(String::as_str), Some("hunter2"));
        assert!(upstream(&config).is_ok());
    }

    #[test]
    fn the_core_knows_the_providers_in_the_order_of_the_configuration() {
        let entry = |id: &str| {
            format!("[[providers]]\nid = {id:?}\nissuer = \"https://{id}.example\"\nclient_id = \"x\"\n")
        };
        let text = format!("{}{}sign_up = false\nlink_verified_email = true", entry("b"), entry("a"));
        let known = providers(&config::parse("x", &text, []).unwrap().config);
        let told: Vec<_> = known.iter().map(|p| (p.id.as_str(), p.name.as_str(), p.sign_up)).collect();
        assert_eq!(told, [("b", "b", true), ("a", "a", false)]);
        assert!(!known[0].link_verified_email && known[1].link_verified_email);
        assert_eq!(known[1].issuer, "https://a.example");
    }
}
