//! The files that pages load: one style sheet, the icons, the scripts of the explorer and of the set-up. All of them are built in.
//!
//! A file's path holds a digest of its content, so that browsers may keep it for good and still see the next version at
//! once. `/favicon.ico` alone has a fixed path, because browsers ask for it unasked.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use axum::routing::get;

/// The longest time there is (RFC 9111 wants no more than a year).
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const FOR_A_DAY: &str = "public, max-age=86400";

const SAME_ORIGIN: (HeaderName, &str) =
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin");

/// One file.
pub(super) struct Asset {
    /// Where it is served.
    pub(super) path: String,
    kind: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(name: &str, extension: &str, kind: &'static str, content: &'static str) -> Self {
        let digest = digest(&SHA256, content.as_bytes());
        let digest: String = digest.as_ref().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Self { path: format!("/assets/{name}.{digest}.{extension}"), kind, content }
    }
}

pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", include_str!("static/style.css")));
pub(super) static ICONS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icons", "svg", "image/svg+xml", include_str!("static/icons.svg")));
pub(super) static MARK: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("mark", "svg", "image/svg+xml", include_str!("static/mark.svg")));
pub(super) static EXPLORER: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("explorer", "js", "text/javascript; charset=utf-8", include_str!("static/explorer.js"))
});
pub(super) static SET_UP: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("setup", "js", "text/javascript; charset=utf-8", include_str!("static/setup.js"))
});

const FAVICON: &[u8] = include_bytes!("static/favicon.ico");

pub(super) fn routes() -> Router {
    let files = [&STYLE, &ICONS, &MARK, &EXPLORER, &SET_UP];
    let router = files.into_iter().fold(Router::new(), |router, file| {
        let headers = [(CONTENT_TYPE, file.kind), (CACHE_CONTROL, FOR_GOOD), SAME_ORIGIN];
        router.route(&file.path, get(move || std::future::ready((headers, file.content).into_response())))
    });
    let headers = [(CONTENT_TYPE, "image/x-icon"), (CACHE_CONTROL, FOR_A_DAY), SAME_ORIGIN];
    router.route("/favicon.ico", get(move || std::future::ready((headers, FAVICON).into_response())))
}
