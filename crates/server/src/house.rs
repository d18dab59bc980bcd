//! The core put together from the configuration: data folder, database, master key, hashing pool.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use identity::ports::{Entropy, Store as _};
use identity::{Identity, MasterKeyError, Parts};
use password::{Backend, HashPool, PoolSettings};
use store::Store;

use crate::config::{Argon2Backend, Config, DatabaseUrl};
use crate::entropy::SystemEntropy;
use crate::{captcha, master_key_file, policy, providers};

/// How long the hashing threads keep their memory without work.
const HASH_MEMORY_LIFE: std::time::Duration = std::time::Duration::from_secs(10);

/// The core and what it stands on.
#[derive(Clone)]
pub struct House {
    /// The core.
    pub identity: Identity,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// Opens everything, and makes what a first start needs.
///
/// # Errors
/// One sentence with the remedy.
pub async fn open(config: &Config) -> anyhow::Result<House> {
    make_folder(&config.data_dir)?;
    let store = open_store(config).await?;
    let recorded = store.master_key_check().await?;
    let entropy = Arc::new(SystemEntropy);
    let master_key = master_key_file::open(&config.master_key_file, recorded.is_none(), &*entropy)?;
    let identity = build(config, store, entropy.clone(), master_key)?;
    match identity.adopt_master_key().await {
        Ok(()) => Ok(House { identity, entropy }),
        Err(MasterKeyError::Other) => bail!(
            "the master key in {} is not the one this database was made with: restore the right file from your \
             backup, or set master_key_file to where it is",
            config.master_key_file.display()
        ),
        Err(MasterKeyError::Store(error)) => Err(error.into()),
    }
}

/// Opens the database and brings its schema up to date; nothing else.
///
/// # Errors
/// One sentence with the remedy.
pub async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let opened = match &config.database {
        DatabaseUrl::Sqlite(path) => Store::open_sqlite(path),
        DatabaseUrl::Postgres(url) => Store::open_postgres(url).await,
    };
    opened.map_err(|error| match &error {
        store::OpenError::File { .. } => {
            anyhow!("{error}: make its folder writable for the user that runs vestibule, or set database.url")
        }
        // It names its place, and the remedy.
        store::OpenError::Server { .. } => anyhow!("{error}"),
        store::OpenError::Schema(_)
        | store::OpenError::Engine(_)
        | store::OpenError::NoWriteAheadLog
        | store::OpenError::Thread(_) => {
            anyhow!("{}: {error}", config.database)
        }
    })
}

/// The core from its parts.
///
/// # Errors
/// When the hashing threads cannot be started, a file with a secret cannot be read, or the captcha's service or a provider
/// could not be asked.
pub fn build(
    config: &Config,
    store: Store,
    entropy: Arc<dyn Entropy>,
    master_key: identity::MasterKey,
) -> anyhow::Result<Identity> {
    let settings = PoolSettings {
        cost: config.password.cost,
        backend: backend(config.password.argon2_backend)?,
        threads: config.password.hash_threads,
        queue: config.password.hash_queue,
        idle: HASH_MEMORY_LIFE,
    };
    Ok(Identity::new(Parts {
        store: Arc::new(store),
        entropy,
        hash_pool: HashPool::start(settings).context("the hashing threads cannot be started")?,
        policy: policy::policy(config)?,
        master_key,
        captcha: captcha::captcha(config)?,
        providers: providers::providers(config),
        upstream: providers::upstream(config)?,
    }))
}

/// The instructions that passwords are hashed with.
///
/// # Errors
/// One sentence with the remedy, when this machine does not have those that were chosen.
pub fn backend(chosen: Argon2Backend) -> anyhow::Result<Backend> {
    let backend = match chosen {
        Argon2Backend::Auto => Some(Backend::fastest()),
        Argon2Backend::Avx512 => Backend::avx512(),
        Argon2Backend::Avx2 => Backend::avx2(),
        Argon2Backend::Portable => Some(Backend::portable()),
    };
    backend.with_context(|| {
        format!(
            "this machine does not have the instructions that password.argon2_backend = \"{}\" asks for: set it to \
             \"auto\"",
            chosen.name()
        )
    })
}

/// Makes the data folder, for its owner only.
///
/// # Errors
/// One sentence with the remedy.
pub fn make_folder(path: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| {
        anyhow!(
            "the data folder {} cannot be made ({error}): make it yourself, or set data_dir to a folder that the \
             user that runs vestibule may write",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hashed_with_the_instructions_that_were_chosen_or_not_at_all() {
        assert_eq!(backend(Argon2Backend::Auto).unwrap(), Backend::fastest());
        let there = [Backend::avx512(), Backend::avx2(), Some(Backend::portable())].into_iter().flatten();
        let there: Vec<&str> = there.map(Backend::name).collect();
        for chosen in [Argon2Backend::Avx512, Argon2Backend::Avx2, Argon2Backend::Portable] {
            match backend(chosen) {
                Ok(backend) => assert_eq!(backend.name(), chosen.name()),
                Err(error) => {
                    assert!(!there.contains(&chosen.name()));
                    assert!(error.to_string().contains(&format!("\"{}\"", chosen.name())), "{error}");
                }
            }
        }
    }
}
