//! The connections that reads share.

use identity::ports::Store as _;

use super::{cluster, number, open, raw};

/// Each connection costs several round trips: a start that asks one thing after the other waits for one of them only.
#[tokio::test]
async fn reads_one_after_the_other_open_one_connection() {
    let url = cluster::database();
    let store = open(&url).await;
    let other = raw(&url).await;
    let ours = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'vestibule'";
    // The one that brought the schema up to date goes away in its own time.
    while number(&other, ours).await > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    for _ in 0..12 {
        store.ping().await.unwrap();
    }
    assert_eq!(number(&other, ours).await, 1);
}
