//! Excel workbooks: the sheet with the list as rows, and the workbook again with what is wrong.
//!
//! Owns what stands between a stranger's archive and memory: nothing is unpacked without a bound, no formula is
//! calculated, no external part is followed.

mod bounds;
mod format;
mod mark;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Xlsx};

use crate::limits::Limits;
use crate::source::{SourceRow, Unreadable};

/// A workbook that was read once and can be written again.
#[derive(Debug)]
pub(crate) struct Workbook {
    bytes: Vec<u8>,
    limits: Limits,
    /// The sheet the rows came from.
    sheet: String,
}

type Archive<'b> = Xlsx<Cursor<&'b [u8]>>;

impl Workbook {
    /// The rows of the first visible sheet that has any.
    pub(crate) fn read(bytes: Vec<u8>, limits: &Limits) -> Result<(Self, Vec<SourceRow>), Unreadable> {
        contained(|| Self::read_first(bytes, limits))
    }

    fn read_first(bytes: Vec<u8>, limits: &Limits) -> Result<(Self, Vec<SourceRow>), Unreadable> {
        let mut archive = open(&bytes, limits)?;
        let names = sheets(&archive);
        let mut found = None;
        for name in names {
            let rows = read::rows(&mut archive, &name, limits)?;
            if !rows.is_empty() {
                found = Some((name, rows));
                break;
            }
        }
        let Some((sheet, rows)) = found else {
            return Err(Unreadable::Excel("no sheet has anything in it".into()));
        };
        drop(archive);
        Ok((Self { bytes, limits: *limits, sheet }, rows))
    }

    pub(crate) fn marked(
        &self,
        header: usize,
        errors: &BTreeMap<usize, String>,
    ) -> Result<Vec<u8>, Unreadable> {
        contained(|| {
            let mut archive = open(&self.bytes, &self.limits)?;
            let names = sheets(&archive);
            mark::write(&mut archive, &names, &self.sheet, mark::Marks { header, errors })
        })
    }
}

/// A workbook can be damaged in ways that its reader does not expect. That is the workbook's fault, and nobody else's
/// work ends with it.
fn contained<T>(work: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(Unreadable::Excel("it is damaged".into())))
}

fn open<'b>(bytes: &'b [u8], limits: &Limits) -> Result<Archive<'b>, Unreadable> {
    bounds::check(bytes, limits.unpacked_bytes)?;
    Xlsx::new(Cursor::new(bytes)).map_err(excel)
}

/// Worksheets that people see.
fn sheets(archive: &Archive<'_>) -> Vec<String> {
    let sheets = archive.sheets_metadata().iter();
    sheets
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect()
}

fn excel(error: impl std::fmt::Display) -> Unreadable {
    Unreadable::Excel(error.to_string())
}
