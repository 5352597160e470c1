//! What one row of a statement says.

use chrono::NaiveDate;
use tallybook_domain::deposits::BankReference;
use tallybook_domain::settlement::receipt::Payer;
use tallybook_domain::text::Remark;
use tallybook_domain::{Currency, CustomerId, Money};
use tallybook_import::cell;
use tallybook_import::sheet::{Record, Sheet};

use super::columns::Columns;
use super::flag;
use super::mapping::{Field, Mapping, NegativeOut};
use super::reference;

/// Longer remarks are cut: they explain the money, they do not identify it.
const REMARK_CHARACTERS: usize = 500;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Nothing but padding and dashes.
    Blank,
    /// The header again, as on every page of some exports.
    Header,
    /// The bank's own sum of its columns.
    Total {
        money_in: Option<Money>,
        money_out: Option<Money>,
    },
    /// No date and no amount: a footer, a comment.
    Note,
    Entry(Entry),
    /// A row that moves money, as far as one can tell, and cannot be read. All reasons at once.
    Bad(Vec<String>),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) date: NaiveDate,
    pub(super) time: Option<String>,
    /// More than zero: money in. `None`: the amount's cell is empty, as in the other of two columns.
    pub(super) amount: Option<Money>,
    pub(super) balance: Option<Money>,
    /// What is to be recorded, where money came in.
    pub(super) incoming: Option<Incoming>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Incoming {
    /// Always there, unless the mapping lets it be unknown.
    pub(super) customer: Option<CustomerId>,
    pub(super) amount: Money,
    pub(super) reference: BankReference,
    pub(super) date: NaiveDate,
    pub(super) remark: Option<Remark>,
    pub(super) payer: Payer,
}

/// Everything a row is read with.
#[derive(Debug)]
pub(super) struct RowReader<'f> {
    pub(super) sheet: &'f Sheet,
    pub(super) columns: &'f Columns,
    pub(super) mapping: &'f Mapping,
    /// `None`: such a row is bad.
    pub(super) negative_out: Option<NegativeOut>,
}

impl RowReader<'_> {
    pub(super) fn read(&self, record: &Record) -> Row {
        if record.cells.iter().all(|cell| cell::filled(cell).is_none()) {
            return Row::Blank;
        }
        if record.cells == self.sheet.records[self.columns.header].cells {
            return Row::Header;
        }
        if self.sheet.is_torn(record) {
            return Row::Bad(vec!["a quotation mark is opened and not closed: lines run together".into()]);
        }
        let date = match self.columns.cell(record, Field::Date) {
            Some(text) => cell::date(text),
            None => Err("date: is empty".to_owned()),
        };
        if date.is_err() {
            if is_total(record) {
                return self.total(record);
            }
            if !self.has_money(record) {
                return Row::Note;
            }
        }
        self.entry(record, date)
    }

    fn has_money(&self, record: &Record) -> bool {
        let fields = [Field::Amount, Field::AmountIn, Field::AmountOut];
        fields.into_iter().any(|field| self.columns.cell(record, field).is_some())
    }

    fn total(&self, record: &Record) -> Row {
        let currency = self.mapping.currency.unwrap_or(Currency::CNY);
        let sum = |field| self.columns.cell(record, field).and_then(|text| cell::amount(text, currency).ok());
        Row::Total { money_in: sum(Field::AmountIn), money_out: sum(Field::AmountOut) }
    }

    fn entry(&self, record: &Record, date: Result<(NaiveDate, Option<String>), String>) -> Row {
        let mut reasons = Vec::new();
        let date = noted(date, &mut reasons);
        let currency = noted(self.currency(record), &mut reasons);
        let amount = currency.and_then(|currency| noted(self.amount(record, currency), &mut reasons));
        let balance = currency.and_then(|currency| noted(self.balance(record, currency), &mut reasons));
        let incoming = match amount {
            Some(Some(amount)) if amount.is_positive() => {
                let customer = noted(self.customer(record), &mut reasons);
                let reference = currency
                    .and_then(|currency| noted(reference::compose(self, record, currency), &mut reasons));
                let remark = noted(self.remark(record), &mut reasons);
                let payer = noted(self.payer(record), &mut reasons);
                match (customer, reference, date.as_ref(), remark, payer) {
                    (Some(customer), Some(reference), Some((date, _)), Some(remark), Some(payer)) => {
                        Some(Incoming { customer, amount, reference, date: *date, remark, payer })
                    }
                    _ => None,
                }
            }
            Some(_) | None => None,
        };
        match (date, amount, balance) {
            (Some((date, time)), Some(amount), Some(balance)) if reasons.is_empty() => {
                let separate = self
                    .columns
                    .cell(record, Field::Time)
                    .map(|text| cell::time(text).unwrap_or_else(|| text.to_owned()));
                Row::Entry(Entry { date, time: separate.or(time), amount, balance, incoming })
            }
            _ => Row::Bad(reasons),
        }
    }

    fn currency(&self, record: &Record) -> Result<Currency, String> {
        match self.columns.cell(record, Field::Currency) {
            Some(text) => cell::currency(text),
            None => Ok(self.mapping.currency.unwrap_or(Currency::CNY)),
        }
    }

    /// Money in is more than zero, however the bank tells the direction. A negative amount of money in is money out
    /// (冲正, a reversal); what one of money out is, the file has to tell.
    fn amount(&self, record: &Record, currency: Currency) -> Result<Option<Money>, String> {
        let read = |field| match self.columns.cell(record, field) {
            Some(text) => cell::amount(text, currency).map(Some),
            None => Ok(None),
        };
        if let Some(amount) = read(Field::Amount)? {
            if !self.mapping.columns.contains_key(&Field::Flag) {
                return Ok(Some(amount));
            }
            let written = self.columns.cell(record, Field::Flag).unwrap_or("");
            return match flag::side(written, &self.mapping.flag_in, &self.mapping.flag_out)? {
                flag::Side::In => Ok(Some(amount)),
                flag::Side::Out => self.out(amount).map(Some),
            };
        }
        match (read(Field::AmountIn)?, read(Field::AmountOut)?) {
            (Some(money_in), Some(money_out)) if !money_in.is_zero() && !money_out.is_zero() => {
                Err(format!("amount: both {money_in} in and {money_out} out"))
            }
            (Some(money_in), Some(money_out)) if money_out.is_zero() => Ok(Some(money_in)),
            (Some(money_in), None) => Ok(Some(money_in)),
            (_, Some(money_out)) => self.out(money_out).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn out(&self, amount: Money) -> Result<Money, String> {
        if !amount.is_negative() {
            return Ok(amount.negate());
        }
        match self.negative_out {
            Some(NegativeOut::MoneyOut) => Ok(amount),
            Some(NegativeOut::Reversal) => Ok(amount.negate()),
            None => Err(format!(
                "amount: {amount} of money out may be money out, or a reversal (冲正), which is money in, and no \
                 balances tell which; say --negative-out money-out or --negative-out reversal"
            )),
        }
    }

    /// Whether the row says that money went out, with a negative amount: banks mean opposite things by it.
    pub(super) fn is_negative_out(&self, record: &Record) -> bool {
        let as_reversal = RowReader { negative_out: Some(NegativeOut::Reversal), ..*self };
        let as_money_out = RowReader { negative_out: Some(NegativeOut::MoneyOut), ..*self };
        let amounts =
            |currency| (as_reversal.amount(record, currency), as_money_out.amount(record, currency));
        self.currency(record)
            .is_ok_and(|currency| matches!(amounts(currency), (Ok(one), Ok(other)) if one != other))
    }

    fn balance(&self, record: &Record, currency: Currency) -> Result<Option<Money>, String> {
        let text = self.columns.cell(record, Field::Balance);
        text.map(|text| cell::amount(text, currency).map_err(|error| format!("balance: {error}"))).transpose()
    }

    fn customer(&self, record: &Record) -> Result<Option<CustomerId>, String> {
        match (self.columns.cell(record, Field::Customer), &self.mapping.customer) {
            (Some(text), _) => text.parse().map(Some).map_err(|error| format!("customer {text:?}: {error}")),
            (None, Some(customer)) => Ok(Some(customer.clone())),
            (None, None) if self.mapping.customer_may_be_unknown() => Ok(None),
            (None, None) => Err("customer: is empty".to_owned()),
        }
    }

    fn payer(&self, record: &Record) -> Result<Payer, String> {
        let name = self.columns.cell(record, Field::PayerName).map(str::parse).transpose();
        let account = self.columns.cell(record, Field::PayerAccount).map(str::parse).transpose();
        Ok(Payer {
            name: name.map_err(|error| format!("payer_name: {error}"))?,
            account: account.map_err(|error| format!("payer_account: {error}"))?,
        })
    }

    fn remark(&self, record: &Record) -> Result<Option<Remark>, String> {
        // The payer's name, where it is mapped as that, is no part of what the payer wrote.
        let parts = self
            .columns
            .cells(record, Field::Remark)
            .filter(|(place, _)| self.columns.meaning_of(*place) != Some(Field::PayerName))
            .filter_map(|(_, text)| cell::filled(text));
        let joined = parts.collect::<Vec<_>>().join(" ");
        let plain: String =
            joined.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REMARK_CHARACTERS).collect();
        if plain.trim().is_empty() {
            return Ok(None);
        }
        plain.parse().map(Some).map_err(|error| format!("remark: {error}"))
    }
}

/// The value, or `None` after its reason has been noted.
fn noted<T>(result: Result<T, String>, reasons: &mut Vec<String>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(reason) => {
            reasons.push(reason);
            None
        }
    }
}

/// A row that begins with 合计 or the like is the bank's sum, not a movement. `TotalEnergies` is a payer.
fn is_total(record: &Record) -> bool {
    const WORDS: [&str; 5] = ["合计", "总计", "小计", "累计", "总额"];
    record
        .cells
        .iter()
        .find(|cell| !cell.is_empty())
        .map(|cell| tallybook_import::sheet::folded(cell).to_lowercase())
        .is_some_and(|first| {
            WORDS.iter().any(|word| first.contains(word))
                || first
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|word| matches!(word, "total" | "subtotal" | "totals"))
        })
}
