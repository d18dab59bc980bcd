//! Rows into a database of PostgreSQL, by `COPY`.

use std::fmt::Write as _;
use std::pin::pin;

use bytes::Bytes;
use futures_util::SinkExt as _;
use tokio::runtime::Runtime;
use tokio_postgres::Client;

use super::{Cell, Sink};
use crate::postgres::connect;

/// Sent at a time, in bytes.
const PIECE: usize = 256 * 1024;

/// References are right by construction, and nothing has to be told to anybody.
const FAST: &str = "SET session_replication_role = replica; SET synchronous_commit = off";
/// What the server would do in the background, just when something is measured.
const DONE: &str = "VACUUM (ANALYZE)";

pub(super) fn fill(url: &str, write: impl FnOnce(&mut dyn Sink) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let client = runtime.block_on(connect(url))?;
    runtime.block_on(client.batch_execute(FAST))?;
    write(&mut Filled { runtime: &runtime, client: &client })?;
    let next = "SELECT setval(pg_get_serial_sequence('users', 'number'), (SELECT max(number) FROM users))";
    runtime.block_on(client.execute(next, &[]))?;
    runtime.block_on(client.batch_execute(DONE))?;
    Ok(())
}

struct Filled<'a> {
    runtime: &'a Runtime,
    client: &'a Client,
}

impl Sink for Filled<'_> {
    fn write(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Cell>>,
    ) -> anyhow::Result<()> {
        let sql = format!("COPY {table} ({}) FROM STDIN", columns.join(", "));
        self.runtime.block_on(async {
            let mut sink = pin!(self.client.copy_in::<_, Bytes>(&sql).await?);
            let mut piece = String::with_capacity(PIECE + 1024);
            for row in rows {
                line(&mut piece, &row)?;
                if piece.len() >= PIECE {
                    let full = std::mem::replace(&mut piece, String::with_capacity(PIECE + 1024));
                    sink.send(full.into()).await?;
                }
            }
            sink.send(piece.into()).await?;
            sink.finish().await?;
            Ok(())
        })
    }
}

/// A row as `COPY` reads it. No text here holds what would have to be escaped.
fn line(piece: &mut String, row: &[Cell]) -> std::fmt::Result {
    for (index, cell) in row.iter().enumerate() {
        if index > 0 {
            piece.push('\t');
        }
        match cell {
            Cell::Null => piece.push_str("\\N"),
            Cell::Int(number) => write!(piece, "{number}")?,
            Cell::Text(text) => piece.push_str(text),
            Cell::Bytes(bytes) => {
                piece.push_str("\\\\x");
                bytes.iter().try_for_each(|byte| write!(piece, "{byte:02x}"))?;
            }
        }
    }
    piece.push('\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_line_in_the_text_format_of_copy() {
        let mut piece = String::new();
        let row = [Cell::Null, Cell::Int(-7), Cell::Text("a b".to_owned()), Cell::Bytes(vec![0, 0xfe])];
        line(&mut piece, &row).unwrap();
        assert_eq!(piece, "\\N\t-7\ta b\t\\\\x00fe\n");
    }
}
