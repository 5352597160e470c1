//! Whole statements through reading: rules on small files of our own, and the shipped mappings on real layouts.

mod rules;
mod samples;

use super::mapping::{Field, Mapping, NegativeOut};
use tallybook_domain::CustomerId;
use tallybook_import::sheet::Sheet;

use super::statement::Statement;

/// A mapping for customer 1 with these columns.
fn mapping(columns: &[(Field, &str)]) -> Mapping {
    Mapping {
        columns: columns.iter().map(|(field, name)| (*field, (*name).to_owned())).collect(),
        customer: Some(CustomerId::from_number(1)),
        ..Mapping::default()
    }
}

fn read(text: &str, mapping: &Mapping) -> (Sheet, Statement) {
    let sheet = Sheet::read(text.to_owned()).unwrap();
    let statement = Statement::read(&sheet, mapping).unwrap();
    (sheet, statement)
}

/// Line, amount and reference of every deposit, oldest first.
fn deposits(statement: &Statement) -> Vec<(usize, String, String)> {
    let deposits = statement.lines.iter().filter_map(|line| Some((line.line, line.entry.incoming.as_ref()?)));
    deposits
        .map(|(line, deposit)| (line, deposit.amount.to_string(), deposit.reference.as_str().to_owned()))
        .collect()
}

fn reasons(statement: &Statement) -> Vec<(usize, String)> {
    statement.bad.iter().map(|bad| (bad.line, bad.reasons.join("; "))).collect()
}
