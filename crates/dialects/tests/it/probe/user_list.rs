//! contracts 3.5: GET `/user`.

use std::time::Duration;

use identity::user::{Role, Status};
use insta::assert_snapshot;
use serde_json::{Value, json};
use testkit::TestServer;

use super::{PASSWORD, USER, ask, house, jwt, violations};

/// 1 ann, 2 zoe (an administrator), 3 bob (pending), 4 cid (suspended), 5 ann's sub-user; each made an hour after the
/// one before.
async fn town() -> TestServer {
    let server = house().await;
    for (name, role, status, parent) in [
        ("zoe", Role::Admin, Status::Active, None),
        ("bob", Role::User, Status::Pending, None),
        ("cid", Role::User, Status::Suspended, None),
        ("sub", Role::Sub, Status::Active, Some(1)),
    ] {
        server.advance(Duration::from_hours(1));
        server
            .user_with(name, PASSWORD, |account| {
                account.role = role;
                account.status = status;
                account.parent = parent.map(identity::user::UserNumber);
            })
            .await;
    }
    server
}

async fn list(server: &TestServer, token: &str, query: &str) -> Value {
    let answer = ask(server, token, "GET", &format!("{USER}?{query}")).send().await;
    assert_eq!(answer.status, 200, "{query}: {answer}");
    answer.json()
}

fn ids(list: &Value) -> Vec<i64> {
    let users = list["users"].as_array().map(Vec::as_slice).unwrap_or_default();
    users.iter().map(|user| user["id"].as_i64().expect("an id")).collect()
}

/// Defaults: everybody one may see, by number, ten on the first page.
#[tokio::test]
async fn users_are_listed() {
    let server = town().await;
    let ann = jwt(&server, "ann").await;
    assert_snapshot!(ask(&server, &ann, "GET", USER).send().await, @r#"
    200 OK
    content-type: application/json

    {"filter":{"status":[]},"pagination":{"count":2,"limit":10,"page":1,"total":2},"sort":{"field":"id","order":"asc"},"users":[{"email":"ann@example.org","id":1,"role":"user","status":"active","username":"ann"},{"email":"sub@example.org","id":5,"role":"sub","status":"active","username":"sub"}]}
    "#);
    let zoe = jwt(&server, "zoe").await;
    assert_eq!(ids(&list(&server, &zoe, "").await), [1, 2, 3, 4, 5]);
    let sub = jwt(&server, "sub").await;
    assert_eq!(ids(&list(&server, &sub, "").await), [5]);
}

/// `status`, once or more; nobody is anonymous.
#[tokio::test]
async fn users_are_filtered_by_status() {
    let server = town().await;
    let zoe = jwt(&server, "zoe").await;
    for (query, found) in [
        ("status=active", vec![1, 2, 5]),
        ("status=pending&status=suspended", vec![3, 4]),
        ("status[]=pending", vec![3]),
        ("status=anonymous&status=pending", vec![3]),
        ("status=anonymous", vec![]),
    ] {
        assert_eq!(ids(&list(&server, &zoe, query).await), found, "{query}");
    }
    let answer = list(&server, &zoe, "status=anonymous&status=pending").await;
    assert_eq!(answer["filter"], json!({"status": ["anonymous", "pending"]}));
    let nobody = list(&server, &zoe, "status=anonymous").await;
    assert_eq!((&nobody["users"], &nobody["pagination"]["total"]), (&json!(null), &json!(0)));
}

/// `pagination`: `count` users of this page, `total` in all.
#[tokio::test]
async fn users_come_in_pages() {
    let server = town().await;
    let zoe = jwt(&server, "zoe").await;
    for (query, found, count) in [
        ("pagination[limit]=2", vec![1, 2], 2),
        ("pagination[limit]=2&pagination[page]=2", vec![3, 4], 2),
        ("pagination%5Blimit%5D=2&pagination.page=3", vec![5], 1),
        ("pagination[limit]=2&pagination[page]=4", vec![], 0),
    ] {
        let page = list(&server, &zoe, query).await;
        assert_eq!(ids(&page), found, "{query}");
        assert_eq!((&page["pagination"]["count"], &page["pagination"]["total"]), (&json!(count), &json!(5)));
    }
    let page = list(&server, &zoe, "pagination[limit]=2147483647&pagination[page]=2147483647").await;
    assert_eq!(page["pagination"], json!({"count": 0, "limit": 500, "page": 2_147_483_647, "total": 5}));
}

/// `sort`: each field, both ways.
#[tokio::test]
async fn users_are_sorted() {
    let server = town().await;
    let zoe = jwt(&server, "zoe").await;
    for (field, found) in [
        ("id", [1, 2, 3, 4, 5]),
        ("username", [1, 3, 4, 5, 2]),
        ("email", [1, 3, 4, 5, 2]),
        ("status", [1, 2, 5, 3, 4]),
        ("created", [1, 2, 3, 4, 5]),
        ("updated", [1, 2, 3, 4, 5]),
    ] {
        let up = list(&server, &zoe, &format!("sort[field]={field}")).await;
        assert_eq!((ids(&up), &up["sort"]), (found.to_vec(), &json!({"field": field, "order": "asc"})));
        assert_eq!(ids(&list(&server, &zoe, &format!("sort[field]={field}&sort[order]=asc")).await), found);
        let down = ids(&list(&server, &zoe, &format!("sort[field]={field}&sort[order]=desc")).await);
        if field != "status" {
            assert_eq!(down.into_iter().rev().collect::<Vec<_>>(), found, "{field}");
        }
    }
}

/// 3.7: what is wrong is told, all of it.
#[tokio::test]
async fn what_is_wrong_is_told() {
    let server = house().await;
    let ann = jwt(&server, "ann").await;
    let query =
        "status=active&status=x&pagination[limit]=0&pagination[page]=x&sort[field]=name&sort[order]=up";
    let answer = ask(&server, &ann, "GET", &format!("{USER}?{query}")).send().await;
    assert_eq!(
        violations(&answer, "query"),
        json!([
            "#/status/1: value must be one of \"anonymous\", \"pending\", \"active\", \"suspended\"",
            "#/pagination/limit: must be >= 1 but found 0",
            "#/pagination/page: expected integer, but got string",
            "#/sort/field: value must be one of \"id\", \"username\", \"email\", \"status\", \"created\", \"updated\"",
            "#/sort/order: value must be one of \"asc\", \"desc\""
        ])
    );
    let answer = ask(&server, &ann, "GET", &format!("{USER}?pagination[limit]=2147483648")).send().await;
    let expected = json!(["#/pagination/limit: must be <= 2147483647 but found 2147483648"]);
    assert_eq!(violations(&answer, "query"), expected);
}
