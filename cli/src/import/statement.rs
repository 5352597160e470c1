//! A whole statement, read: what moved, what cannot be read, and whether it adds up.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use tallybook_domain::{Currency, Money};
use tallybook_import::sheet::Sheet;

use super::chain::{self, Chain, Order};
use super::columns::Columns;
use super::mapping::{Mapping, NegativeOut};
use super::row::{Entry, Row, RowReader};

#[derive(Debug)]
pub(super) struct Statement {
    pub(super) header_line: usize,
    /// Rows that were read, oldest first.
    pub(super) lines: Vec<Line>,
    pub(super) bad: Vec<BadRow>,
    pub(super) order: Order,
    pub(super) chains: Vec<Chain>,
    /// The bank's own sums that are not the sums of its rows, in words.
    pub(super) wrong_totals: Vec<String>,
    pub(super) skipped: Skipped,
}

/// A row that was read.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) record: usize,
    pub(super) line: usize,
    pub(super) entry: Entry,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct BadRow {
    #[serde(skip)]
    pub(super) record: usize,
    pub(super) line: usize,
    pub(super) reasons: Vec<String>,
}

/// What is wrong, by the records of the sheet, as the copy of the file says it.
pub(super) fn by_record(bad: &[BadRow]) -> HashMap<usize, String> {
    bad.iter().map(|row| (row.record, row.reasons.join("; "))).collect()
}

/// Rows below the header that are no movements.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(super) struct Skipped {
    pub(super) blank: usize,
    pub(super) repeated_headers: usize,
    pub(super) totals: usize,
    pub(super) notes: usize,
}

/// Rows and their sum, per currency.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) rows: usize,
    pub(super) sums: BTreeMap<Currency, Money>,
}

impl Tally {
    /// A sum beyond what money can be is left out rather than shown wrong.
    pub(super) fn add(&mut self, amount: Money) {
        self.rows += 1;
        let sum = self.sums.get(&amount.currency()).map_or(Ok(amount), |sum| sum.checked_add(amount));
        match sum {
            Ok(sum) => self.sums.insert(amount.currency(), sum),
            Err(_) => self.sums.remove(&amount.currency()),
        };
    }
}

impl Statement {
    pub(super) fn read(sheet: &Sheet, mapping: &Mapping) -> Result<Self, String> {
        let columns = Columns::find(sheet, mapping)?;
        let reader = RowReader { sheet, columns: &columns, mapping, negative_out: mapping.negative_out };
        let doubtful = mapping.negative_out.is_none()
            && sheet.records.iter().skip(columns.header + 1).any(|record| reader.is_negative_out(record));
        if !doubtful {
            return Ok(Self::read_rows(&reader));
        }
        // Whichever meaning the balances follow from; where they do not tell, the rows in doubt are bad.
        let read = |meaning| Self::read_rows(&RowReader { negative_out: meaning, ..reader });
        let money_out = read(Some(NegativeOut::MoneyOut));
        let reversal = read(Some(NegativeOut::Reversal));
        Ok(match money_out.gaps().cmp(&reversal.gaps()) {
            Ordering::Less => money_out,
            Ordering::Greater => reversal,
            Ordering::Equal => read(None),
        })
    }

    /// Places where the balances do not follow from the amounts.
    pub(super) fn gaps(&self) -> usize {
        self.chains.iter().map(|chain| chain.gaps.len()).sum()
    }

    fn read_rows(reader: &RowReader<'_>) -> Self {
        let RowReader { sheet, columns, .. } = *reader;
        let (mut lines, mut bad, mut skipped, mut totals) =
            (Vec::new(), Vec::new(), Skipped::default(), Vec::new());
        for (record, row) in sheet.records.iter().enumerate().skip(columns.header + 1) {
            match reader.read(row) {
                Row::Blank => skipped.blank += 1,
                Row::Header => skipped.repeated_headers += 1,
                Row::Note => skipped.notes += 1,
                Row::Total { money_in, money_out } => {
                    skipped.totals += 1;
                    totals.push((row.line, money_in, money_out));
                }
                Row::Entry(entry) => lines.push(Line { record, line: row.line, entry }),
                Row::Bad(reasons) => bad.push(BadRow { record, line: row.line, reasons }),
            }
        }
        let order = chain::order(&lines);
        let chains = chain::chains(&lines, order);
        let wrong_totals = if bad.is_empty() { wrong_totals(&lines, &totals) } else { Vec::new() };
        let mut statement = Self {
            header_line: sheet.records[columns.header].line,
            lines,
            bad,
            order,
            chains,
            wrong_totals,
            skipped,
        };
        statement.part_equal_references(sheet);
        if order == Order::NewestFirst {
            statement.lines.reverse();
        }
        statement
    }

    /// A row with the reference of an earlier one is bad: recording it would be taken for a repeat of that one, and
    /// if both are real, money would be missing.
    fn part_equal_references(&mut self, sheet: &Sheet) {
        let mut seen: HashMap<String, (usize, usize)> = HashMap::new();
        let mut doubled = Vec::new();
        self.lines.retain(|line| {
            let Some(incoming) = &line.entry.incoming else { return true };
            match seen.get(incoming.reference.as_str()) {
                None => {
                    seen.insert(incoming.reference.as_str().to_owned(), (line.record, line.line));
                    true
                }
                Some((record, earlier)) => {
                    let same = sheet.records[*record].cells == sheet.records[line.record].cells;
                    let likeness = if same { "is the same as" } else { "has the reference of" };
                    let reason = format!(
                        "{likeness} line {earlier} ({}): if both are real, map a reference that tells them apart, such \
                         as --column reference=A+B",
                        incoming.reference
                    );
                    doubled.push(BadRow { record: line.record, line: line.line, reasons: vec![reason] });
                    false
                }
            }
        });
        self.bad.append(&mut doubled);
        self.bad.sort_by_key(|bad| bad.line);
    }

    pub(super) fn money_in(&self) -> Tally {
        self.tally(Money::is_positive)
    }

    pub(super) fn money_out(&self) -> Tally {
        self.tally(Money::is_negative)
    }

    /// Rows that move nothing: an empty amount, or zero.
    pub(super) fn without_amount(&self) -> usize {
        self.lines.iter().filter(|line| line.entry.amount.is_none_or(|amount| amount.is_zero())).count()
    }

    fn tally(&self, which: fn(&Money) -> bool) -> Tally {
        let mut tally = Tally::default();
        for amount in self.lines.iter().filter_map(|line| line.entry.amount).filter(which) {
            tally.add(if amount.is_negative() { amount.negate() } else { amount });
        }
        tally
    }
}

/// Compares the bank's one sum of two columns with the rows above it. Files with several sums (one a page) are left
/// alone: which rows each belongs to is not written in them.
fn wrong_totals(lines: &[Line], totals: &[(usize, Option<Money>, Option<Money>)]) -> Vec<String> {
    let [(line, stated_in, stated_out)] = *totals else { return Vec::new() };
    let (mut money_in, mut money_out) = (Tally::default(), Tally::default());
    for amount in lines.iter().filter_map(|line| line.entry.amount) {
        if amount.is_negative() { money_out.add(amount.negate()) } else { money_in.add(amount) }
    }
    let differs = |stated: Option<Money>, rows: &Tally, which: &str| {
        let stated = stated?;
        let sum =
            rows.sums.get(&stated.currency()).copied().unwrap_or_else(|| Money::zero(stated.currency()));
        (sum != stated).then(|| format!("line {line} says {stated} {which}, the rows add up to {sum}"))
    };
    [differs(stated_in, &money_in, "in"), differs(stated_out, &money_out, "out")]
        .into_iter()
        .flatten()
        .collect()
}
