//! What a server of PostgreSQL's is like, found by a connection made as ours are.

use identity::Timestamp;
use tokio_postgres::{Client, Error};

use super::connect::Connector;
use super::fault::Fault;
use super::url::{Encryption, PostgresUrl};
use super::{COMMITTERS, readers, schema};
use crate::condition::{Condition, Engine, PostgresCondition, schema_state};
use crate::{OpenError, master_key, migrate};

/// What is in force in this session. -1 is PostgreSQL's word for no limit.
const SETTINGS: &str = "SELECT current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on',
    current_setting('synchronous_commit'), current_setting('transaction_isolation'),
    (extract(epoch FROM clock_timestamp()) * 1000)::BIGINT,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
    current_setting('max_connections')::BIGINT - current_setting('superuser_reserved_connections')::BIGINT,
    coalesce((SELECT datconnlimit FROM pg_database WHERE datname = current_database()), -1)::BIGINT,
    coalesce((SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user), -1)::BIGINT";

pub(crate) async fn examine(url: &PostgresUrl) -> Result<Condition, OpenError> {
    let connector = Connector::new(url)?;
    let refused = |told: String| OpenError::server(url.place(), told);
    let client = connector.connect().await.map_err(|error| refused(error.told()))?;
    let failed = |error: Error| refused(format!("cannot be read: {}", Fault::from(&error)));
    let (tables, applied) = schema::found(&*client).await.map_err(failed)?;
    let schema = schema_state(migrate::POSTGRES, applied.as_deref(), tables);
    let master_key_check = if applied.is_some() {
        let row = client.query_opt(master_key::FIND.for_postgres(), &[]).await.map_err(failed)?;
        row.map(|row| row.try_get(0)).transpose().map_err(failed)?
    } else {
        None
    };
    let engine = settings(&client, url).await.map_err(failed)?;
    Ok(Condition { schema, master_key_check, engine: Engine::Postgres(engine) })
}

async fn settings(client: &Client, url: &PostgresUrl) -> Result<PostgresCondition, Error> {
    let row = client.query_one(SETTINGS, &[]).await?;
    let limits: [i64; 3] = [row.try_get(6)?, row.try_get(7)?, row.try_get(8)?];
    Ok(PostgresCondition {
        fsync: row.try_get(0)?,
        full_page_writes: row.try_get(1)?,
        synchronous_commit: row.try_get(2)?,
        isolation: row.try_get::<_, String>(3)?.to_ascii_lowercase(),
        clock: Timestamp::from_millis(row.try_get(4)?),
        encrypted: row.try_get(5)?,
        verified: matches!(url.encryption(), Encryption::Verified { .. }),
        local: url.is_local(),
        connections: limits.into_iter().filter(|limit| *limit >= 0).min().unwrap_or(i64::MAX),
        connections_wanted: i64::try_from(COMMITTERS + readers::READERS).unwrap_or(i64::MAX),
    })
}
