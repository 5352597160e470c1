mod stretches;
mod tax;

use super::*;
use crate::billing::bill::{NoteLines, PaymentReturn, StepDate, sum_of};
use crate::billing::usage::UsageEntry;
use crate::billing::{
    Bill, BillCommand, BillId, BillRefusal, PricePlanEvent, Subscription, SubscriptionEvent, UsageCommand,
    UsageId, month_parts,
};
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, WalletId, WriteOffId};
use crate::money::Money;
use crate::settlement::write_off::{DifferenceReason, Leg, LegSource};

/// Calls by tiers and storage by volume, at least 40 in all, 6 % tax.
const TERMS: &str = r#"{"currency":"CNY","tax_rate":"0.06","minimum":"40","items":[
    {"code":"calls","name":"Calls","meter":"calls","model":"graduated","tiers":[
        {"up_to":"100","unit_price":"0.333"},{"up_to":null,"unit_price":"0.1"}]},
    {"code":"disk","name":"Disk","meter":"disk","model":"volume","tiers":[
        {"up_to":"10","unit_price":"2"},{"up_to":null,"unit_price":"1.5"}]}]}"#;

fn october() -> Month {
    "2026-10".parse().unwrap()
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

/// A customer's October, with its usage and its bills.
struct World {
    usage: Usage,
    plan: PricePlan,
    bills: Vec<(BillId, Bill)>,
}

impl World {
    /// Billed with so many calls and so much disk.
    fn billed(calls: u32, disk: u32) -> Self {
        let mut world = Self::under(&[("2026-01-01", TERMS)]);
        world.use_so_much(calls, disk);
        world.bill();
        world
    }

    /// With versions of the plan from these days on.
    fn under(versions: &[(&str, &str)]) -> Self {
        let plan: PlanCode = "a".parse().unwrap();
        let mut prices = PricePlan::default();
        let name = "Plan".parse().unwrap();
        prices.evolve(&PricePlanEvent::PricePlanCreated { plan: plan.clone(), name }).unwrap();
        for ((from, terms), version) in versions.iter().zip(1..) {
            let (plan, effective_from) = (plan.clone(), from.parse().unwrap());
            let terms = serde_json::from_str(terms).unwrap();
            let added = PricePlanEvent::PricePlanVersionAdded { plan, version, effective_from, terms };
            prices.evolve(&added).unwrap();
        }
        Self { usage: Usage::default(), plan: prices, bills: Vec::new() }
    }

    fn bill(&mut self) {
        let (bill, parts) = (BillId::new(&CustomerId::from_number(42), october()), self.now());
        self.issue(BillCommand::Draft { bill, currency: self.currency(), parts, replaces: None });
    }

    fn tell_usage(&mut self, command: UsageCommand) {
        for event in self.usage.decide(command).unwrap() {
            self.usage.evolve(&event).unwrap();
        }
    }

    fn use_so_much(&mut self, calls: u32, disk: u32) {
        for (meter, quantity) in [("calls", calls), ("disk", disk)] {
            let entry = |correction: bool| -> UsageEntry {
                serde_json::from_str(&format!(
                    r#"{{"meter":"{meter}","date":"2026-10-07","quantity":"{quantity}","reference":"a","correction":{correction}}}"#
                ))
                .unwrap()
            };
            let known = self.usage.of(&meter.parse().unwrap()).is_some();
            let (usage, today) = (usage(), "2026-11-02".parse().unwrap());
            self.tell_usage(UsageCommand::Record { usage, entries: vec![entry(known)], today });
        }
    }

    /// What the month would come to.
    fn now(&self) -> Vec<BillPart> {
        let mut subscription = Subscription::default();
        let (customer, plan) = (CustomerId::from_number(42), "a".parse().unwrap());
        let assigned =
            SubscriptionEvent::PricePlanAssigned { customer, plan, from: "2026-01-01".parse().unwrap() };
        subscription.evolve(&assigned).unwrap();
        month_parts(october(), &subscription, &self.usage, |_| Some(&self.plan)).unwrap()
    }

    fn issue(&mut self, draft: BillCommand) {
        let mut bill = Bill::default();
        let drafted = bill.decide(draft).unwrap().remove(0);
        bill.evolve(&drafted).unwrap();
        let id = drafted.bill().clone();
        let (number, day) = ("2026-000001".parse().unwrap(), "2026-11-01".parse().unwrap());
        let issue = BillCommand::Issue { bill: id.clone(), number, issue_date: day, due_date: day };
        let issued = bill.decide(issue).unwrap().remove(0);
        bill.evolve(&issued).unwrap();
        self.tell_usage(UsageCommand::Bill { usage: usage(), bill: id.clone() });
        self.bills.push((id, bill));
    }

    fn late(&self) -> LateUsage {
        self.try_late().unwrap()
    }

    fn try_late(&self) -> Result<LateUsage, MonthRefusal> {
        let base = self.bills[0].1.amounts().unwrap();
        let stretches: Vec<Stretch> = base.parts.iter().map(|part| part.stretch.clone()).collect();
        let counted = self.usage.bills().last().unwrap();
        late_usage((october(), self.currency()), &stretches, counted, &self.usage, |_| Some(&self.plan))
    }

    /// As the command settles it; the answer is what could not be credited.
    fn settle(&mut self) -> Money {
        let late = self.late();
        let standing = self.bills.iter().rev().map(|(bill, state)| {
            let amounts = state.amounts().unwrap();
            StandingBill { bill, amounts }
        });
        let LateCredits { notes, not_credited } = late.credits(&standing.collect::<Vec<_>>()).unwrap();
        let (first_note, parts) = (notes.first().cloned(), late.delta_parts().unwrap());
        for (bill, lines) in notes {
            let lines = NoteLines::Exact(lines);
            self.give_back(&bill, &lines);
            self.credit(&bill, lines);
        }
        if let (true, Some((bill, _))) = (parts.is_empty(), &first_note) {
            let bill = bill.clone();
            self.tell_usage(UsageCommand::Credit { usage: usage(), bill, note: 1 });
        }
        if parts.is_empty() && first_note.is_none() {
            self.tell_usage(UsageCommand::Settle { usage: usage() });
        }
        if !parts.is_empty() {
            let amends = self.bills[0].0.clone();
            let bill = amends.delta(u32::try_from(self.bills.len()).unwrap()).unwrap();
            self.issue(BillCommand::DraftDelta { bill, currency: self.currency(), parts, amends });
        }
        not_credited
    }

    fn credit(&mut self, id: &BillId, lines: NoteLines) {
        self.try_credit(id, lines).unwrap();
    }

    fn try_credit(&mut self, id: &BillId, lines: NoteLines) -> Result<(), BillRefusal> {
        let (_, bill) = self.bills.iter_mut().find(|(bill, _)| bill == id).unwrap();
        let date = StepDate { given: None, today: "2026-11-03".parse().unwrap() };
        let (id, reason) = (id.clone(), "late".parse().unwrap());
        let note = BillCommand::Credit { bill: id, lines, reason, date };
        for event in bill.decide(note)? {
            bill.evolve(&event).unwrap();
        }
        Ok(())
    }

    /// Credits the whole of a bill beside so much that is written off, and undoes the write-off: that much is open then.
    fn credit_beside(&mut self, id: &BillId, kept: Money) {
        let write_off: WriteOffId = "W01K7RA8ZAYFGXSMRSF9FMC3M01".parse().unwrap();
        let source = LegSource::Difference(DifferenceReason::Rounding);
        let leg = Leg { leg: 1, source, bill: id.clone(), amount: kept };
        let date = StepDate { given: None, today: "2026-11-02".parse().unwrap() };
        self.tell_bill(id, BillCommand::Apply { write_off: write_off.clone(), leg: leg.clone(), date });
        self.credit(id, NoteLines::Whole);
        let effective_date = "2026-11-03".parse().unwrap();
        self.tell_bill(id, BillCommand::Reopen { write_off, leg, effective_date });
    }

    fn tell_bill(&mut self, id: &BillId, command: BillCommand) {
        let (_, bill) = self.bills.iter_mut().find(|(bill, _)| bill == id).unwrap();
        for event in bill.decide(command).unwrap() {
            bill.evolve(&event).unwrap();
        }
    }

    /// What the wallet paid beyond what is owed after the note.
    fn give_back(&mut self, id: &BillId, lines: &NoteLines) {
        let (_, bill) = self.bills.iter().find(|(bill, _)| bill == id).unwrap();
        let date = StepDate { given: None, today: "2026-11-03".parse().unwrap() };
        let Some(back) = bill.returned_by_crediting(id, lines, date).unwrap() else { return };
        let PaymentReturn { amount, effective_date } = back;
        let (bill, wallet) = (id.clone(), wallet(amount));
        self.tell_bill(id, BillCommand::ReturnPayment { bill, wallet, amount, effective_date });
    }

    /// Has the wallet pay so much of a bill.
    fn pay(&mut self, id: &BillId, amount: Money) {
        let effective_date = "2026-11-02".parse().unwrap();
        let (bill, wallet) = (id.clone(), wallet(amount));
        self.tell_bill(id, BillCommand::PayFromWallet { bill, wallet, amount, effective_date });
    }

    /// What all bills together come to.
    fn owed(&self) -> Amounts {
        let owed = self.bills.iter().map(|(_, bill)| bill.amounts().unwrap().owed);
        owed.fold(Amounts::zero(self.currency()), |sum, owed| sum.checked_add(owed).unwrap())
    }

    fn should_be(&self) -> Amounts {
        sum_of(&self.now(), self.currency()).unwrap()
    }

    fn currency(&self) -> Currency {
        self.plan.versions()[0].terms.currency()
    }
}

fn wallet(amount: Money) -> WalletId {
    format!("C00042.{}", amount.currency().code()).parse().unwrap()
}

fn usage() -> UsageId {
    UsageId::new(&CustomerId::from_number(42), october())
}

#[test]
fn the_difference_is_told_tier_by_tier() {
    let mut world = World::billed(90, 30);
    world.use_so_much(120, 30);
    let late = world.late();
    let calls = &late.parts[0].lines[0];
    assert_eq!(calls.difference, yuan("5.33"));
    let tiers: Vec<_> = calls
        .tiers
        .iter()
        .map(|tier| {
            [tier.billed_quantity.to_string(), tier.quantity.to_string(), tier.difference.to_string()]
        })
        .collect();
    assert_eq!(tiers, [["90", "100", "3.33"], ["0", "20", "2"]]);
    assert_eq!(late.parts[0].lines[1].difference, yuan("0.00"));
    assert_eq!(late.amounts, Amounts::new(yuan("5.33"), yuan("0.32")).unwrap());
    let part = late.delta_parts().unwrap().remove(0);
    let [line] = &part.quote.lines[..] else { panic!("only what changed is billed") };
    assert_eq!(line.billed_before.as_ref().unwrap().amount, yuan("29.97"));
    assert_eq!((line.amount, line.quantity.unwrap().to_string()), (yuan("5.33"), "120".into()));
}

#[test]
fn more_usage_below_the_minimum_is_no_more_owed() {
    let mut world = World::billed(10, 0);
    world.use_so_much(20, 0);
    let late = world.late();
    assert_eq!(late.amounts, Amounts::zero(Currency::CNY));
    assert_eq!(late.parts[0].lines.len(), 3, "calls, disk and the true-up");
    world.settle();
    assert_eq!((world.bills.len(), world.owed()), (1, world.should_be()));
    assert!(!world.usage.has_late_usage(), "somebody has looked at it");
}

#[test]
fn what_no_plan_of_the_bill_prices_is_refused_and_not_swallowed() {
    let mut world = World::billed(90, 30);
    let texts = |quantity: &str, correction: bool| -> UsageCommand {
        let entry = format!(
            r#"{{"meter":"texts","date":"2026-10-09","quantity":"{quantity}","reference":"t","correction":{correction}}}"#
        );
        let (usage, today) = (usage(), "2026-11-02".parse().unwrap());
        UsageCommand::Record { usage, entries: vec![serde_json::from_str(&entry).unwrap()], today }
    };
    world.tell_usage(texts("0", false));
    assert_eq!(world.late().amounts, Amounts::zero(Currency::CNY), "nothing was used");
    world.tell_usage(texts("5", true));
    let (meter, on) = ("texts".parse().unwrap(), "2026-10-09".parse().unwrap());
    assert_eq!(world.try_late(), Err(MonthRefusal::LateNotPriced { meter, on }));
    world.tell_usage(texts("0", true));
    assert_eq!(world.late().amounts, Amounts::zero(Currency::CNY));
}

#[test]
fn what_was_credited_by_hand_is_not_credited_again() {
    let mut world = World::billed(500, 30);
    let base = world.bills[0].0.clone();
    // All but 3.30 of the 73.30 for calls.
    world.credit(&base, NoteLines::Lines(vec![(1, yuan("70.00"))]));
    world.use_so_much(400, 30);
    assert_eq!(world.late().amounts.subtotal, yuan("-10.00"));
    assert_eq!(world.settle(), yuan("6.70"));
    assert_eq!(world.owed(), Amounts::new(yuan("45.00"), yuan("2.70")).unwrap());
    assert!(!world.usage.has_late_usage());
}

#[test]
fn a_bill_of_the_difference_is_credited_whole() {
    let mut world = World::billed(10, 0);
    world.use_so_much(10, 30);
    world.settle();
    let (id, _) = world.bills[1].clone();
    world.credit(&id, NoteLines::Whole);
    assert_eq!(world.bills[1].1.open(), Ok(Some(yuan("0.00"))), "its true-up is less than nothing");
    assert_eq!(world.owed(), Amounts::new(yuan("40.00"), yuan("2.40")).unwrap());
}

proptest::proptest! {
    /// Whatever comes late, in whichever order, all bills and notes together are what one bill would have been.
    #[test]
    fn settled_again_and_again_the_bills_agree_with_the_month(
        first in (0..300_u32, 0..30_u32),
        later in proptest::collection::vec((0..300_u32, 0..30_u32), 1..6),
    ) {
        let mut world = World::billed(first.0, first.1);
        for (calls, disk) in later {
            world.use_so_much(calls, disk);
            let not_credited = world.settle();
            proptest::prop_assert_eq!(not_credited, yuan("0.00"));
            proptest::prop_assert_eq!(world.owed(), world.should_be());
            let left = world.late();
            proptest::prop_assert_eq!(left.amounts, Amounts::zero(Currency::CNY));
            proptest::prop_assert!(left.delta_parts().unwrap().is_empty());
            proptest::prop_assert!(!world.usage.has_late_usage());
        }
    }
}
