//! The legs of write-offs that stand: what each of them took of money, of a credit, or of what a bill is owed.
//!
//! Invariant: a leg takes once, and gives back exactly what it took. Shared, so that a copy of what it belongs to costs
//! the same however many there are; a change of one that is shared copies them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::WriteOffId;
use crate::money::Money;

/// By write-off and number of the leg.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppliedLegs(Arc<BTreeMap<(WriteOffId, u32), Money>>);

/// What cannot be if every event was decided by the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenLeg {
    #[error("the leg is applied already")]
    AppliedTwice,
    #[error("the leg did not apply this amount")]
    NotApplied,
}

impl AppliedLegs {
    /// Write-off, number of the leg and amount.
    pub fn iter(&self) -> impl Iterator<Item = (&WriteOffId, u32, Money)> {
        self.0.iter().map(|((write_off, leg), amount)| (write_off, *leg, *amount))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this leg stands, over this amount.
    pub(crate) fn holds(&self, write_off: &WriteOffId, leg: u32, amount: Money) -> bool {
        self.0.get(&(write_off.clone(), leg)) == Some(&amount)
    }

    pub(crate) fn add(&mut self, write_off: &WriteOffId, leg: u32, amount: Money) -> Result<(), BrokenLeg> {
        match Arc::make_mut(&mut self.0).insert((write_off.clone(), leg), amount) {
            None => Ok(()),
            Some(_) => Err(BrokenLeg::AppliedTwice),
        }
    }

    pub(crate) fn remove(
        &mut self,
        write_off: &WriteOffId,
        leg: u32,
        amount: Money,
    ) -> Result<(), BrokenLeg> {
        match Arc::make_mut(&mut self.0).remove(&(write_off.clone(), leg)) {
            Some(applied) if applied == amount => Ok(()),
            Some(_) | None => Err(BrokenLeg::NotApplied),
        }
    }
}

/// As a list: the keys of a JSON object are texts.
impl Serialize for AppliedLegs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for AppliedLegs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let legs: Vec<(WriteOffId, u32, Money)> = Vec::deserialize(deserializer)?;
        let legs = legs.into_iter().map(|(write_off, leg, amount)| ((write_off, leg), amount));
        Ok(Self(Arc::new(legs.collect())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn write_off(last: u8) -> WriteOffId {
        format!("W{last:026}").parse().unwrap()
    }

    fn yuan(amount: &str) -> Money {
        Money::parse(amount, Currency::CNY).unwrap()
    }

    #[test]
    fn a_leg_takes_once_and_gives_back_what_it_took() {
        let mut legs = AppliedLegs::default();
        assert_eq!(legs.remove(&write_off(1), 1, yuan("5.00")), Err(BrokenLeg::NotApplied));
        legs.add(&write_off(1), 1, yuan("5.00")).unwrap();
        legs.add(&write_off(1), 2, yuan("5.00")).unwrap();
        legs.add(&write_off(2), 1, yuan("7.00")).unwrap();
        assert_eq!(legs.clone().add(&write_off(1), 1, yuan("5.00")), Err(BrokenLeg::AppliedTwice));
        assert_eq!(legs.clone().remove(&write_off(2), 1, yuan("5.00")), Err(BrokenLeg::NotApplied));
        assert!(legs.holds(&write_off(1), 2, yuan("5.00")) && !legs.holds(&write_off(1), 2, yuan("5.01")));
        legs.remove(&write_off(1), 2, yuan("5.00")).unwrap();
        assert_eq!(legs.remove(&write_off(1), 2, yuan("5.00")), Err(BrokenLeg::NotApplied));
        assert_eq!(legs.iter().count(), 2);
    }

    #[test]
    fn legs_read_back_as_they_were_written() {
        let mut legs = AppliedLegs::default();
        legs.add(&write_off(1), 2, yuan("5.00")).unwrap();
        let written = serde_json::to_string(&legs).unwrap();
        assert_eq!(serde_json::from_str::<AppliedLegs>(&written).unwrap(), legs);
    }
}
