//! A journal for hledger. Source: hledger.org, "hledger manual", Journal format.

use std::borrow::Cow;
use std::io::Write;

use chrono::NaiveDate;
use tallybook_domain::ledger::AccountKind;

use super::accounts::Names;
use super::balances::{Balances, Sums, written};
use super::entry::{Entry, signed};
use super::format::{JournalFile, Sink, Title};

pub(super) struct Hledger {
    sink: Sink,
    names: Names,
}

impl Hledger {
    pub(super) fn begin(mut sink: Sink, title: &Title) -> anyhow::Result<Self> {
        let names = Names::of_the_chart();
        writeln!(sink, "; {}", title.sentence())?;
        writeln!(sink, "; Merkle root there: {}", title.root)?;
        writeln!(sink, "decimal-mark .\n")?;
        for (account, name) in names.iter() {
            let described = account.account();
            let (kind, code) = (letter(described.kind), described.code);
            let (english, chinese) = (described.name_en, described.name_zh);
            writeln!(
                sink,
                "account {name}  ; type:{kind}, code:{code}, name_en:{english}, name_zh:{chinese}"
            )?;
        }
        Ok(Self { sink, names })
    }

    fn opening(&mut self, eve: NaiveDate, sums: &Sums) -> anyhow::Result<()> {
        writeln!(self.sink, "\n{eve} * Opening balances")?;
        for ((account, currency), amount) in sums {
            let (name, amount) = (self.names.get(*account), written(*amount, *currency));
            writeln!(self.sink, "    {name}  {amount} {currency}")?;
        }
        Ok(())
    }

    /// hledger goes through a day's entries in the order of the file: at its end these are the day's last.
    fn assert(&mut self, day: NaiveDate, sums: &Sums) -> anyhow::Result<()> {
        writeln!(self.sink, "\n{day} * Balances after {day}")?;
        for ((account, currency), amount) in sums {
            let (name, amount) = (self.names.get(*account), written(*amount, *currency));
            writeln!(self.sink, "    {name}  0 {currency} = {amount} {currency}")?;
        }
        Ok(())
    }
}

impl JournalFile for Hledger {
    fn entry(&mut self, entry: &Entry) -> anyhow::Result<()> {
        let (date, recorded) = (entry.effective_date, &entry.recorded);
        let (position, id) = (recorded.position, &recorded.aggregate_id);
        let sink = &mut self.sink;
        writeln!(sink, "\n{date} * ({position}) {} {id}", recorded.event.event_type())?;
        writeln!(sink, "    ; position:{position}")?;
        for (name, value) in entry.tags() {
            writeln!(sink, "    ; {name}:{}", tag_value(&value))?;
        }
        for posting in &entry.postings {
            let (name, currency) = (self.names.get(posting.account), posting.amount.currency());
            writeln!(sink, "    {name}  {} {currency}", signed(posting))?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>, balances: &Balances) -> anyhow::Result<()> {
        if let Some((eve, sums)) = balances.opening() {
            self.opening(eve, sums)?;
        }
        for month in balances.month_ends() {
            let (day, sums) = month?;
            self.assert(day, &sums)?;
        }
        writeln!(self.sink)?;
        for currency in balances.currencies() {
            let decimals = "0".repeat(currency.minor_units() as usize);
            writeln!(self.sink, "commodity 1000.{decimals} {currency}")?;
        }
        Ok(self.sink.flush()?)
    }
}

fn letter(kind: AccountKind) -> char {
    match kind {
        AccountKind::Asset => 'A',
        AccountKind::Liability => 'L',
        AccountKind::Equity => 'E',
        AccountKind::Income => 'R',
        AccountKind::Expense => 'X',
    }
}

/// A value ends at a comma or at the end of its line, so these are written as in addresses: `,` is `%2C`.
fn tag_value(value: &str) -> Cow<'_, str> {
    let special = |sign: char| sign == ',' || sign == '%' || sign.is_control();
    if !value.contains(special) {
        return Cow::Borrowed(value);
    }
    let mut encoded = String::with_capacity(value.len() + 8);
    for sign in value.chars() {
        if special(sign) {
            for byte in sign.encode_utf8(&mut [0; 4]).bytes() {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        } else {
            encoded.push(sign);
        }
    }
    Cow::Owned(encoded)
}
