//! The arithmetic of a receipt: what was received is what write-offs took, what left, what is asked back, and the rest.
//!
//! Invariant: none of the four is negative. An event that would break it is corruption.

use serde::{Deserialize, Serialize};

use crate::ids::WriteOffId;
use crate::money::{Money, MoneyError};
use crate::settlement::{AppliedLegs, BrokenLeg};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Funds {
    pub(super) received: Money,
    /// What went to the wallet and did not come back.
    pub(super) moved: Money,
    /// What was paid back, and the bank did not return.
    pub(super) refunded: Money,
    /// Asked back, not decided yet.
    pub(super) held: Money,
    pub(super) applied: Money,
    pub(super) legs: AppliedLegs,
}

/// What cannot be if every event was decided by the rules.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Leg(#[from] BrokenLeg),
    #[error("more is taken than is left")]
    Overdrawn,
    #[error("more comes back than had gone")]
    NotGone,
    #[error("more is decided on than was asked back")]
    NotHeld,
}

impl Funds {
    pub(super) fn new(received: Money) -> Self {
        let zero = Money::zero(received.currency());
        Self {
            received,
            moved: zero,
            refunded: zero,
            held: zero,
            applied: zero,
            legs: AppliedLegs::default(),
        }
    }

    pub(super) fn unapplied(&self) -> Result<Money, MoneyError> {
        self.received.checked_sub(self.used()?)
    }

    /// What is with the company no longer, or no longer as an advance.
    pub(super) fn gone(&self) -> Result<Money, MoneyError> {
        self.moved.checked_add(self.refunded)
    }

    /// All that is not free.
    pub(super) fn used(&self) -> Result<Money, MoneyError> {
        self.applied.checked_add(self.gone()?)?.checked_add(self.held)
    }

    pub(super) fn apply(&mut self, write_off: &WriteOffId, leg: u32, amount: Money) -> Result<(), Broken> {
        self.check_left(amount)?;
        self.legs.add(write_off, leg, amount)?;
        self.applied = self.applied.checked_add(amount)?;
        Ok(())
    }

    pub(super) fn free(&mut self, write_off: &WriteOffId, leg: u32, amount: Money) -> Result<(), Broken> {
        self.legs.remove(write_off, leg, amount)?;
        self.applied = self.applied.checked_sub(amount)?;
        Ok(())
    }

    pub(super) fn move_out(&mut self, amount: Money) -> Result<(), Broken> {
        self.check_left(amount)?;
        self.moved = self.moved.checked_add(amount)?;
        Ok(())
    }

    pub(super) fn move_back(&mut self, amount: Money) -> Result<(), Broken> {
        self.moved = back(self.moved, amount)?;
        Ok(())
    }

    pub(super) fn pay_back(&mut self, amount: Money) -> Result<(), Broken> {
        self.check_left(amount)?;
        self.refunded = self.refunded.checked_add(amount)?;
        Ok(())
    }

    pub(super) fn return_refund(&mut self, amount: Money) -> Result<(), Broken> {
        self.refunded = back(self.refunded, amount)?;
        Ok(())
    }

    /// Accepts that all of it is taken out of the books, which takes all of it to be free.
    pub(super) fn check_whole(&self, amount: Money) -> Result<(), Broken> {
        if self.unapplied()? == amount && amount == self.received { Ok(()) } else { Err(Broken::Overdrawn) }
    }

    pub(super) fn hold(&mut self, amount: Money) -> Result<(), Broken> {
        self.check_left(amount)?;
        self.held = self.held.checked_add(amount)?;
        Ok(())
    }

    pub(super) fn release(&mut self, amount: Money) -> Result<(), Broken> {
        if !self.held.covers(amount)? {
            return Err(Broken::NotHeld);
        }
        self.held = self.held.checked_sub(amount)?;
        Ok(())
    }

    fn check_left(&self, amount: Money) -> Result<(), Broken> {
        if amount.is_positive() && self.unapplied()?.covers(amount)? {
            Ok(())
        } else {
            Err(Broken::Overdrawn)
        }
    }
}

fn back(gone: Money, amount: Money) -> Result<Money, Broken> {
    if !gone.covers(amount)? {
        return Err(Broken::NotGone);
    }
    Ok(gone.checked_sub(amount)?)
}
