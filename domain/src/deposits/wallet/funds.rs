//! The arithmetic of a wallet: what is in it, what of that is set aside, and for whom.
//!
//! Invariants: 0 ≤ held ≤ balance, and held is the sum of the open holds. An event that would break them is
//! corruption. What grows is shared, so that a copy of a wallet costs the same whatever its history.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{WalletId, WithdrawalId};
use crate::money::{Money, MoneyError};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Funds {
    pub(super) wallet: WalletId,
    pub(super) balance: Money,
    pub(super) held: Money,
    /// Open holds only.
    holds: Arc<BTreeMap<WithdrawalId, Money>>,
    /// The entries of deposits that have been reversed: eight bytes for each mistake ever made.
    reversed: Arc<BTreeSet<u64>>,
}

/// What cannot be if every event was decided by the rules.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("less than nothing would be left")]
    Overdrawn,
    #[error("the hold exists already")]
    HeldTwice,
    #[error("there is no such hold")]
    NotHeld,
    #[error("the hold is of another amount")]
    HeldOtherwise,
    #[error("the deposit is reversed already")]
    ReversedTwice,
}

impl Funds {
    pub(super) fn none(wallet: &WalletId) -> Self {
        let zero = Money::zero(wallet.currency());
        Self {
            wallet: wallet.clone(),
            balance: zero,
            held: zero,
            holds: Arc::default(),
            reversed: Arc::default(),
        }
    }

    pub(super) fn available(&self) -> Money {
        self.balance.checked_sub(self.held).expect("held is at most the balance, in the same currency")
    }

    pub(super) fn hold(&self, withdrawal: &WithdrawalId) -> Option<Money> {
        self.holds.get(withdrawal).copied()
    }

    pub(super) fn open_holds(&self) -> impl Iterator<Item = (&WithdrawalId, Money)> {
        self.holds.iter().map(|(withdrawal, amount)| (withdrawal, *amount))
    }

    pub(super) fn is_reversed(&self, entry: u64) -> bool {
        self.reversed.contains(&entry)
    }

    pub(super) fn credit(&mut self, amount: Money) -> Result<(), Broken> {
        self.balance = self.balance.checked_add(amount)?;
        Ok(())
    }

    pub(super) fn reverse(&mut self, entry: u64, amount: Money) -> Result<(), Broken> {
        self.debit(amount)?;
        if Arc::make_mut(&mut self.reversed).insert(entry) { Ok(()) } else { Err(Broken::ReversedTwice) }
    }

    pub(super) fn set_aside(&mut self, withdrawal: &WithdrawalId, amount: Money) -> Result<(), Broken> {
        if !self.available().covers(amount)? {
            return Err(Broken::Overdrawn);
        }
        self.held = self.held.checked_add(amount)?;
        match Arc::make_mut(&mut self.holds).insert(withdrawal.clone(), amount) {
            None => Ok(()),
            Some(_) => Err(Broken::HeldTwice),
        }
    }

    pub(super) fn release(&mut self, withdrawal: &WithdrawalId, amount: Money) -> Result<(), Broken> {
        match Arc::make_mut(&mut self.holds).remove(withdrawal) {
            None => Err(Broken::NotHeld),
            Some(held) if held != amount => Err(Broken::HeldOtherwise),
            Some(_) => {
                self.held = self.held.checked_sub(amount)?;
                Ok(())
            }
        }
    }

    pub(super) fn pay_out(&mut self, withdrawal: &WithdrawalId, amount: Money) -> Result<(), Broken> {
        self.release(withdrawal, amount)?;
        self.debit(amount)
    }

    pub(super) fn debit(&mut self, amount: Money) -> Result<(), Broken> {
        if !self.available().covers(amount)? {
            return Err(Broken::Overdrawn);
        }
        self.balance = self.balance.checked_sub(amount)?;
        Ok(())
    }
}
