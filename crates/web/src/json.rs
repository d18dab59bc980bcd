//! JSON as answers carry it. How a body is read is `body.rs`'s and each dialect's.

use serde::Serialize;

/// Most bodies fit, in bytes; room for the others grows.
const ROOM: usize = 768;

/// A body as it is written, without a blank between its parts. `None`: it cannot be written as JSON.
pub fn text(body: &impl Serialize) -> Option<String> {
    let mut text = Vec::with_capacity(ROOM);
    serde_json::to_writer(&mut text, body).ok()?;
    String::from_utf8(text).ok()
}
