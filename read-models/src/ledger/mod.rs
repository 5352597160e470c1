//! The books in double entry: lines of every account, the chart with its balances, the trial balance, closed months.

mod account_lines;
mod accounts;
mod general_ledger;
mod period;
mod restatement;
mod sums;
mod trial_balance;

pub use account_lines::{AccountLines, LedgerLine, account_lines};
pub(crate) use accounts::parts_of;
pub use accounts::{AccountBalance, LedgerAccount, accounts};
pub use general_ledger::{GeneralLedger, LedgerDayRow, LedgerLineRow, LedgerTables};
pub use period::{PeriodRow, Periods, find_period, list_periods};
pub use restatement::{
    AccountFigures, Between, Changes, LaterEvent, LaterPosting, RestatedAccount, Restatement, restatement,
};
pub(crate) use sums::closing_of;
pub use trial_balance::{TrialBalance, TrialBalanceLine, TrialBalanceOfCurrency, trial_balance};
