//! `tallybook import`: statements of banks and payment channels become commands.
//!
//! Owns reading files and asking the use cases row by row. It never decides about money and never writes to the
//! book itself; importing the same rows again changes nothing.

mod builtin;
mod cell;
mod chain;
mod columns;
mod encoding;
mod errors_file;
mod flag;
mod mapping;
mod reference;
mod row;
mod sheet;
mod statement;

#[cfg(test)]
mod tests;
