//! PostgreSQL as the benchmark uses it: a connection, and databases of its own on a server that is there for it alone.

use anyhow::Context as _;
use tokio_postgres::{Client, NoTls};

/// What the server is told in its URLs as well: nobody is between the two on one machine.
const PLAIN: &str = "sslmode=disable";

/// A server of PostgreSQL, by its URL without a database.
#[derive(Clone, Copy)]
pub(crate) struct Postgres<'a>(pub(crate) &'a str);

impl Postgres<'_> {
    /// Makes an empty database; its URL. Names consist of letters.
    pub(crate) fn create(self, name: &str) -> anyhow::Result<String> {
        let url = |name: &str| format!("{}{name}?{PLAIN}", self.0);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let client = connect(&url("postgres")).await?;
            client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
            anyhow::Ok(())
        })?;
        Ok(url(name))
    }
}

/// A connection, driven by the runtime that it is made in.
pub(crate) async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.context("PostgreSQL cannot be reached")?;
    // What goes wrong with it is told to whoever asks something next.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}
