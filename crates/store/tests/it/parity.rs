//! The two engines have one schema: the same tables, columns, keys, indexes and numbers of rules.

use std::collections::BTreeMap;

use store::{PostgresUrl, Store};

use crate::postgres::cluster;

/// A table as both engines can describe it.
#[derive(Debug, Default, PartialEq)]
struct Table {
    /// Name: type and whether it may be null, in order.
    columns: Vec<(String, &'static str, bool)>,
    primary_key: Vec<String>,
    /// The other unique keys, by their columns.
    unique: Vec<Vec<String>>,
    /// Indexes that are no constraint: name, columns, whether unique, whether of some rows only.
    indexes: Vec<(String, Vec<String>, bool, bool)>,
    /// Column and the table it points at.
    references: Vec<(String, String)>,
    checks: usize,
}

type Schema = BTreeMap<String, Table>;

fn split(list: &str) -> Vec<String> {
    list.split(',').map(str::to_owned).collect()
}

fn of_sqlite() -> Schema {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vestibule.db");
    drop(Store::open_sqlite(&path).unwrap());
    let database = rusqlite::Connection::open(&path).unwrap();
    let rows = |sql: &str, table: &str| -> Vec<[Option<String>; 4]> {
        let mut statement = database.prepare(sql).unwrap();
        let values = if statement.parameter_count() == 1 { vec![table] } else { vec![] };
        let row = |row: &rusqlite::Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]);
        statement.query_map(rusqlite::params_from_iter(values), row).unwrap().map(Result::unwrap).collect()
    };
    let mut schema = Schema::new();
    let tables =
        "SELECT name, sql, NULL, NULL FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    for [name, sql, ..] in rows(tables, "") {
        let (name, sql) = (name.unwrap(), sql.unwrap());
        let mut table = Table { checks: sql.matches("CHECK (").count(), ..Table::default() };
        let columns = "SELECT name, type, CAST(\"notnull\" OR pk > 0 AS TEXT), NULL FROM pragma_table_info(?1) ORDER BY cid";
        for [column, of_type, required, _] in rows(columns, &name) {
            let of_type = match of_type.unwrap().as_str() {
                "INTEGER" => "integer",
                "TEXT" => "text",
                "BLOB" => "bytes",
                other => panic!("{name}.{}: {other}", column.unwrap()),
            };
            table.columns.push((column.unwrap(), of_type, required.unwrap() == "0"));
        }
        let key = "SELECT name, NULL, NULL, NULL FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk";
        table.primary_key = rows(key, &name).into_iter().map(|[column, ..]| column.unwrap()).collect();
        let indexes =
            "SELECT l.name, l.origin, CAST(l.\"unique\" * 2 + l.partial AS TEXT), group_concat(i.name)
            FROM pragma_index_list(?1) AS l, pragma_index_info(l.name) AS i GROUP BY l.name ORDER BY l.name";
        for [index, origin, kind, columns] in rows(indexes, &name) {
            let (columns, kind) = (split(&columns.unwrap()), kind.unwrap());
            match origin.unwrap().as_str() {
                "pk" => {}
                "u" => table.unique.push(columns),
                _ => table.indexes.push((
                    index.unwrap(),
                    columns,
                    kind.as_str() >= "2",
                    kind == "1" || kind == "3",
                )),
            }
        }
        let references = "SELECT \"from\", \"table\", NULL, NULL FROM pragma_foreign_key_list(?1) ORDER BY 1";
        table.references =
            rows(references, &name).into_iter().map(|[from, to, ..]| (from.unwrap(), to.unwrap())).collect();
        schema.insert(name, table);
    }
    schema
}

async fn of_postgres() -> Schema {
    let url = cluster::database();
    drop(Store::open_postgres(&PostgresUrl::parse(&url).unwrap()).await.unwrap());
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let mut schema = Schema::new();
    let columns = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'
        FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position";
    for row in client.query(columns, &[]).await.unwrap() {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        let of_type = match row.get(2) {
            "bigint" => "integer",
            "text" => "text",
            "bytea" => "bytes",
            other => panic!("{table}.{column}: {other}"),
        };
        schema.entry(table).or_default().columns.push((column, of_type, row.get(3)));
    }
    let constraints = "SELECT conrelid::regclass::text, contype::text, confrelid::regclass::text,
            (SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(conkey) WITH ORDINALITY AS k (number, place)
             JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = k.number)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 4";
    for row in client.query(constraints, &[]).await.unwrap() {
        let table = schema.get_mut(row.get::<_, &str>(0)).unwrap();
        let columns = split(row.get(3));
        match row.get(1) {
            "p" => table.primary_key = columns,
            "u" => table.unique.push(columns),
            "f" => table.references.push((columns[0].clone(), row.get(2))),
            "c" => table.checks += 1,
            other => panic!("a constraint of kind {other}"),
        }
    }
    let indexes = "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisunique, i.indpred IS NOT NULL,
            (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = i.indexrelid)
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE c.relnamespace = 'public'::regnamespace
            AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u'))
        ORDER BY 2";
    for row in client.query(indexes, &[]).await.unwrap() {
        let table = schema.get_mut(row.get::<_, &str>(0)).unwrap();
        table.indexes.push((row.get(1), split(row.get(4)), row.get(2), row.get(3)));
    }
    schema
}

#[tokio::test]
async fn both_engines_have_one_schema() {
    let (mut sqlite, postgres) = (of_sqlite(), of_postgres().await);
    let users = &sqlite["users"];
    assert!(users.checks > 1 && users.unique == [["id"]] && users.primary_key == ["number"], "{users:?}");
    assert_eq!(sqlite["sessions"].indexes.len(), 4);
    // What processes remember is proven by it, and on PostgreSQL they remember nothing.
    assert!(sqlite.remove("changed").is_some());
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, table) in &sqlite {
        assert_eq!(table, &postgres[name], "{name}");
    }
}
