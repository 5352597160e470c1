//! Where the columns are: the row with their names, wherever it stands.

use std::collections::BTreeMap;

use super::field::folded_name;
use super::{ListField, Mapping};
use crate::source::{SourceCell, SourceFile, SourceRow};

/// How far down the names of the columns are looked for.
const ROWS_ABOVE: usize = 50;

/// The header that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns<F> {
    /// Its place among the rows.
    pub(super) index: usize,
    /// The number of its row.
    pub header: usize,
    /// Each field's column, and what it is called there.
    pub places: BTreeMap<F, (usize, String)>,
    /// Columns that mean nothing to the program.
    pub ignored: Vec<String>,
}

impl<F: ListField> Columns<F> {
    /// Of the first rows, the one with the most columns that mean something. Where two rows make up the header, cells
    /// that are merged down from the upper one count for the lower.
    pub(super) fn find(file: &SourceFile, mapping: &Mapping<F>) -> Result<Self, String> {
        let mut best: Option<Self> = None;
        for (index, row) in file.rows.iter().take(ROWS_ABOVE).enumerate() {
            let above = index.checked_sub(1).map(|above| &file.rows[above]);
            let own = names(row, None);
            for names in [Some(own), above.map(|above| names(row, Some(above)))].into_iter().flatten() {
                match Self::of(index, row.number, &names, mapping) {
                    Ok(found) if best.as_ref().is_none_or(|best| best.places.len() < found.places.len()) => {
                        best = Some(found);
                    }
                    Ok(_) => {}
                    // Before there is a better one, this is the header, and somebody has to say what it means.
                    Err(Some(problem)) if best.is_none() => return Err(problem),
                    Err(Some(_) | None) => {}
                }
            }
        }
        best.ok_or_else(|| not_found(mapping))
    }

    /// `Err(None)`: this is no header at all.
    fn of(
        index: usize,
        header: usize,
        names: &[String],
        mapping: &Mapping<F>,
    ) -> Result<Self, Option<String>> {
        let mut places = BTreeMap::new();
        let mut used = vec![false; names.len()];
        let mut problem = None;
        for (field, wanted) in &mapping.columns {
            let wanted = folded_name(wanted);
            match only(names, |name| folded_name(name) == wanted) {
                Ok(Some(place)) => {
                    used[place] = true;
                    places.insert(*field, (place, names[place].clone()));
                }
                Ok(None) => return Err(None),
                Err(columns) => problem = Some(twice(*field, &columns)),
            }
        }
        for field in F::ALL.iter().filter(|field| !mapping.columns.contains_key(field)) {
            let free = |place: usize| !used[place];
            let called: Vec<usize> = (0..names.len())
                .filter(|place| free(*place) && field.is_called(&folded_name(&names[*place])))
                .collect();
            match called[..] {
                [] => {}
                [place] => {
                    used[place] = true;
                    places.insert(*field, (place, names[place].clone()));
                }
                [..] => {
                    let columns: Vec<&str> = called.iter().map(|place| names[*place].as_str()).collect();
                    problem = Some(twice(*field, &columns));
                }
            }
        }
        if !F::KEYS.iter().any(|key| places.contains_key(key)) {
            return Err(None);
        }
        if problem.is_some() {
            return Err(problem);
        }
        let ignored = (0..names.len()).filter(|place| !used[*place] && !names[*place].is_empty());
        let ignored = ignored.map(|place| names[place].clone()).collect();
        Ok(Self { index, header, places, ignored })
    }

    pub(super) fn cell<'r>(&self, row: &'r SourceRow, field: F) -> Option<&'r SourceCell> {
        self.places.get(&field).and_then(|(place, _)| row.cells.get(*place))
    }

    /// What the file calls a field.
    pub fn name_of(&self, field: F) -> Option<&str> {
        self.places.get(&field).map(|(_, name)| name.as_str())
    }
}

fn names(row: &SourceRow, above: Option<&SourceRow>) -> Vec<String> {
    let width = above.map_or(0, |above| above.cells.len()).max(row.cells.len());
    let name =
        |row: &SourceRow, place: usize| row.cells.get(place).map_or("", |cell| cell.text.as_str()).to_owned();
    (0..width)
        .map(|place| match (name(row, place), above) {
            (own, Some(above)) if own.is_empty() => name(above, place),
            (own, Some(_) | None) => own,
        })
        .collect()
}

fn only(names: &[String], is: impl Fn(&String) -> bool) -> Result<Option<usize>, Vec<&str>> {
    let places: Vec<usize> = (0..names.len()).filter(|place| is(&names[*place])).collect();
    match places[..] {
        [] => Ok(None),
        [place] => Ok(Some(place)),
        [..] => Err(places.iter().map(|place| names[*place].as_str()).collect()),
    }
}

fn twice<F: ListField>(field: F, columns: &[&str]) -> String {
    format!("{} could each be the {field}: name the one column that is", columns.join(" and "))
}

fn not_found<F: ListField>(mapping: &Mapping<F>) -> String {
    let mapped: Vec<String> =
        mapping.columns.iter().map(|(field, name)| format!("{name} ({field})")).collect();
    let wanted = if mapped.is_empty() {
        let keys: Vec<String> = F::KEYS.iter().map(|key| format!("{} ({key})", key.chinese())).collect();
        format!("none is called {}, or the like", keys.join(" or "))
    } else {
        format!("none has all of {}", mapped.join(", "))
    };
    format!("no row has the names of the columns: of the first {ROWS_ABOVE} rows {wanted}")
}
