//! The services that may ask for tokens of their own, as `[[dialects.bixarena.service_clients]]` says, with the secrets
//! from their files.

use anyhow::{anyhow, bail};
use identity::token::ServiceClient;

use crate::config::{self, Config};
use crate::secret_file;

/// The shortest secret, in characters. An operator chooses it, and whoever has it needs nothing else.
const SHORTEST_SECRET: usize = 16;

/// Reads the services' secrets.
///
/// # Errors
/// One sentence with the remedy.
pub fn service_clients(config: &Config) -> anyhow::Result<Vec<ServiceClient>> {
    config
        .dialects
        .bixarena
        .service_clients
        .iter()
        .enumerate()
        .map(|(index, one)| client(index, one))
        .collect()
}

fn client(index: usize, client: &config::ServiceClient) -> anyhow::Result<ServiceClient> {
    let key = config::ServiceClient::key(index, "secret_file");
    let (secret, file) = (secret_file::read(&key, &client.secret_file)?, client.secret_file.display());
    if secret.chars().count() < SHORTEST_SECRET {
        bail!(
            "the secret in the file {file} that {key} names is too short: {SHORTEST_SECRET} characters or more are \
             wanted, such as 32 random hexadecimal digits"
        );
    }
    ServiceClient::new(client.id.clone(), &secret, client.roles.clone())
        .map_err(|wanted| anyhow!("the secret in the file {file} that {key} names cannot be one: {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_services_secret_can_be_presented_and_is_long_enough_not_to_be_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let text = format!(
            "[[dialects.bixarena.service_clients]]\nid = \"board\"\nsecret_file = {:?}",
            file.to_str().unwrap()
        );
        let config = config::parse("x", &text, []).unwrap().config;
        let refused = || service_clients(&config).unwrap_err().to_string();
        let named = "that dialects.bixarena.service_clients.0.secret_file names";
        assert!(refused().contains(&format!("{named} cannot be read")), "{}", refused());
        for (secret, why) in [
            ("123456789012345\n", "is too short: 16 characters or more are wanted"),
            (
                "1234567890 123456",
                "cannot be one: a secret of visible ASCII characters without blanks is wanted",
            ),
        ] {
            std::fs::write(&file, secret).unwrap();
            assert!(refused().contains(&format!("{named} {why}")), "{}", refused());
            assert!(!refused().contains("12345678"), "{}", refused());
        }
        std::fs::write(&file, "1234567890123456\n").unwrap();
        assert_eq!(service_clients(&config).unwrap().len(), 1);
    }
}
