//! Seals from the outside: the file of the key, the file seals are appended to, and sealing every night.
//!
//! Owns what of sealing touches the machine. The format, and whether a seal may be made, are the event store's.

mod key_file;
mod make;
mod nightly;
mod outside;

pub use key_file::{KeyFile, default_name, public_keys};
pub use make::Sealing;
pub use nightly::seal_nightly;
pub use outside::kept_in;
