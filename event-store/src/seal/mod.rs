//! Seals: signed checkpoints of the journal, by which anyone who keeps one can tell later whether it is still what
//! it was.
//!
//! Owns the format (C2SP signed notes and tlog checkpoints), making seals and keeping them in the book. Must never
//! sign a tree that is not the continuation of the last one it signed, and must never read or write a key's file.

mod checkpoint;
mod keep;
mod key;
mod note;
#[cfg(test)]
mod tests;

pub use checkpoint::Checkpoint;
pub use keep::{Seal, SealError, Sealed, Standing, after, at_size, check, latest, seal, standing};
pub use key::{InvalidKey, KeyName, PrivateKey, PublicKey};
pub use note::BadNote;

/// The notes in a file that seals are appended to, one after the other.
pub fn notes(text: &str) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = String::new();
    let mut signed = false;
    for line in text.lines() {
        let is_signature = line.starts_with('\u{2014}');
        if signed && !is_signature {
            notes.push(std::mem::take(&mut note));
            signed = false;
        }
        if note.is_empty() && line.is_empty() {
            continue;
        }
        signed |= is_signature;
        note.push_str(line);
        note.push('\n');
    }
    if !note.is_empty() {
        notes.push(note);
    }
    notes
}
