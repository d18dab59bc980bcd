//! The OpenAPI document, made of the handlers and the wire; what is served is a copy that a test compares with it. So no
//! generator is part of the program.

use utoipa::OpenApi as _;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use super::{DIALECT, PLAIN_COOKIE, handlers};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Vestibule", version = "1", description = "Vestibule's own API: what people do with their account. \
        Errors are problem details (RFC 9457) with a `code` for programs."),
    paths(
        handlers::providers::list,
        handlers::login::sign_in,
        handlers::login::confirm,
        handlers::login::sign_out,
        handlers::provider_login::begin,
        handlers::provider_login::callback,
        handlers::me::get,
        handlers::sessions::list,
        handlers::sessions::end_others,
        handlers::sessions::end,
        handlers::password::change,
        handlers::email::change,
        handlers::email::send_verification,
        handlers::email::confirm,
        handlers::keys::list,
        handlers::keys::create,
        handlers::keys::end,
        handlers::identities::list,
        handlers::identities::link,
        handlers::identities::unlink,
    ),
    modifiers(&Carriers),
    security((), ("cookie" = []), ("key" = [])),
)]
struct Document;

/// How a request says whose it is.
struct Carriers;

impl utoipa::Modify for Carriers {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKeyValue::with_description(
            PLAIN_COOKIE,
            "A session; on https the cookie is `__Host-vestibule`.",
        );
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key; `me` takes one."));
        components.add_security_scheme("key", SecurityScheme::Http(key.build()));
    }
}

/// Ratchet: what is served says what the code does. `UPDATE_DOCS=1` writes it anew.
#[test]
#[expect(clippy::disallowed_methods, reason = "says whether the copy is to be written anew")]
fn the_served_document_is_the_one_that_the_code_makes() {
    let made = Document::openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var("UPDATE_DOCS").is_ok() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/native/openapi.json");
        std::fs::write(path, &made).unwrap();
        return;
    }
    assert!(
        DIALECT.document == made,
        "run this test with UPDATE_DOCS=1, and read what changed in openapi.json"
    );
}
