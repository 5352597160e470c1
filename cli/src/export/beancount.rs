//! A ledger for beancount. Source: beancount.github.io, "Beancount Language Syntax".

use std::io::Write;

use tallybook_domain::dates::EARLIEST_EFFECTIVE_DATE;

use super::accounts::Names;
use super::balances::{Balances, written};
use super::entry::{Entry, signed};
use super::format::{JournalFile, Sink, Title};

pub(super) struct Beancount {
    sink: Sink,
    names: Names,
}

impl Beancount {
    pub(super) fn begin(mut sink: Sink, title: &Title) -> anyhow::Result<Self> {
        let names = Names::of_the_chart();
        writeln!(sink, "; {}", title.sentence())?;
        writeln!(sink, "; Merkle root there: {}", title.root)?;
        writeln!(sink, "option \"title\" {}\n", quoted(&format!("Tallybook, book {}", title.book)))?;
        for (account, name) in names.iter() {
            let described = account.account();
            writeln!(sink, "{EARLIEST_EFFECTIVE_DATE} open {name}")?;
            for (key, value) in
                [("code", described.code), ("name_en", described.name_en), ("name_zh", described.name_zh)]
            {
                writeln!(sink, "  {key}: {}", quoted(value))?;
            }
        }
        Ok(Self { sink, names })
    }
}

impl JournalFile for Beancount {
    fn entry(&mut self, entry: &Entry) -> anyhow::Result<()> {
        let (date, recorded) = (entry.effective_date, &entry.recorded);
        let (event_type, id) = (quoted(recorded.event.event_type()), quoted(&recorded.aggregate_id));
        let sink = &mut self.sink;
        writeln!(sink, "\n{date} * {event_type} {id}")?;
        writeln!(sink, "  position: {}", recorded.position)?;
        for (name, value) in entry.tags() {
            writeln!(sink, "  {name}: {}", quoted(&value))?;
        }
        for posting in &entry.postings {
            let (name, currency) = (self.names.get(posting.account), posting.amount.currency());
            writeln!(sink, "  {name}  {} {currency}", signed(posting))?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>, balances: &Balances) -> anyhow::Result<()> {
        let Self { sink, names } = &mut *self;
        if let Some((eve, sums)) = balances.opening() {
            writeln!(sink, "\n{eve} * \"Opening balances\"")?;
            for ((account, currency), amount) in sums {
                let (name, amount) = (names.get(*account), written(*amount, *currency));
                writeln!(sink, "  {name}  {amount} {currency}")?;
            }
        }
        for month in balances.month_ends() {
            let (day, sums) = month?;
            // A balance is that of the morning, so the next day's is meant. The calendar ends long after any book.
            let morning = day.succ_opt().unwrap_or(day);
            writeln!(sink)?;
            for ((account, currency), amount) in &sums {
                let (name, amount) = (names.get(*account), written(*amount, *currency));
                // Without a tolerance beancount takes the last decimal lightly.
                writeln!(sink, "{morning} balance {name}  {amount} ~ 0 {currency}")?;
            }
        }
        Ok(sink.flush()?)
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for sign in text.chars() {
        match sign {
            '"' | '\\' => quoted.extend(['\\', sign]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(sign),
        }
    }
    quoted.push('"');
    quoted
}
