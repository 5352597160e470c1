//! The tax of a month's bills and notes against a calculation of its own: whole numbers of minor units, in currencies of
//! no, two and three decimals, with two rates.

use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

use super::*;

const DAYS: [&str; 4] = ["2026-10-01", "2026-10-09", "2026-10-17", "2026-10-25"];
/// Currencies, and what is their smallest unit.
const UNITS: [(&str, &str); 3] = [("JPY", "1"), ("CNY", "0.01"), ("KWD", "0.001")];

/// Half up, away from nothing.
fn tax_on(minor: i128, rate: i128) -> i128 {
    (minor.abs() * rate + 500) / 1000 * minor.signum()
}

fn minor(amount: Money) -> i128 {
    let units = amount.currency().minor_units();
    (amount.amount() * Decimal::from(10_u32.pow(units))).trunc().to_string().parse().unwrap()
}

/// Units of two meters in each stretch.
type Used = Vec<(u32, u32)>;

fn used() -> impl Strategy<Value = Used> {
    prop::collection::vec((0..40_u32, 0..40_u32), 4)
}

/// Four stretches, each with a rate per thousand.
struct Month {
    world: World,
    rates: Vec<i128>,
    used: Used,
}

impl Month {
    fn billed((currency, unit): (&str, &str), rates: Vec<i128>, used: Used) -> Self {
        let item = |meter| {
            format!(
                r#"{{"code":"{meter}","name":"{meter}","meter":"{meter}","model":"per_unit","unit_price":"{unit}"}}"#
            )
        };
        let items = format!("[{},{}]", item("calls"), item("disk"));
        let terms: Vec<String> = rates
            .iter()
            .map(|rate| format!(r#"{{"currency":"{currency}","tax_rate":"0.{rate:03}","items":{items}}}"#))
            .collect();
        let versions: Vec<_> = DAYS.into_iter().zip(terms.iter().map(String::as_str)).collect();
        let mut month = Self { world: World::under(&versions), rates, used: Vec::new() };
        month.is_used(used);
        month.world.bill();
        month
    }

    fn is_used(&mut self, used: Used) {
        let correction = !self.used.is_empty();
        let of_day = |(date, (calls, disk)): (&&str, &(u32, u32))| {
            [("calls", *calls), ("disk", *disk)].map(|(meter, quantity)| {
                serde_json::from_value(serde_json::json!({ "meter": meter, "date": date,
                    "quantity": quantity.to_string(), "reference": "a", "correction": correction }))
                .unwrap()
            })
        };
        let entries = DAYS.iter().zip(&used).flat_map(of_day).collect();
        let (usage, today) = (usage(), "2026-11-02".parse().unwrap());
        self.world.tell_usage(UsageCommand::Record { usage, entries, today });
        self.used = used;
    }

    /// Without tax and the tax, of one bill of what was used.
    fn should_be(&self) -> (i128, i128) {
        let mut rates = self.rates.clone();
        rates.sort_unstable();
        rates.dedup();
        let at = |rate: i128| -> i128 {
            let used = self.used.iter().zip(&self.rates).filter(|(_, of)| **of == rate);
            used.map(|((calls, disk), _)| i128::from(*calls) + i128::from(*disk)).sum()
        };
        rates.into_iter().fold((0, 0), |(net, tax), rate| (net + at(rate), tax + tax_on(at(rate), rate)))
    }

    fn owed(&self) -> (i128, i128) {
        let owed = self.world.owed();
        (minor(owed.subtotal), minor(owed.tax))
    }

    /// A note of somebody's own: over so much of a line, or over the whole beside so much. The answer is what it takes
    /// off, without tax.
    fn credit_by_hand(&mut self, (bill, line): (usize, usize), amount: i128, whole: bool) -> i128 {
        let (before, _) = self.owed();
        let (id, state) = self.world.bills[bill % self.world.bills.len()].clone();
        let (amounts, currency) = (state.amounts().unwrap(), self.world.currency());
        let money = |minor| {
            Money::new(Decimal::from_i128_with_scale(minor, currency.minor_units()), currency).unwrap()
        };
        let at = line % amounts.lines.len();
        let of_line = amount.min(minor(amounts.lines[at].left));
        if whole && minor(amounts.open().unwrap()) > amount {
            self.world.credit_beside(&id, money(amount));
        } else if !whole && of_line > 0 {
            let lines = NoteLines::Lines(vec![(u32::try_from(at + 1).unwrap(), money(of_line))]);
            // A line of a bill of late usage may be more than all that is left of its stretch.
            if let Err(refused) = self.world.try_credit(&id, lines) {
                assert!(matches!(refused, BillRefusal::AboveLine { .. }), "{refused}");
            }
        }
        before - self.owed().0
    }

    /// No bill, rate or stretch is owed less than nothing.
    fn check_not_negative(&self) -> Result<(), TestCaseError> {
        for (id, bill) in &self.world.bills {
            prop_assert!(!bill.open().unwrap().unwrap().is_negative(), "{id}");
            let amounts = bill.amounts().unwrap();
            for part in &amounts.parts {
                prop_assert!(!part.subtotal_left().is_negative(), "{id}: {part:?}");
            }
            for rate in &self.rates {
                let left = amounts.at_rate(format!("0.{rate:03}").parse().ok()).unwrap();
                prop_assert!(!left.tax.is_negative() && !left.subtotal.is_negative(), "{id}: {left:?}");
            }
        }
        Ok(())
    }
}

proptest! {
    /// Whatever comes late, in whichever order: subtotal and tax are those of one bill.
    #[test]
    fn bills_and_notes_come_to_what_one_bill_would_have(
        unit in select(&UNITS), rates in prop::collection::vec(select(&[60_i128, 130]), 4),
        first in used(), later in prop::collection::vec(used(), 1..6),
    ) {
        let mut month = Month::billed(unit, rates, first);
        prop_assert_eq!(month.owed(), month.should_be());
        for used in later {
            month.is_used(used);
            prop_assert!(month.world.settle().is_zero());
            prop_assert_eq!(month.owed(), month.should_be());
            month.check_not_negative()?;
        }
    }

    /// What a wallet has paid goes back where less is owed than that. Where it has paid all that could give the unit that
    /// rounding asks for, that unit stays: one for each bill at most.
    #[test]
    fn what_a_wallet_paid_keeps_nothing_from_being_credited(
        unit in select(&UNITS), rates in prop::collection::vec(select(&[60_i128, 130]), 4), first in used(),
        later in prop::collection::vec((used(), any::<usize>(), 1..=4_i128), 1..6),
    ) {
        let mut month = Month::billed(unit, rates, first);
        for (used, bill, quarters) in later {
            let (id, state) = month.world.bills[bill % month.world.bills.len()].clone();
            let paid = minor(state.open().unwrap().unwrap()) * quarters / 4;
            if paid > 0 {
                let currency = month.world.currency();
                let paid = Decimal::from_i128_with_scale(paid, currency.minor_units());
                month.world.pay(&id, Money::new(paid, currency).unwrap());
            }
            month.is_used(used);
            prop_assert!(month.world.settle().is_zero());
            let ((net, tax), (should_be, should_be_tax)) = (month.owed(), month.should_be());
            prop_assert_eq!(net, should_be);
            let apart = i128::try_from(month.world.bills.len()).unwrap();
            prop_assert!((tax - should_be_tax).abs() <= apart, "{} and not {}", tax, should_be_tax);
            month.check_not_negative()?;
        }
    }

    /// With credit notes of somebody's own in between, nothing is credited twice, and the tax is that of the sum but for
    /// a unit for each bill and rate: each note leaves its own bill with tax on the sum.
    #[test]
    fn what_was_credited_by_hand_is_neither_lost_nor_credited_again(
        unit in select(&UNITS), rates in prop::collection::vec(select(&[60_i128, 130]), 4), first in used(),
        later in prop::collection::vec((used(), any::<(usize, usize)>(), 1..40_i128, any::<bool>()), 1..5),
    ) {
        let mut month = Month::billed(unit, rates, first);
        let mut by_hand = 0;
        for (used, line, amount, whole) in later {
            by_hand += month.credit_by_hand(line, amount, whole);
            month.check_not_negative()?;
            month.is_used(used);
            let not_credited = minor(month.world.settle());
            by_hand -= not_credited;
            let ((net, tax), (should_be, should_be_tax)) = (month.owed(), month.should_be());
            prop_assert_eq!(net, should_be - by_hand);
            prop_assert!(by_hand >= 0 && not_credited >= 0);
            let least = tax_on(net.min(should_be), 60);
            let apart = 4 * i128::try_from(month.world.bills.len()).unwrap();
            prop_assert!(tax >= least - apart && tax <= should_be_tax + apart, "{tax} of {net}");
            month.check_not_negative()?;
        }
    }
}
