//! Where the mapped columns are: the header row, wherever in the file it stands.

use std::collections::BTreeMap;

use tallybook_import::sheet::{Record, Sheet, folded};

use super::mapping::{Field, Mapping};

/// The header that was found, and the places of the mapped columns in it.
#[derive(Debug)]
pub(super) struct Columns {
    /// Which record of the sheet is the header.
    pub(super) header: usize,
    places: BTreeMap<Field, Vec<usize>>,
}

impl Columns {
    /// The first row that has all mapped columns; what stands above it is left alone.
    pub(super) fn find(sheet: &Sheet, mapping: &Mapping) -> Result<Self, String> {
        let mut nearest: Option<(usize, &Record, Vec<String>)> = None;
        for (header, record) in sheet.records.iter().enumerate() {
            match places(record, mapping) {
                Ok(places) => return Ok(Self { header, places }),
                Err(problems) => {
                    if nearest.as_ref().is_none_or(|(fewest, _, _)| problems.len() < *fewest) {
                        nearest = Some((problems.len(), record, problems));
                    }
                }
            }
        }
        let Some((_, record, problems)) = nearest else { return Err("the file is empty".to_owned()) };
        let names: Vec<&str> =
            record.cells.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        Err(format!(
            "no row has all the columns. Nearest is line {} ({}): it has {}",
            record.line,
            problems.join("; "),
            names.join(", ")
        ))
    }

    /// The cells of a field, in the order they were mapped; a short row has empty ones.
    pub(super) fn cells<'r>(
        &self,
        record: &'r Record,
        field: Field,
    ) -> impl Iterator<Item = (usize, &'r str)> {
        let places = self.places.get(&field).map_or(&[][..], Vec::as_slice).to_vec();
        places.into_iter().map(|place| (place, record.cells.get(place).map_or("", String::as_str)))
    }

    /// The cell of a field with one column, unless it is empty or filled with dashes.
    pub(super) fn cell<'r>(&self, record: &'r Record, field: Field) -> Option<&'r str> {
        self.cells(record, field).next().and_then(|(_, cell)| tallybook_import::cell::filled(cell))
    }

    /// The field, other than a joined one, that a place was mapped to.
    pub(super) fn meaning_of(&self, place: usize) -> Option<Field> {
        self.places
            .iter()
            .find(|(field, places)| !field.is_joined() && places.contains(&place))
            .map(|(field, _)| *field)
    }
}

fn places(record: &Record, mapping: &Mapping) -> Result<BTreeMap<Field, Vec<usize>>, Vec<String>> {
    let header: Vec<String> = record.cells.iter().map(|cell| folded(cell)).collect();
    let mut found = BTreeMap::new();
    let mut problems = Vec::new();
    for (field, wanted) in &mapping.columns {
        match place(&header, wanted) {
            Ok(place) => {
                found.insert(*field, vec![place]);
            }
            // A name may itself contain a plus sign, so the whole was tried first.
            Err(problem) if !(field.is_joined() && wanted.contains('+')) => note(&mut problems, problem),
            Err(_) => {
                let (places, missing): (Vec<_>, Vec<_>) =
                    wanted.split('+').map(|name| place(&header, name)).partition(Result::is_ok);
                missing.into_iter().filter_map(Result::err).for_each(|problem| note(&mut problems, problem));
                found.insert(*field, places.into_iter().flatten().collect());
            }
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// A column may be mapped to several fields; that it is missing is said once.
fn note(problems: &mut Vec<String>, problem: String) {
    if !problems.contains(&problem) {
        problems.push(problem);
    }
}

fn place(header: &[String], name: &str) -> Result<usize, String> {
    let wanted = folded(name);
    let mut places = header.iter().enumerate().filter(|(_, cell)| **cell == wanted).map(|(place, _)| place);
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => Err(format!("{} stands there twice", name.trim())),
        (None, _) => Err(format!("{} is missing", name.trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, columns: &[(Field, &str)]) -> Result<(usize, Columns), String> {
        let sheet = Sheet::read(text.to_owned()).unwrap();
        let columns = columns.iter().map(|(field, name)| (*field, (*name).to_owned())).collect();
        let found = Columns::find(&sheet, &Mapping { columns, ..Mapping::default() })?;
        Ok((sheet.records[found.header].line, found))
    }

    #[test]
    fn the_header_is_found_below_any_title_lines() {
        let text = "某银行\n\n账号,001,日期\n日 期,金额（元）,摘要\n2026-01-01,1,x\n";
        let (line, found) = find(text, &[(Field::Date, "日期"), (Field::Amount, "金额(元)")]).unwrap();
        assert_eq!(line, 4);
        assert_eq!(found.meaning_of(1), Some(Field::Amount));
    }

    #[test]
    fn joined_columns_keep_their_order_and_a_name_with_a_plus_is_still_found() {
        let text = "a,b,c+d\n1,2,3\n";
        let (_, found) = find(text, &[(Field::Reference, "b+a"), (Field::Remark, "c+d")]).unwrap();
        assert_eq!(found.places[&Field::Reference], [1, 0]);
        assert_eq!(found.places[&Field::Remark], [2]);
    }

    #[test]
    fn a_missing_or_doubled_column_is_named_with_what_there_is() {
        let refusal =
            find("title\n日期,收入,余额\n", &[(Field::Date, "日期"), (Field::Amount, "金额")]).unwrap_err();
        assert!(refusal.contains("金额 is missing"), "{refusal}");
        assert!(refusal.contains("line 2") && refusal.contains("日期, 收入, 余额"), "{refusal}");
        let twice = [(Field::Date, "交易日期"), (Field::Amount, "收入"), (Field::Reference, "交易日期+x")];
        let refusal = find("日期,收入\n", &twice).unwrap_err();
        assert_eq!(refusal.matches("is missing").count(), 2, "{refusal}");
        let refusal = find("日期,日期\n", &[(Field::Date, "日期")]).unwrap_err();
        assert!(refusal.contains("twice"), "{refusal}");
    }
}
