//! Which figure is asked about: read from the parameters, and told again with the answer.

use std::str::FromStr;

use chrono::NaiveDate;
use serde::Serialize;
use tallybook_domain::ledger::AccountCode;
use tallybook_domain::{Currency, WalletId};
use tallybook_read_models::DateRange;
use tallybook_read_models::explain::{Figure, TurnoverPart, UnknownPart, WalletPart};
use utoipa::ToSchema;

use crate::request::QueryReader;

/// What was asked, as it was understood. What does not belong to the figure, or was left open, is `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Question {
    #[schema(example = "wallet_balance")]
    figure: &'static str,
    #[schema(value_type = Option<String>, example = "C00042.CNY")]
    wallet: Option<WalletId>,
    #[schema(value_type = Option<String>, example = "1002")]
    account: Option<AccountCode>,
    #[schema(value_type = String, example = "CNY")]
    currency: Currency,
    as_of: Option<NaiveDate>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Question {
    pub(super) fn of(figure: &Figure) -> Self {
        let empty = Self {
            figure: word(figure),
            wallet: None,
            account: None,
            currency: figure.currency(),
            as_of: None,
            from: None,
            to: None,
        };
        match figure {
            Figure::Wallet { wallet, part: _ } => Self { wallet: Some(wallet.clone()), ..empty },
            Figure::Account { account, currency: _, as_of } => {
                Self { account: Some(*account), as_of: *as_of, ..empty }
            }
            Figure::Turnover { part: _, currency: _, range } => {
                Self { from: range.from(), to: range.to(), ..empty }
            }
        }
    }
}

/// As in `KINDS`.
fn word(figure: &Figure) -> &'static str {
    match figure {
        Figure::Wallet { part: WalletPart::Balance, .. } => "wallet_balance",
        Figure::Wallet { part: WalletPart::Held, .. } => "wallet_held",
        Figure::Wallet { part: WalletPart::Available, .. } => "wallet_available",
        Figure::Account { .. } => "account_balance",
        Figure::Turnover { part, .. } => part.as_str(),
    }
}

/// Which kind of figure a word names; the other parameters say of what.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Wallet(WalletPart),
    Account,
    Turnover(TurnoverPart),
}

const KINDS: [(&str, Kind); 9] = [
    ("wallet_balance", Kind::Wallet(WalletPart::Balance)),
    ("wallet_held", Kind::Wallet(WalletPart::Held)),
    ("wallet_available", Kind::Wallet(WalletPart::Available)),
    ("account_balance", Kind::Account),
    ("deposits", Kind::Turnover(TurnoverPart::Deposits)),
    ("reversals", Kind::Turnover(TurnoverPart::Reversals)),
    ("withdrawals", Kind::Turnover(TurnoverPart::Withdrawals)),
    ("returns", Kind::Turnover(TurnoverPart::Returns)),
    ("net", Kind::Turnover(TurnoverPart::Net)),
];

impl FromStr for Kind {
    type Err = UnknownPart;

    fn from_str(word: &str) -> Result<Self, UnknownPart> {
        let found = KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind);
        found.ok_or_else(|| UnknownPart { known: KINDS.iter().map(|(name, _)| *name).collect() })
    }
}

/// `None` only with an error.
pub(super) fn figure(query: &mut QueryReader<'_>) -> Option<Figure> {
    match query.required("figure")? {
        Kind::Wallet(part) => Some(Figure::Wallet { wallet: query.required("wallet")?, part }),
        Kind::Account => {
            let (account, currency) = (query.required("account"), query.required("currency"));
            let as_of = query.date("as_of");
            Some(Figure::Account { account: account?, currency: currency?, as_of })
        }
        Kind::Turnover(part) => {
            let (currency, range): (_, DateRange) = (query.required("currency"), query.dates());
            Some(Figure::Turnover { part, currency: currency?, range })
        }
    }
}
