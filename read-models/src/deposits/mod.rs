//! Where the customers' money is and how it came and went: wallets, deposits, withdrawals, statements, days.

mod daily_totals;
mod deposit;
#[cfg(test)]
mod histories;
mod wallet;
mod wallet_hold;
mod wallet_statement;
mod withdrawal;

pub use daily_totals::{
    CurrencyDays, DailyTotals, DailyTotalsRow, Dashboard, DayTurnover, Turnover, daily_totals,
};
pub use deposit::{
    DepositFilter, DepositOrder, DepositReversal, DepositRow, Deposits, find_deposit, list_deposits,
};
pub use wallet::{
    WalletFilter, WalletOrder, WalletRow, Wallets, find_wallet, list_wallets, list_wallets_as_of,
};
pub use wallet_hold::{HoldKind, HoldRow, WalletHolds};
pub use wallet_statement::{
    LineKind, LineRow, MonthRow, StatementLine, StatementTables, WalletStatement, WalletStatements,
    wallet_statement,
};
pub use withdrawal::{
    Step, StepRow, Withdrawal, WithdrawalFilter, WithdrawalOrder, WithdrawalRow, WithdrawalTables,
    Withdrawals, find_withdrawal, list_withdrawals,
};
