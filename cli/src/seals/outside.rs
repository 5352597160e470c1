//! The file outside the database that seals are appended to: what nobody can take back who only has the database.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use tallybook_event_store::seal::notes;

/// The seals in a file, in the order they were appended in.
pub fn kept_in(file: &Path) -> std::io::Result<Vec<String>> {
    Ok(notes(&std::fs::read_to_string(file)?))
}

/// Appends a seal, unless it is there. The file is never rewritten.
pub(super) fn append(file: &Path, note: &str) -> std::io::Result<()> {
    let kept = match std::fs::read_to_string(file) {
        Ok(kept) => kept,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    if notes(&kept).iter().any(|kept| kept == note) {
        return Ok(());
    }
    // A seal whose writing was cut short must not spoil the next one, too.
    let before = if kept.is_empty() || kept.ends_with('\n') { "" } else { "\n" };
    let mut file = OpenOptions::new().append(true).create(true).open(file)?;
    // One write: seals of two processes do not mix.
    file.write_all(format!("{before}{note}\n").as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_appended_once_and_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("seals");
        let (one, two) = ("a\n1\n\n— a AAAAAAAA\n", "a\n2\n\n— a AAAAAAAA\n");
        for note in [one, one, two, one] {
            append(&file, note).unwrap();
        }
        assert_eq!(kept_in(&file).unwrap(), [one, two]);
        std::fs::write(&file, "a\n1\n\n— a AA").unwrap();
        append(&file, two).unwrap();
        assert_eq!(kept_in(&file).unwrap().last().unwrap(), two, "after one that was cut short");
        assert!(append(&directory.path().join("no/such/place"), one).is_err());
    }
}
