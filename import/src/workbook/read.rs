//! A sheet read cell by cell: what is not there takes no memory.

use std::collections::BTreeMap;

use calamine::Dimensions;

use super::{Archive, excel, format};
use crate::limits::Limits;
use crate::source::{Oddity, SourceCell, SourceRow, Unreadable};

/// The rows of a sheet that are not empty, from the top.
pub(super) fn rows(
    archive: &mut Archive<'_>,
    sheet: &str,
    limits: &Limits,
) -> Result<Vec<SourceRow>, Unreadable> {
    let merged = archive.merge_cells_by_sheet_name(sheet).map_err(excel)?;
    let mut cells = archive.worksheet_cells_reader(sheet).map_err(excel)?;
    let formats = formats_of(cells.styles());
    let mut rows = BTreeMap::<usize, Vec<SourceCell>>::new();
    // A text that cells share is in the file once, and in each of their rows.
    let mut texts = 0_u64;
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(excel)? {
        let found = format::cell(cell.get_value(), formats.get(style).and_then(Option::as_deref));
        if found.text.is_empty() && found.oddity.is_none() {
            continue;
        }
        texts = texts.saturating_add(found.text.len() as u64);
        if texts > limits.unpacked_bytes {
            return Err(Unreadable::UnpacksTooLarge(limits.unpacked_bytes));
        }
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        if column >= limits.columns {
            let (row, columns) = (row as u64 + 1, column + 1);
            return Err(Unreadable::TooManyColumns { row, columns, limit: limits.columns });
        }
        if rows.len() == limits.rows && !rows.contains_key(&row) {
            return Err(Unreadable::TooManyRows(limits.rows));
        }
        let cells = rows.entry(row).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, SourceCell::default());
        }
        cells[column] = found;
    }
    let rows = rows.into_iter().map(|(row, cells)| SourceRow { number: row + 1, cells, torn: false });
    Ok(with_merged(rows.collect(), &merged, limits.columns))
}

/// The number format of each style.
pub(super) fn formats_of(styles: &[calamine::Style]) -> Vec<Option<String>> {
    styles.iter().map(|style| style.number_format.as_ref().map(|format| format.format_code.clone())).collect()
}

/// Merged cells have one value, which stands in the first of them: those below say so. A title over several columns
/// hides nothing of the rows below it.
fn with_merged(mut rows: Vec<SourceRow>, merged: &[Dimensions], columns: usize) -> Vec<SourceRow> {
    let mut by_column = BTreeMap::<usize, Vec<(usize, usize)>>::new();
    for merged in merged.iter().filter(|merged| merged.end.0 > merged.start.0) {
        for column in (merged.start.1 as usize..=merged.end.1 as usize).take_while(|column| *column < columns)
        {
            // From the row below the first, counted from 1.
            let hidden = (merged.start.0 as usize + 2, merged.end.0 as usize + 1);
            by_column.entry(column).or_default().push(hidden);
        }
    }
    for (column, mut hidden) in by_column {
        hidden.sort_unstable();
        let mut spans = hidden.into_iter().peekable();
        let mut below = 0;
        for row in &mut rows {
            while let Some((_, last)) = spans.next_if(|(first, _)| *first <= row.number) {
                below = below.max(last);
            }
            if row.number <= below {
                mark_merged(row, column);
            }
        }
    }
    rows
}

fn mark_merged(row: &mut SourceRow, column: usize) {
    if row.cells.len() <= column {
        row.cells.resize(column + 1, SourceCell::default());
    }
    if row.cells[column].text.is_empty() {
        row.cells[column].oddity = Some(Oddity::Merged);
    }
}
