//! Which column of a statement means what: given on the command line, saved, or shipped for a bank.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::settlement::receipt::OwnAccount;
use tallybook_domain::{Currency, CustomerId};

/// What a column can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Field {
    Date,
    Time,
    Amount,
    AmountIn,
    AmountOut,
    Flag,
    Currency,
    Balance,
    Reference,
    Remark,
    Customer,
    PayerName,
    PayerAccount,
}

impl Field {
    pub(super) const ALL: [Self; 13] = [
        Self::Date,
        Self::Time,
        Self::Amount,
        Self::AmountIn,
        Self::AmountOut,
        Self::Flag,
        Self::Currency,
        Self::Balance,
        Self::Reference,
        Self::Remark,
        Self::Customer,
        Self::PayerName,
        Self::PayerAccount,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time",
            Self::Amount => "amount",
            Self::AmountIn => "amount_in",
            Self::AmountOut => "amount_out",
            Self::Flag => "flag",
            Self::Currency => "currency",
            Self::Balance => "balance",
            Self::Reference => "reference",
            Self::Remark => "remark",
            Self::Customer => "customer",
            Self::PayerName => "payer_name",
            Self::PayerAccount => "payer_account",
        }
    }

    /// Whether several columns may be joined with `+`.
    pub(super) fn is_joined(self) -> bool {
        match self {
            Self::Reference | Self::Remark => true,
            Self::Date
            | Self::Time
            | Self::Amount
            | Self::AmountIn
            | Self::AmountOut
            | Self::Flag
            | Self::Currency
            | Self::Balance
            | Self::Customer
            | Self::PayerName
            | Self::PayerAccount => false,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One `--column FIELD=NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnChoice {
    pub(super) field: Field,
    pub(super) name: String,
}

impl FromStr for ColumnChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fields = || Field::ALL.map(Field::as_str).join(", ");
        let (field, name) =
            text.split_once('=').ok_or_else(|| format!("write it as FIELD=NAME; fields are {}", fields()))?;
        let known = Field::ALL.into_iter().find(|known| known.as_str() == field.trim());
        let field = known.ok_or_else(|| format!("there is no field {field:?}; fields are {}", fields()))?;
        if name.trim().is_empty() {
            return Err("the column's name is missing after =".into());
        }
        Ok(Self { field, name: name.trim().to_owned() })
    }
}

/// What a negative amount of money out is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(super) enum NegativeOut {
    /// Money out: the sign says what the column or flag says too.
    MoneyOut,
    /// Money out that was taken back (冲正): money in.
    Reversal,
}

/// How to read the statements of one bank. The TOML form is what `--save-mapping` writes and `--mapping` reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Mapping {
    /// Values of the flag column that mean money in; without them the usual words are understood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) flag_in: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) flag_out: Vec<String>,
    /// Whose money it is, where the whole file is one customer's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer: Option<CustomerId>,
    /// Of every row, where no column says it. CNY without either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<DepositMethod>,
    /// Without it the balances of each file tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) negative_out: Option<NegativeOut>,
    /// Stands before every reference, so that two accounts' files cannot be taken for each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reference_prefix: Option<String>,
    /// Which of the company's own accounts it came into, where money becomes receipts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<OwnAccount>,
    pub(super) columns: BTreeMap<Field, String>,
}

impl Mapping {
    /// Reads the TOML form.
    pub(super) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    pub(super) fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// This mapping, where `chosen` says nothing else. A choice of how amounts are told replaces the other ways.
    pub(super) fn overridden_by(mut self, chosen: Self) -> Self {
        let amounts = [Field::Amount, Field::AmountIn, Field::AmountOut, Field::Flag];
        if amounts.iter().any(|field| chosen.columns.contains_key(field)) {
            self.columns.retain(|field, _| !amounts.contains(field));
        }
        if chosen.customer.is_some() {
            self.columns.remove(&Field::Customer);
        }
        if chosen.currency.is_some() {
            self.columns.remove(&Field::Currency);
        }
        self.columns.extend(chosen.columns);
        Self {
            flag_in: if chosen.flag_in.is_empty() { self.flag_in } else { chosen.flag_in },
            flag_out: if chosen.flag_out.is_empty() { self.flag_out } else { chosen.flag_out },
            customer: chosen.customer.or(self.customer),
            currency: chosen.currency.or(self.currency),
            method: chosen.method.or(self.method),
            negative_out: chosen.negative_out.or(self.negative_out),
            reference_prefix: chosen.reference_prefix.or(self.reference_prefix),
            account: chosen.account.or(self.account),
            columns: self.columns,
        }
    }

    /// The same without what only receipts have.
    pub(super) fn without_receipts(mut self) -> Self {
        self.columns.retain(|field, _| !matches!(field, Field::PayerName | Field::PayerAccount));
        Self { account: None, ..self }
    }

    /// A receipt may wait until somebody says whose it is.
    pub(super) fn customer_may_be_unknown(&self) -> bool {
        self.account.is_some()
    }

    /// Everything that keeps this mapping from being usable, each with what to add.
    pub(super) fn problems(&self) -> Vec<String> {
        let has = |field| self.columns.contains_key(&field);
        let mut problems = Vec::new();
        if !has(Field::Date) {
            problems.push("no column is the date: add --column date=NAME".to_owned());
        }
        if !has(Field::Reference) {
            problems.push(
                "no column is the bank's reference: add --column reference=NAME, or where there is none, several \
                 columns that tell any two rows apart, such as reference=DATE+TIME+BALANCE"
                    .to_owned(),
            );
        }
        match (has(Field::Amount), has(Field::AmountIn), has(Field::AmountOut)) {
            (true, false, false) | (false, true, _) => {}
            (true, _, _) => problems.push("the amount is mapped twice: amount, or amount_in and amount_out".to_owned()),
            (false, false, _) => problems.push(
                "no column is the money that came in: add --column amount=NAME, or amount_in=NAME and amount_out=NAME"
                    .to_owned(),
            ),
        }
        if has(Field::Flag) && !has(Field::Amount) {
            problems.push("a flag column goes with --column amount=NAME".to_owned());
        }
        let flag_words = self.flag_in.iter().chain(&self.flag_out).count();
        if !has(Field::Flag) && flag_words > 0 {
            problems.push("flag words need the column they stand in: add --column flag=NAME".to_owned());
        }
        if !has(Field::Customer) && self.customer.is_none() && !self.customer_may_be_unknown() {
            problems.push("whose money is it? Add --customer C00042, or --column customer=NAME".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(columns: &[(Field, &str)]) -> Mapping {
        Mapping {
            columns: columns.iter().map(|(field, name)| (*field, (*name).to_owned())).collect(),
            ..Mapping::default()
        }
    }

    #[test]
    fn a_column_choice_names_a_known_field() {
        let choice: ColumnChoice = "reference=日期+余额".parse().unwrap();
        assert_eq!(choice, ColumnChoice { field: Field::Reference, name: "日期+余额".into() });
        assert!("date".parse::<ColumnChoice>().unwrap_err().contains("FIELD=NAME"));
        assert!("dat=x".parse::<ColumnChoice>().unwrap_err().contains("amount_in"));
        assert!("date= ".parse::<ColumnChoice>().is_err());
    }

    #[test]
    fn a_saved_mapping_reads_back_as_it_was() {
        let mut saved = mapping(&[(Field::Date, "交易日期"), (Field::Reference, "a+b")]);
        saved.customer = Some(CustomerId::from_number(42));
        saved.currency = Some(Currency::CNY);
        saved.method = Some(DepositMethod::Alipay);
        saved.negative_out = Some(NegativeOut::MoneyOut);
        saved.flag_in = vec!["贷".into()];
        assert_eq!(Mapping::parse(&saved.to_toml().unwrap()).unwrap(), saved);
        assert!(Mapping::parse("colums = 1").unwrap_err().to_string().contains("columns"));
    }

    #[test]
    fn what_is_chosen_now_wins_over_what_was_saved() {
        let mut saved = mapping(&[(Field::Date, "d"), (Field::AmountIn, "in"), (Field::AmountOut, "out")]);
        saved.columns.insert(Field::Customer, "who".into());
        let mut chosen = mapping(&[(Field::Amount, "money")]);
        chosen.customer = Some(CustomerId::from_number(7));
        let merged = saved.overridden_by(chosen);
        assert_eq!(merged.columns, mapping(&[(Field::Date, "d"), (Field::Amount, "money")]).columns);
        assert_eq!(merged.customer, Some(CustomerId::from_number(7)));
    }

    #[test]
    fn an_unusable_mapping_says_everything_that_is_missing() {
        assert_eq!(Mapping::default().problems().len(), 4);
        let mut good = mapping(&[(Field::Date, "d"), (Field::Amount, "a"), (Field::Reference, "r")]);
        good.customer = Some(CustomerId::from_number(1));
        assert_eq!(good.problems(), Vec::<String>::new());
        good.flag_in = vec!["贷".into()];
        assert_eq!(good.problems().len(), 1);
        good.columns.insert(Field::AmountIn, "in".into());
        assert_eq!(good.problems().len(), 2);
    }
}
