//! TLS to the server. The test's server has a certificate for `localhost` and 127.0.0.1, signed by itself.

use identity::ports::Store as _;

use super::cluster::Server;
use super::{cluster, number, open, raw, refused};

/// How many of a store's sessions in this database are encrypted, and how many are not.
async fn sessions(url: &str) -> (i64, i64) {
    let other = raw(url).await;
    let count = |ssl: &str| {
        format!(
            "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND {ssl}"
        )
    };
    (number(&other, &count("ssl")).await, number(&other, &count("NOT ssl")).await)
}

#[tokio::test]
async fn sslmode_decides_whether_the_way_is_encrypted() {
    for (mode, encrypted) in
        [("", true), ("?sslmode=prefer", true), ("?sslmode=require", true), ("?sslmode=disable", false)]
    {
        let url = cluster::database();
        let store = open(&format!("{url}{mode}")).await;
        store.ping().await.unwrap();
        let (with, without) = sessions(&url).await;
        assert!(
            with + without > 0 && (with > 0, without > 0) == (encrypted, !encrypted),
            "{mode}: {with} {without}"
        );
    }
}

#[tokio::test]
async fn verify_full_lets_no_other_server_in() {
    let folder = tempfile::tempdir().unwrap();
    let url = Server(folder.path()).start();
    let own = folder.path().join("server.crt");
    let with = |roots: &std::path::Path| format!("{url}?sslmode=verify-full&sslrootcert={}", roots.display());
    open(&with(&own)).await.ping().await.unwrap();
    open(&with(&own).replace("127.0.0.1", "localhost")).await.ping().await.unwrap();
    // The same name and another key.
    let elsewhere = tempfile::tempdir().unwrap();
    Server(elsewhere.path()).start();
    let told = refused(&with(&elsewhere.path().join("server.crt"))).await;
    assert!(told.contains("certificate") && told.contains("sslmode"), "{told}");
    // The right key and a name that is not in the certificate.
    let told = refused(&with(&own).replace("127.0.0.1", "127.0.0.2")).await;
    assert!(told.contains("cannot be reached") || told.contains("certificate"), "{told}");
    let told = refused(&with(&folder.path().join("nothing.pem"))).await;
    assert!(told.contains("nothing.pem") && told.contains("sslrootcert"), "{told}");
}

#[tokio::test]
async fn a_server_without_tls_is_used_only_where_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server(folder.path());
    let url = server.start();
    raw(&url).await.batch_execute("ALTER SYSTEM SET ssl = off").await.unwrap();
    server.crash();
    server.start();
    open(&url).await.ping().await.unwrap();
    let told = refused(&format!("{url}?sslmode=require")).await;
    assert!(told.contains("sslmode"), "{told}");
}
