//! Deposits and withdrawals (入金, 出金): the customers' money the book keeps in wallets.
//!
//! A wallet holds the money and sees to it that none is spent twice; a withdrawal is the paper that goes from one
//! desk to the next until the bank has paid.

mod destination;
mod method;
mod reference;
mod state;
pub mod wallet;
pub mod withdrawal;

pub use destination::{AccountName, AccountNumber, BankName, Destination};
pub use method::DepositMethod;
pub use reference::{BankReference, ChannelReference, WithdrawalReference};
pub use state::DepositState;
pub use wallet::{DepositFacts, Wallet, WalletCommand, WalletEvent, WalletRefusal};
pub use withdrawal::{
    Withdrawal, WithdrawalAction, WithdrawalCommand, WithdrawalEvent, WithdrawalRefusal, WithdrawalState,
};
