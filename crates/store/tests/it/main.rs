//! The store's own tests: the contract, which every engine keeps, and what SQLite adds to it.
#![cfg(test)]

mod contract;
mod sqlite;
mod watched;
mod world;
