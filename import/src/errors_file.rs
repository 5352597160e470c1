//! The copy of a file that says what is wrong with its bad rows.
//!
//! Owns a file that differs from the original in one more column, so that it can be corrected in a spreadsheet and
//! imported like the original.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::sheet::Sheet;

/// The added column's name in the header row.
pub const COLUMN: &str = "import_error";

/// Where the copy goes: the file that was named, else one beside the file. Looked at before anything is recorded.
pub fn place(file: &Path, named: Option<&Path>, extension: &str) -> Result<PathBuf, String> {
    let beside = path_beside(file, extension);
    let Some(named) = named else { return Ok(beside) };
    let shown = named.display();
    if named.is_dir() {
        return Err(format!("--errors {shown} is a directory: name a file in it"));
    }
    let directory = named.parent().filter(|parent| !parent.as_os_str().is_empty());
    if directory.is_some_and(|directory| !directory.is_dir()) {
        return Err(format!("--errors {shown}: there is no such directory"));
    }
    let same =
        |other: &Path| named.canonicalize().is_ok_and(|named| other.canonicalize().ok() == Some(named));
    if same(file) && !same(&beside) {
        return Err(format!("--errors {shown} would replace the file itself: name another"));
    }
    Ok(named.to_owned())
}

/// `statement.csv` → `statement.csv.errors.csv`. An imported copy is written anew: it has everything the original has.
fn path_beside(file: &Path, extension: &str) -> PathBuf {
    let ending = format!(".errors.{extension}");
    let mut name = file.as_os_str().to_owned();
    if !name.to_string_lossy().ends_with(&ending) {
        name.push(ending);
    }
    PathBuf::from(name)
}

/// Writes the copy, whole or not at all.
pub fn write(path: &Path, copy: &[u8]) -> std::io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let mut file = std::fs::File::create(&unfinished)?;
    file.write_all(copy)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

/// Every record as it stands, with one cell more where there is something to say. What is said is by the places of the
/// records.
pub fn compose(sheet: &Sheet, header_line: usize, reasons: &HashMap<usize, String>) -> String {
    let header = sheet.records.iter().position(|record| record.line == header_line);
    // A copy that is imported again has the column already; otherwise it goes behind the longest row.
    let existing =
        header.and_then(|header| sheet.records[header].cells.iter().position(|cell| cell == COLUMN));
    let below = sheet.records.iter().skip(header.unwrap_or(0));
    let place = existing.unwrap_or_else(|| below.map(|record| record.cells.len()).max().unwrap_or(0));
    let mut copy = sheet.before().to_owned();
    for (index, record) in sheet.records.iter().enumerate() {
        let (own, end) = sheet.text_of(record);
        let said = if Some(index) == header { Some(COLUMN) } else { reasons.get(&index).map(String::as_str) };
        match (existing, said) {
            (Some(place), said) if header.is_some_and(|header| index > header) => {
                copy.push_str(&with_cell(own, place, said.unwrap_or("")));
            }
            (None, Some(said)) => {
                copy.push_str(own);
                copy.push_str(&",".repeat(place - record.cells.len() + 1));
                copy.push_str(&quoted(said));
            }
            (Some(_) | None, Some(_) | None) => copy.push_str(own),
        }
        copy.push_str(end);
    }
    copy
}

/// A row of an earlier copy, with what it says now.
fn with_cell(row: &str, place: usize, said: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(row.as_bytes());
    let cells = reader.records().next().and_then(Result::ok);
    let mut cells: Vec<String> = cells.iter().flatten().map(str::to_owned).collect();
    if said.is_empty() && cells.get(place).is_none_or(String::is_empty) {
        return row.to_owned();
    }
    cells.resize(cells.len().max(place + 1), String::new());
    said.clone_into(&mut cells[place]);
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",")
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_stands_beside_the_statement_or_where_it_was_told_to() {
        let directory = tempfile::tempdir().unwrap();
        let statement = directory.path().join("march.csv");
        std::fs::write(&statement, "x").unwrap();
        let beside = directory.path().join("march.csv.errors.csv");
        assert_eq!(place(&statement, None, "csv").unwrap(), beside);
        assert_eq!(place(&beside, None, "csv").unwrap(), beside, "a copy is written anew");
        let elsewhere = directory.path().join("bad.csv");
        assert_eq!(place(&statement, Some(&elsewhere), "csv").unwrap(), elsewhere);
        assert_eq!(place(&statement, Some(Path::new("bad.csv")), "csv").unwrap(), Path::new("bad.csv"));
        std::fs::write(&beside, "x").unwrap();
        assert_eq!(place(&beside, Some(&beside), "csv").unwrap(), beside);
    }

    #[test]
    fn a_place_that_cannot_be_is_refused_before_anything_is_done() {
        let directory = tempfile::tempdir().unwrap();
        let statement = directory.path().join("march.csv");
        std::fs::write(&statement, "x").unwrap();
        let other_spelling = directory.path().join(".").join("march.csv");
        for (named, said) in [
            (directory.path().to_owned(), "is a directory"),
            (directory.path().join("no/bad.csv"), "no such directory"),
            (other_spelling, "would replace the file"),
        ] {
            let refusal = place(&statement, Some(&named), "csv").unwrap_err();
            assert!(refusal.contains(said), "{refusal}");
        }
    }
}
