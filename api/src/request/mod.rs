//! Reading a request: its body, its query, its headers and who sent it.
//!
//! Everything wrong with a request is collected and told at once. Nothing here decides whether something may
//! happen in the book.

mod body;
mod change;
mod command;
mod context;
mod days;
mod form;
mod json;
mod lines;
mod path;
mod query;
mod read;
mod standpoint;
#[cfg(test)]
mod tests;
mod upload;
mod values;

pub(crate) use body::{BodyReader, NoBody, ReadBody, object};
pub(crate) use change::ChangeInput;
pub(crate) use command::{CommandInput, collect_body, key_of};
pub(crate) use context::{ClientAddress, RequestContext, client_address, given_request_id};
pub(crate) use days::{day_after, day_begins};
pub(crate) use form::FormInput;
pub(crate) use json::JsonValue;
pub(crate) use lines::{LineParameters, Lines};
pub(crate) use path::{PathId, PathPair};
pub(crate) use query::QueryReader;
pub(crate) use read::{Format, Freshness, ListParameters, Listing, PageRequest, ReadInput};
pub(crate) use standpoint::{KnownAt, SeenFrom, StandpointParameters, ending};
pub(crate) use upload::Upload;
pub(crate) use values::{Coded, collection, date, destination, list, money, number, text};
