//! What an archive unpacks to, found out by unpacking it and keeping nothing.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::excel;
use crate::source::Unreadable;

/// A workbook has some dozens of parts.
const MOST_PARTS: usize = 10_000;

/// Refuses an archive that unpacks to more. What it says of its own sizes counts for nothing.
pub(super) fn check(bytes: &[u8], most: u64) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(excel)?;
    if archive.len() > MOST_PARTS {
        return Err(Unreadable::UnpacksTooLarge(most));
    }
    let mut left = most;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(excel)?;
        let unpacked = std::io::copy(&mut part.take(left.saturating_add(1)), &mut std::io::sink());
        left = left.checked_sub(unpacked.map_err(excel)?).ok_or(Unreadable::UnpacksTooLarge(most))?;
    }
    Ok(())
}
