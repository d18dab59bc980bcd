//! `[limits]`: what one request, one connection, one account and one address may cost.

use std::time::Duration;

use ipnet::IpNet;

use super::check::{Judge, lasting, network};
use super::raw;

/// `[limits]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The largest request body, in bytes; 1 KiB to 16 MiB.
    pub body_bytes: usize,
    /// How many arrays and objects may stand inside each other in a request body in JSON, from 8 to 64.
    pub json_depth: usize,
    /// The longest path with its query, in bytes, from 1024 to 32768.
    pub target_bytes: usize,
    /// The largest head of a request, in bytes.
    pub header_bytes: usize,
    /// The most header fields of a request, from 16 to 1000.
    pub header_fields: usize,
    /// How long a head may take.
    pub head_timeout: Duration,
    /// How long a body may take.
    pub body_timeout: Duration,
    /// How long an answer may take to begin.
    pub request_timeout: Duration,
    /// How long a client may leave answers unread.
    pub answer_timeout: Duration,
    /// How long a connection may be without a request.
    pub idle_timeout: Duration,
    /// How many connections there may be at a time, from 1 to 1000000.
    pub connections: usize,
    /// How many of them one IPv4 address, or IPv6 /64, may hold, at most 1000000.
    pub network_connections: usize,
    /// How many requests may be under way on one HTTP/2 connection, from 1 to 1000.
    pub http2_streams: u32,
    /// Failed password logins of one account that cost nothing; 1 to 100.
    pub account_failures_free: u32,
    /// Failed password logins from one network in an hour that cost nothing; 1 to 1,000,000.
    pub address_failures_per_hour: u32,
    /// Messages that strangers may ask for from one network in an hour; 1 to 1,000,000.
    pub address_mails_per_hour: u32,
    /// Tokens and API keys of one account in a minute; 1 to 1,000,000.
    pub account_tokens_per_minute: u32,
    /// Networks that the limits by address do not count.
    pub trusted_addresses: Vec<IpNet>,
}

impl Limits {
    /// Those of one request.
    #[must_use]
    pub fn of_a_request(&self) -> web::Limits {
        web::Limits {
            body_bytes: self.body_bytes,
            json_depth: self.json_depth,
            target_bytes: self.target_bytes,
            header_bytes: self.header_bytes,
            header_fields: self.header_fields,
            body_timeout: self.body_timeout,
            request_timeout: self.request_timeout,
        }
    }
}

impl Judge<'_> {
    pub(super) fn limits(&mut self, raw: &raw::Limits) -> Option<Limits> {
        let body_bytes = self.number("limits.body_bytes", raw.body_bytes, 1024..=16 * 1024 * 1024);
        let json_depth = self.number("limits.json_depth", raw.json_depth, 8..=64);
        let target_bytes = self.number("limits.target_bytes", raw.target_bytes, 1024..=32_768);
        let header_bytes = self.number("limits.header_bytes", raw.header_bytes, 4096..=262_144);
        let header_fields = self.number("limits.header_fields", raw.header_fields, 16..=1000);
        let head_timeout = self.take("limits.head_timeout", lasting(&raw.head_timeout));
        let body_timeout = self.take("limits.body_timeout", lasting(&raw.body_timeout));
        let request_timeout = self.take("limits.request_timeout", lasting(&raw.request_timeout));
        let answer_timeout = self.take("limits.answer_timeout", lasting(&raw.answer_timeout));
        let idle_timeout = self.take("limits.idle_timeout", lasting(&raw.idle_timeout));
        let connections = self.number("limits.connections", raw.connections, 1..=1_000_000);
        let network_connections =
            self.number("limits.network_connections", raw.network_connections, 0..=1_000_000);
        let http2_streams = self.number("limits.http2_streams", raw.http2_streams, 1..=1000);
        let free = self.number("limits.account_failures_free", raw.account_failures_free, 1..=100);
        let of_address = raw.address_failures_per_hour;
        let of_address = self.number("limits.address_failures_per_hour", of_address, 1..=1_000_000);
        let mails = self.number("limits.address_mails_per_hour", raw.address_mails_per_hour, 1..=1_000_000);
        let tokens = raw.account_tokens_per_minute;
        let tokens = self.number("limits.account_tokens_per_minute", tokens, 1..=1_000_000);
        let trusted = raw.trusted_addresses.iter().map(|text| network(text));
        let trusted_addresses = self.take("limits.trusted_addresses", trusted.collect());
        Some(Limits {
            body_bytes: body_bytes?,
            json_depth: json_depth?,
            target_bytes: target_bytes?,
            header_bytes: header_bytes?,
            header_fields: header_fields?,
            head_timeout: head_timeout?,
            body_timeout: body_timeout?,
            request_timeout: request_timeout?,
            answer_timeout: answer_timeout?,
            idle_timeout: idle_timeout?,
            connections: connections?,
            network_connections: network_connections?,
            http2_streams: http2_streams?,
            account_failures_free: free?,
            address_failures_per_hour: of_address?,
            address_mails_per_hour: mails?,
            account_tokens_per_minute: tokens?,
            trusted_addresses: trusted_addresses?,
        })
    }
}
