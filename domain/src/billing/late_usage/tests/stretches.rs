//! A month in several stretches with one tax rate: tax is on the sum, also of what comes late.

use proptest::prelude::*;

use super::*;
use crate::billing::pricing::Rate;

/// Each unit at a cent, 6 % tax.
const CENTS: &str = r#"{"currency":"CNY","tax_rate":"0.06","items":[
    {"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"0.01"}]}"#;
/// Each unit at a yuan, 6 % tax, and in the latter half of October at least 90 in all.
const YUAN: &str = r#"{"currency":"CNY","tax_rate":"0.06","items":[
    {"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"1"}]}"#;
const YUAN_AT_LEAST: &str = r#"{"currency":"CNY","tax_rate":"0.06","minimum":"186","items":[
    {"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"1"}]}"#;
const DAYS: [&str; 4] = ["2026-10-01", "2026-10-09", "2026-10-17", "2026-10-25"];

fn tax_on(subtotal: Money) -> Money {
    "0.06".parse::<Rate>().unwrap().of(subtotal).unwrap()
}

impl World {
    /// With a version of the plan from each day on, and so much used in each stretch.
    fn stretched(used: &[u32]) -> Self {
        let versions: Vec<_> = DAYS.iter().take(used.len()).map(|day| (*day, CENTS)).collect();
        let mut world = Self::under(&versions);
        world.use_in_stretches(used, false);
        world
    }

    fn use_in_stretches(&mut self, used: &[u32], correction: bool) {
        let entries = DAYS.iter().zip(used).map(|(date, quantity)| {
            let (reference, quantity) = ("a", quantity.to_string());
            serde_json::from_value(serde_json::json!({ "meter": "calls", "date": date, "quantity": quantity,
                "reference": reference, "correction": correction }))
            .unwrap()
        });
        let (usage, today) = (usage(), "2026-11-02".parse().unwrap());
        self.tell_usage(UsageCommand::Record { usage, entries: entries.collect(), today });
    }

    /// What notes have left of the stretches of a bill, without tax.
    fn left(&self, bill: usize) -> Vec<Money> {
        let parts = &self.bills[bill].1.amounts().unwrap().parts;
        parts.iter().map(|part| part.subtotal_left()).collect()
    }
}

#[test]
fn two_stretches_too_small_to_be_taxed_alone_are_taxed_together() {
    let parts = World::stretched(&[8, 8]).now();
    let taxes: Vec<_> = parts.iter().map(|part| part.quote.tax).collect();
    assert_eq!(taxes, [yuan("0.00"), yuan("0.01")]);
}

#[test]
fn what_is_left_of_a_bill_is_taxed_together_whichever_stretch_a_note_is_over() {
    let mut world = World::stretched(&[8, 8]);
    world.bill();
    let base = world.bills[0].0.clone();
    world.credit(&base, NoteLines::Lines(vec![(1, yuan("0.08"))]));
    assert_eq!(world.owed(), Amounts::new(yuan("0.08"), yuan("0.00")).unwrap());
    world.credit(&base, NoteLines::Whole);
    assert_eq!(world.owed(), Amounts::zero(Currency::CNY));
}

/// In the latter stretch 100 more is used, and a true-up of 90 not needed any more.
#[test]
fn the_whole_beside_a_write_off_takes_no_more_of_a_stretch_than_is_left_of_it() {
    let mut world = World::under(&[(DAYS[0], YUAN), (DAYS[2], YUAN_AT_LEAST)]);
    world.use_in_stretches(&[100, 0, 0], false);
    world.bill();
    world.use_in_stretches(&[150, 0, 100], true);
    assert_eq!(world.settle(), yuan("0.00"));
    assert_eq!(world.left(1), [yuan("50.00"), yuan("10.00")]);
    let late = world.bills[1].0.clone();
    world.credit_beside(&late, yuan("5.30"));
    assert_eq!(world.left(1), [yuan("5.00"), yuan("0.00")]);
    world.pay(&late, yuan("5.30"));
    world.use_in_stretches(&[100, 0, 100], true);
    assert_eq!(world.settle(), yuan("0.00"));
    assert_eq!(world.left(1), [yuan("0.00"), yuan("0.00")]);
    assert_eq!(world.left(0), [yuan("55.00"), yuan("90.00")]);
    assert_eq!(world.owed(), Amounts::new(yuan("145.00"), yuan("8.70")).unwrap());
}

proptest! {
    #[test]
    fn tax_is_on_the_sum_whatever_the_stretches(used in prop::collection::vec(0..100_000_u32, 1..=4)) {
        let parts = World::stretched(&used).now();
        let amounts = sum_of(&parts, Currency::CNY).unwrap();
        prop_assert_eq!(parts.len(), used.len());
        prop_assert_eq!(amounts.tax, tax_on(amounts.subtotal));
        for part in &parts {
            prop_assert!(!part.quote.tax.is_negative());
            prop_assert_eq!(part.quote.subtotal.checked_add(part.quote.tax), Ok(part.quote.total));
        }
    }

    /// Small amounts, so that rounding decides: more in one stretch, less in another, again and again.
    #[test]
    fn late_usage_of_several_stretches_leaves_tax_on_the_sum(
        first in prop::collection::vec(0..60_u32, 3),
        later in prop::collection::vec(prop::collection::vec(0..60_u32, 3), 1..6),
    ) {
        let mut world = World::stretched(&first);
        world.bill();
        for used in later {
            world.use_in_stretches(&used, true);
            prop_assert_eq!(world.settle(), yuan("0.00"));
            prop_assert_eq!(world.owed(), world.should_be());
            prop_assert_eq!(world.owed().tax, tax_on(world.owed().subtotal));
            for (_, bill) in &world.bills {
                prop_assert!(!bill.open().unwrap().unwrap().is_negative());
            }
        }
        let bills: Vec<BillId> = world.bills.iter().map(|(bill, _)| bill.clone()).collect();
        for bill in bills {
            let is_open = |(id, state): &(BillId, Bill)| *id == bill && !state.open().unwrap().unwrap().is_zero();
            if world.bills.iter().any(is_open) {
                world.credit(&bill, NoteLines::Whole);
            }
        }
        prop_assert_eq!(world.owed(), Amounts::zero(Currency::CNY));
    }

    /// The whole of a partly paid bill in two stretches is what is open.
    #[test]
    fn the_rest_of_a_paid_bill_in_stretches_is_credited_to_the_cent(
        used in prop::collection::vec(1..60_u32, 3),
        paid in 1..100_u32,
    ) {
        let mut world = World::stretched(&used);
        world.bill();
        let (id, bill) = world.bills[0].clone();
        let total = bill.open().unwrap().unwrap();
        let paid = Money::new(rust_decimal::Decimal::new(paid.into(), 2), Currency::CNY).unwrap();
        if total.covers(paid).unwrap() && total != paid {
            let (wallet, effective_date) = ("C00042.CNY".parse().unwrap(), "2026-11-02".parse().unwrap());
            let pay = BillCommand::PayFromWallet { bill: id.clone(), wallet, amount: paid, effective_date };
            for event in bill.decide(pay).unwrap() {
                world.bills[0].1.evolve(&event).unwrap();
            }
            world.credit(&id, NoteLines::Whole);
            prop_assert_eq!(world.owed().total, paid);
            prop_assert!(!world.owed().tax.is_negative());
        }
    }
}
