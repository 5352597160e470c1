//! What an import did, for people and for machines.

use serde::Serialize;
use tallybook_domain::Money;
use tallybook_import::Encoding;

use super::chain::{Chain, Order};
use super::record::Recorded;
use super::statement::{BadRow, Skipped, Statement, Tally};
use crate::output::{note, say};

/// Bad rows shown to people; all of them are in the copy of the file and in the JSON.
const SHOWN: usize = 10;

#[derive(Debug, Serialize)]
pub(super) struct Summary {
    pub(super) file: String,
    encoding: &'static str,
    header_line: usize,
    order: Order,
    dry_run: bool,
    rows: usize,
    #[serde(rename = "in")]
    money_in: Flow,
    #[serde(rename = "out")]
    money_out: Flow,
    without_amount: usize,
    skipped: Skipped,
    /// In a dry run: that would be recorded.
    recorded: usize,
    already_there: usize,
    pub(super) bad: Vec<BadRow>,
    left: usize,
    /// Places where the balances do not follow from the amounts; `None` where no balances are mapped.
    gaps: Option<usize>,
    balances: Vec<Balances>,
    wrong_totals: Vec<String>,
    pub(super) errors_file: Option<String>,
    position: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Flow {
    rows: usize,
    sums: Vec<Money>,
}

#[derive(Debug, Serialize)]
struct Balances {
    opening: Money,
    closing: Money,
    gaps: Vec<GapRow>,
}

#[derive(Debug, Serialize)]
struct GapRow {
    line: usize,
    expected: Money,
    found: Money,
}

impl Summary {
    pub(super) fn of(
        file: String,
        encoding: Encoding,
        statement: &Statement,
        recorded: &Recorded,
        dry_run: bool,
    ) -> Self {
        let mut bad = statement.bad.clone();
        for line in &statement.lines {
            if let Some(reason) = recorded.refused.get(&line.record) {
                bad.push(BadRow { record: line.record, line: line.line, reasons: vec![reason.clone()] });
            }
        }
        bad.sort_by_key(|row| row.line);
        Self {
            file,
            encoding: encoding.name(),
            header_line: statement.header_line,
            order: statement.order,
            dry_run,
            rows: statement.lines.len() + statement.bad.len(),
            money_in: Flow::of(statement.money_in()),
            money_out: Flow::of(statement.money_out()),
            without_amount: statement.without_amount(),
            skipped: statement.skipped,
            recorded: recorded.new,
            already_there: recorded.already_there,
            bad,
            left: recorded.left,
            gaps: (!statement.chains.is_empty()).then(|| statement.gaps()),
            balances: statement.chains.iter().map(Balances::of).collect(),
            wrong_totals: statement.wrong_totals.clone(),
            errors_file: None,
            position: recorded.position.filter(|_| !dry_run),
        }
    }

    /// A few lines to read.
    pub(super) fn show(&self) {
        let order = match self.order {
            Order::OldestFirst => "oldest first",
            Order::NewestFirst => "newest first",
        };
        say(format!("{}: {}, header on line {}, {order}", self.file, self.encoding, self.header_line));
        say(format!("  rows           {}", self.rows));
        say(format!("  money in       {}", self.money_in.shown()));
        say(format!("  money out      {} (left)", self.money_out.shown()));
        if self.without_amount > 0 {
            say(format!("  no amount      {} (left)", self.without_amount));
        }
        let label = if self.dry_run { "would record" } else { "recorded" };
        say(format!("  {label:<14} {}", self.recorded));
        say(format!("  already there  {}", self.already_there));
        say(format!("  bad            {}", self.bad.len()));
        if self.left > 0 {
            say(format!("  not reached    {}", self.left));
        }
        if let Some(gaps) = self.gaps {
            say(format!("  gaps           {gaps}"));
        }
        for Balances { opening, closing, .. } in &self.balances {
            say(format!("  balances       {opening} → {closing}"));
        }
        if let Some(position) = self.position {
            say(format!("  position       {position}"));
        }
        self.show_warnings();
    }

    fn show_warnings(&self) {
        for gap in self.balances.iter().flat_map(|balances| &balances.gaps).take(SHOWN) {
            note(format!(
                "warning: line {}: the balance should be {} after the row before, it is {}",
                gap.line, gap.expected, gap.found
            ));
        }
        if let Some(more) = self.gaps.and_then(|gaps| gaps.checked_sub(SHOWN)).filter(|more| *more > 0) {
            note(format!("warning: … and {more} more such gaps"));
        }
        for wrong in &self.wrong_totals {
            note(format!("warning: {wrong}"));
        }
        for row in self.bad.iter().take(SHOWN) {
            note(format!("line {}: {}", row.line, row.reasons.join("; ")));
        }
        if self.bad.len() > SHOWN {
            note(format!("… and {} more", self.bad.len() - SHOWN));
        }
        if let Some(file) = &self.errors_file {
            note(format!("The bad rows are marked in {file}: correct them there and import that file."));
        }
    }
}

impl Flow {
    fn of(tally: Tally) -> Self {
        Self { rows: tally.rows, sums: tally.sums.into_values().collect() }
    }

    fn shown(&self) -> String {
        let sums: Vec<String> = self.sums.iter().map(Money::to_string).collect();
        if sums.is_empty() { self.rows.to_string() } else { format!("{}, {}", self.rows, sums.join(", ")) }
    }
}

impl Balances {
    fn of(chain: &Chain) -> Self {
        let gaps = chain.gaps.iter();
        let gaps = gaps.map(|gap| GapRow { line: gap.line, expected: gap.expected, found: gap.found });
        Self { opening: chain.opening, closing: chain.closing, gaps: gaps.collect() }
    }
}
