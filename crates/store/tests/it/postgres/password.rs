//! Who is let in: a password in the URL, over SCRAM.

use identity::ports::Store as _;

use super::cluster::Server;
use super::{open, raw, refused};

#[tokio::test]
async fn the_password_of_the_url_opens_the_database_and_no_other_does() {
    let folder = tempfile::tempdir().unwrap();
    let url = Server(folder.path()).start();
    let other = raw(&url).await;
    other.batch_execute("CREATE ROLE ann LOGIN SUPERUSER PASSWORD 's@/?:# cret'").await.unwrap();
    let rules = folder.path().join("data/pg_hba.conf");
    let anybody_else = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, format!("host all ann all scram-sha-256\n{anybody_else}")).unwrap();
    other.batch_execute("SELECT pg_reload_conf()").await.unwrap();

    let as_ann = |password: &str| url.replace("postgres@", &format!("ann{password}@"));
    // The server takes up its new rules a moment after it says so.
    while tokio_postgres::connect(&as_ann(""), tokio_postgres::NoTls).await.is_ok() {}
    for mode in ["disable", "require"] {
        let right = as_ann(":s%40%2F%3F%3A%23%20cret");
        open(&format!("{right}?sslmode={mode}")).await.ping().await.unwrap();
        let told = refused(&format!("{}?sslmode={mode}", as_ann(":hunter2"))).await;
        assert!(told.contains("correct user and password") && !told.contains("hunter2"), "{told}");
        let told = refused(&format!("{}?sslmode={mode}", as_ann(""))).await;
        assert!(told.contains("wants a password: write it behind the user's name"), "{told}");
    }
}
