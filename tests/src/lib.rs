//! What the end-to-end tests stand on: books to try things on, clients to try them with, and the truths that hold
//! after everything that was tried.
//!
//! Tests come in through the public doors only, HTTP and the command line. Looking into the database is left to
//! `truths`, which compare what the doors say with what is stored. Nothing here may know a rule of the book.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]
#![allow(clippy::disallowed_methods, reason = "tests make their own names, read DATABASE_URL and the clock")]

pub mod answer;
pub mod bank;
mod billing;
pub mod bodies;
pub mod book;
pub mod channels;
pub mod client;
pub mod described;
pub mod orders;
pub mod outside;
mod payments;
pub mod program;
pub mod rules;
pub mod scenario;
mod seed;
pub mod settlement;
pub mod truths;

pub use answer::Answer;
pub use book::TestBook;
pub use client::Client;
pub use tallybook_api::access::Role;
