//! Django REST Framework's request and answer rules, for the dialects whose products stand on it.
//!
//! Everything here answers byte for byte as DRF 3.18 on Django 5.2 and Python 3.11 does for a view with
//! `JSONParser` and `JSONRenderer` only; the tables in the tests were read off such an application. It is mechanism:
//! nothing here knows a path, a user or a session, and every function is told all it needs.
//!
//! DRF judges a request in this order, and so should a caller but for the method, which the router judges first:
//! [`negotiation`] (406, 404), the credential (401), the method (405), the body's media type and syntax ([`parser`]:
//! 415, 400), the fields ([`field`]: 400).
//!
//! Where it deliberately differs:
//! * nesting deeper than [`json::MAX_DEPTH`] is a parse error; Python answers 500 at about a thousand;
//! * a body is UTF-8 whatever `charset` its `Content-Type` names;
//! * `Accept: application/json; indent=4` is met with the compact form;
//! * answers carry `Vary: Accept` also where DRF leaves it out because the view has a single renderer.

pub mod email;
pub mod error;
pub mod field;
pub mod json;
pub mod negotiation;
pub mod parser;
pub mod python;
pub mod time;
pub mod token_header;
