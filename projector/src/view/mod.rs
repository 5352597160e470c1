//! Views: the whole read side as it stood at a position, in a schema of its own.
//!
//! A view is a generation that is never swapped in, with a `projections` table of its own, so that every query of the
//! read models runs in it unchanged. Must never show one that is half made, nor drop a schema it did not make.

mod error;
mod list;
mod make;
mod name;
mod remove;

pub use error::ViewError;
pub use list::{View, find_view, fits_program, view_made_at, views};
pub use name::{InvalidViewName, ViewName};
pub use remove::{drop_view, sweep_views};

use crate::generation::Place;

/// Where a view's tables are.
fn place(book: &str, name: &ViewName) -> Place {
    Place::beside(book, &format!("view_{name}"))
}

/// Held by who makes or drops a view. No projection has a name like this.
fn lock_name(name: &ViewName) -> String {
    format!("view {name}")
}

/// The schema of a view, for who reads it.
pub fn view_schema(book: &str, name: &ViewName) -> String {
    place(book, name).schema().to_owned()
}
