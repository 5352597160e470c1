//! The reference of a row: the bank's own, or one joined from cells that tell any two rows apart.
//!
//! Parts whose meaning is known are brought to one spelling, so that a file that went through a spreadsheet
//! (`2026/3/9`, `3638.17` for `3,638.17`) still gives the same reference.

use tallybook_domain::Currency;
use tallybook_domain::deposits::BankReference;
use tallybook_import::cell;
use tallybook_import::sheet::Record;

use super::mapping::Field;
use super::row::RowReader;

/// `PREFIX/part/part`, or the one part alone.
pub(super) fn compose(
    reader: &RowReader<'_>,
    record: &Record,
    currency: Currency,
) -> Result<BankReference, String> {
    let mut parts = Vec::new();
    for (place, written) in reader.columns.cells(record, Field::Reference) {
        let Some(text) = cell::filled(written) else { continue };
        if cell::is_rounded_by_spreadsheet(text) {
            return Err(format!(
                "reference {text:?}: a spreadsheet has rounded it; take it from the bank's own file"
            ));
        }
        parts.push(one_spelling(text, reader.columns.meaning_of(place), currency));
    }
    if parts.is_empty() {
        return Err("reference: is empty".to_owned());
    }
    if let Some(prefix) = &reader.mapping.reference_prefix {
        parts.insert(0, prefix.clone());
    }
    let reference = parts.join("/");
    reference.parse().map_err(|error| format!("reference {reference:?}: {error}"))
}

fn one_spelling(text: &str, meaning: Option<Field>, currency: Currency) -> String {
    let spelled = match meaning {
        Some(Field::Date) => cell::date(text).ok().map(|(date, time)| match time {
            Some(time) => format!("{date} {time}"),
            None => date.to_string(),
        }),
        Some(Field::Time) => cell::time(text),
        Some(Field::Amount | Field::AmountIn | Field::AmountOut | Field::Balance) => {
            cell::amount(text, currency).ok().map(|money| money.amount().to_string())
        }
        Some(
            Field::Flag
            | Field::Currency
            | Field::Customer
            | Field::Reference
            | Field::Remark
            | Field::PayerName
            | Field::PayerAccount,
        )
        | None => None,
    };
    spelled.unwrap_or_else(|| text.to_owned())
}
