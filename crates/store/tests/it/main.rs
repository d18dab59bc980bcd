//! The store's own tests: the contract, which every engine keeps, and what each adds to it.
#![cfg(test)]

mod contract;
mod parity;
mod postgres;
mod sqlite;
mod upgrade;
mod watched;
mod world;
