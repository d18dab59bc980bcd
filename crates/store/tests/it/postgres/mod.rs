//! What PostgreSQL adds to the contract: a server that can go away, the network before it, other nodes, and the
//! schema's history there.

pub(crate) mod cluster;

mod faults;
mod network;
mod nodes;
mod outage;
mod password;
mod readers;
mod schema;
mod tls;

use store::{PostgresUrl, Store};

async fn open(url: &str) -> Store {
    Store::open_postgres(&PostgresUrl::parse(url).unwrap()).await.unwrap()
}

/// Why it is not opened.
async fn refused(url: &str) -> String {
    let opened = Store::open_postgres(&PostgresUrl::parse(url).unwrap()).await;
    opened.err().unwrap_or_else(|| panic!("{url} was opened")).to_string()
}

/// A connection of another program.
async fn raw(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The only number that a query answers.
async fn number(client: &tokio_postgres::Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap().get(0)
}
