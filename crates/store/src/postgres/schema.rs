//! The schema's history in the database. Of several processes that start together one applies what is missing.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::{Error, GenericClient};

use super::connect::Connector;
use super::fault::Fault;
use crate::OpenError;
use crate::migrate::{self, Migration, SchemaError};

/// Held while migrations are applied. The number means nothing to anybody else: the first half spells `vest`.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1986359156, 1)";

/// A migration may take its time, and so may the process that does it.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL lock_timeout = '60s'";

/// How many tables there are but those of extensions, and whether one of them is the history.
const TABLES: &str = "SELECT count(*),
        (SELECT count(*) FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = 'schema_migrations'
             AND column_name IN ('number', 'name', 'checksum'))
     FROM pg_class AS c
     WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) AND c.relkind IN ('r', 'p')
         AND NOT EXISTS (SELECT 1 FROM pg_depend AS d
             WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";

pub(super) async fn migrate(connector: &Connector) -> Result<(), OpenError> {
    let refused = |told: String| OpenError::server(connector.place(), told);
    let mut client = connector.connect().await.map_err(|error| refused(error.told()))?;
    if let Some(told) = unfit(&client).await.map_err(|error| refused(failed(&error)))? {
        return Err(refused(told));
    }
    // Somebody who may not change the schema may still use the one that is there.
    if pending(&*client).await.map_err(|error| error.told(connector))?.is_empty() {
        return Ok(());
    }
    apply(&mut client).await.map_err(|error| error.told(connector))
}

/// Numbers and checksums of the migrations that were applied, in order of number.
pub(super) type Applied = Vec<(i64, Vec<u8>)>;

/// Why nothing of this database was changed.
enum Trouble {
    Server(Error),
    Schema(SchemaError),
}

impl Trouble {
    fn told(self, connector: &Connector) -> OpenError {
        match self {
            Self::Server(error) => OpenError::server(connector.place(), failed(&error)),
            Self::Schema(error) => error.into(),
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

impl From<SchemaError> for Trouble {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

fn failed(error: &Error) -> String {
    format!("cannot be brought to this program's schema: {}", Fault::from(error))
}

/// What no schema can make good.
async fn unfit(client: &ClientWrapper) -> Result<Option<String>, Error> {
    let row = client.query_one("SELECT current_setting('server_encoding'), current_schema()", &[]).await?;
    let encoding: String = row.try_get(0)?;
    let schema: Option<String> = row.try_get(1)?;
    Ok(if encoding != "UTF8" {
        Some(format!(
            "keeps texts as {encoding}: make it anew with createdb --encoding=UTF8 --template=template0"
        ))
    } else if schema.is_none() {
        Some("has no schema in its search_path that we may use: make one, or correct search_path".to_owned())
    } else {
        None
    })
}

/// How many tables there are, and the history with its checksums, where there is one.
pub(super) async fn found(client: &impl GenericClient) -> Result<(i64, Option<Applied>), Error> {
    let row = client.query_one(TABLES, &[]).await?;
    let (tables, columns): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    if columns != 3 {
        return Ok((tables, None));
    }
    let rows = client.query("SELECT number, checksum FROM schema_migrations ORDER BY number", &[]).await?;
    let applied =
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, Error>>()?;
    Ok((tables, Some(applied)))
}

/// What is still to be applied.
async fn pending(client: &impl GenericClient) -> Result<&'static [Migration], Trouble> {
    match found(client).await? {
        (_, Some(applied)) => Ok(migrate::pending(migrate::POSTGRES, &applied)?),
        (0, None) => Ok(migrate::POSTGRES),
        (_, None) => Err(SchemaError::Foreign.into()),
    }
}

async fn apply(client: &mut ClientWrapper) -> Result<(), Trouble> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(PATIENT).await?;
    transaction.batch_execute(LOCK).await?;
    // Another process may have been here while we waited.
    for migration in pending(&*transaction).await? {
        if migration.number == 1 {
            transaction.batch_execute(migrate::POSTGRES_TABLE).await?;
        }
        transaction.batch_execute(migration.sql).await?;
        transaction
            .execute(
                "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
                &[&migration.number, &migration.name, &migration.checksum()],
            )
            .await?;
    }
    Ok(transaction.commit().await?)
}
