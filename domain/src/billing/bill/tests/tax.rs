//! The tax of a bill and its notes against a calculation of its own: whole numbers of minor units, nothing shared with
//! what is tested.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

use super::*;
use crate::billing::pricing::{Quote, Rate, TaxOnSum};

/// Currencies of no, two and three decimals.
const CURRENCIES: [&str; 3] = ["JPY", "CNY", "KWD"];
/// Per thousand; 0 is a part without tax.
const RATES: [i128; 4] = [0, 60, 80, 130];

/// Half up, away from nothing.
fn tax_on(minor: i128, rate: i128) -> i128 {
    let thousandths = minor.abs() * rate;
    (thousandths + 500) / 1000 * minor.signum()
}

fn minor(amount: Money) -> i128 {
    let units = amount.currency().minor_units();
    let digits = amount.amount() * Decimal::from(10_u32.pow(units));
    assert!(digits.fract().is_zero());
    digits.to_string().split('.').next().unwrap().parse().unwrap()
}

fn money(minor: i128, currency: Currency) -> Money {
    Money::new(Decimal::from_i128_with_scale(minor, currency.minor_units()), currency).unwrap()
}

/// Of each part its rate, and the amounts of its lines.
type Parts = Vec<(i128, Vec<i128>)>;

fn lines(least: i128) -> impl Strategy<Value = Parts> {
    prop::collection::vec((select(&RATES), prop::collection::vec(least..200_i128, 1..5)), 1..5)
}

/// As of late usage: lines may be less than nothing, but no part is.
fn late_lines() -> impl Strategy<Value = Parts> {
    let positive = |amounts: Vec<i128>| {
        let sign = if amounts.iter().sum::<i128>() < 0 { -1 } else { 1 };
        amounts.into_iter().map(|amount| sign * amount).collect()
    };
    lines(-200)
        .prop_map(move |parts| parts.into_iter().map(|(rate, amounts)| (rate, positive(amounts))).collect())
}

/// A bill, and what its notes have left of it by an independent count.
struct Taxed {
    bill: Bill,
    /// Of each line from the first, its rate and what is left.
    lines: Vec<(i128, i128)>,
    /// Of each rate, what is left of the tax.
    taxes: BTreeMap<i128, i128>,
}

impl Taxed {
    fn issued(currency: Currency, parts: &Parts) -> Self {
        let mut sums = TaxOnSum::default();
        let priced = parts.iter().zip(1..).map(|(part, day)| priced(currency, part, day, &mut sums));
        Self::of(currency, parts, priced.collect())
    }

    /// As bills were drafted once: each stretch taxed by itself.
    fn taxed_apart(currency: Currency, parts: &Parts) -> Self {
        let apart = |(part, day)| priced(currency, part, day, &mut TaxOnSum::default());
        Self::of(currency, parts, parts.iter().zip(1..).map(apart).collect())
    }

    fn of(currency: Currency, parts: &Parts, priced: Vec<BillPart>) -> Self {
        let mut taxes: BTreeMap<i128, i128> = BTreeMap::new();
        for (part, (rate, _)) in priced.iter().zip(parts) {
            *taxes.entry(*rate).or_default() += minor(part.quote.tax);
        }
        let mut bill = Bill::default();
        let draft = BillCommand::Draft { bill: super::bill(), currency, parts: priced, replaces: None };
        tell(&mut bill, draft).unwrap();
        tell(&mut bill, issue()).unwrap();
        let lines =
            parts.iter().flat_map(|(rate, amounts)| amounts.iter().map(|amount| (*rate, *amount))).collect();
        Self { bill, lines, taxes }
    }

    fn subtotal_at(&self, rate: i128) -> i128 {
        self.lines.iter().filter(|(of, _)| *of == rate).map(|(_, left)| left).sum()
    }

    /// What is left of each part, by what its lines were.
    fn left_of_parts(&self, parts: &Parts) -> Vec<i128> {
        let mut lines = self.lines.iter().map(|(_, left)| left);
        parts.iter().map(|(_, amounts)| lines.by_ref().take(amounts.len()).sum()).collect()
    }

    /// Has the wallet pay so much, but for a unit of the bill at the most; the answer is how much, unless that is nothing.
    fn pay(&mut self, paid: i128, currency: Currency) -> Option<i128> {
        let total = minor(self.bill.amounts().unwrap().owed.total);
        if total <= 1 {
            return None;
        }
        let paid = 1 + paid % (total - 1);
        let wallet = format!("C00042.{}", currency.code()).parse().unwrap();
        let (amount, effective_date) = (money(paid, currency), day("2026-11-02"));
        let pay = BillCommand::PayFromWallet { bill: bill(), wallet, amount, effective_date };
        tell(&mut self.bill, pay).unwrap();
        Some(paid)
    }

    /// Asks for a note and takes it off, or adds it; the answer is its lines, unless it is refused.
    fn note(&mut self, command: BillCommand) -> Option<Vec<NoteLine>> {
        let sign = if matches!(command, BillCommand::Credit { .. }) { -1 } else { 1 };
        let note = tell(&mut self.bill, command).ok()?.remove(0);
        let (BillEvent::CreditNoteIssued { lines, amounts, .. }
        | BillEvent::DebitNoteIssued { lines, amounts, .. }) = note
        else {
            panic!("no note")
        };
        let mut sum = (0, 0);
        for NoteLine { line, amount, tax } in &lines {
            let (rate, left) = &mut self.lines[*line as usize - 1];
            *left += sign * minor(*amount);
            *self.taxes.get_mut(rate).unwrap() += sign * minor(*tax);
            sum = (sum.0 + minor(*amount), sum.1 + minor(*tax));
        }
        assert_eq!((minor(amounts.subtotal), minor(amounts.tax)), sum);
        Some(lines)
    }

    /// What is left of the tax at each rate is that of what is left of its lines, rounded once.
    fn check(&self) -> Result<(), TestCaseError> {
        for (rate, tax) in &self.taxes {
            prop_assert_eq!(*tax, tax_on(self.subtotal_at(*rate), *rate), "at {} per thousand", rate);
        }
        let owed = self.bill.amounts().unwrap().owed;
        prop_assert_eq!(minor(owed.subtotal), self.lines.iter().map(|(_, left)| left).sum::<i128>());
        prop_assert_eq!(minor(owed.tax), self.taxes.values().sum::<i128>());
        prop_assert_eq!(owed.subtotal.checked_add(owed.tax), Ok(owed.total));
        Ok(())
    }
}

fn priced(
    currency: Currency,
    (rate, amounts): &(i128, Vec<i128>),
    day: u32,
    sums: &mut TaxOnSum,
) -> BillPart {
    let tax_rate: Option<Rate> = (*rate > 0).then(|| format!("0.{rate:03}").parse().unwrap());
    let mut quote = terms().price(|_| None::<Metered<'_>>, PeriodShare::WHOLE).unwrap();
    let line = quote.lines.remove(0);
    let lines = amounts.iter().map(|amount| {
        let amount = money(*amount, currency);
        crate::billing::pricing::PricedLine { amount, ..line.clone() }
    });
    let subtotal = money(amounts.iter().sum(), currency);
    let untaxed =
        Quote { lines: lines.collect(), subtotal, tax_rate, tax: money(0, currency), total: subtotal };
    let quote = untaxed.taxed(sums).unwrap();
    let from = NaiveDate::from_ymd_opt(2026, 10, day).unwrap();
    BillPart { plan: "standard".parse().unwrap(), plan_version: day, from, to: from, quote }
}

fn tell(bill: &mut Bill, command: BillCommand) -> Result<Vec<BillEvent>, BillRefusal> {
    let events = bill.decide(command)?;
    for event in &events {
        bill.evolve(event).unwrap();
    }
    Ok(events)
}

fn debit(lines: NoteLines) -> BillCommand {
    let reason = "forgotten".parse().unwrap();
    BillCommand::Debit { bill: bill(), lines, reason, date: on("2026-11-02") }
}

proptest! {
    #[test]
    fn the_tax_of_a_bill_is_that_of_each_rates_sum_rounded_once(
        currency in select(&CURRENCIES), parts in lines(0),
    ) {
        let currency = Currency::parse(currency).unwrap();
        let billed = Taxed::issued(currency, &parts);
        billed.check()?;
        let reversed = Taxed::issued(currency, &parts.into_iter().rev().collect());
        prop_assert_eq!(&billed.taxes, &reversed.taxes, "whichever stretch comes first");
    }

    /// However a bill is cut into notes: each leaves tax on the sum, none takes more tax than there is, and all of them
    /// together take exactly what was billed.
    #[test]
    fn notes_in_any_order_come_to_exactly_the_bill(
        currency in select(&CURRENCIES), parts in lines(0),
        notes in prop::collection::vec((any::<bool>(), any::<usize>(), 0..250_i128), 0..12),
    ) {
        let currency = Currency::parse(currency).unwrap();
        let mut billed = Taxed::issued(currency, &parts);
        for (is_credit, line, amount) in notes {
            let at = line % billed.lines.len();
            let most = if is_credit { billed.lines[at].1 } else { 250 };
            let lines = NoteLines::Lines(vec![(u32::try_from(at + 1).unwrap(), money(amount.min(most), currency))]);
            let note = billed.note(if is_credit { credit(lines) } else { debit(lines) });
            for line in note.unwrap_or_default() {
                prop_assert!(!line.tax.is_negative());
            }
            billed.check()?;
            for tax in billed.taxes.values() {
                prop_assert!(*tax >= 0);
            }
        }
        if let Some(lines) = billed.note(credit(NoteLines::Whole)) {
            prop_assert!(lines.iter().all(|line| !line.tax.is_negative()), "{lines:?}");
        }
        prop_assert!(billed.lines.iter().all(|(_, left)| *left == 0));
        prop_assert!(billed.taxes.values().all(|tax| *tax == 0));
        prop_assert!(billed.bill.amounts().unwrap().owed.total.is_zero());
    }

    /// A bill that was taxed stretch by stretch keeps its tax; its notes come to exactly that all the same.
    #[test]
    fn notes_of_a_bill_that_was_taxed_apart_come_to_exactly_the_bill(
        currency in select(&CURRENCIES), parts in lines(0),
        notes in prop::collection::vec((any::<usize>(), 1..250_i128), 0..6),
    ) {
        let currency = Currency::parse(currency).unwrap();
        let mut billed = Taxed::taxed_apart(currency, &parts);
        for (line, amount) in notes {
            let at = line % billed.lines.len();
            let amount = money(amount.min(billed.lines[at].1), currency);
            billed.note(credit(NoteLines::Lines(vec![(u32::try_from(at + 1).unwrap(), amount)])));
        }
        if let Some(lines) = billed.note(credit(NoteLines::Whole)) {
            prop_assert!(lines.iter().all(|line| !line.tax.is_negative()), "{lines:?}");
        }
        prop_assert!(billed.taxes.values().all(|tax| *tax == 0), "{:?}", billed.taxes);
        prop_assert!(billed.bill.amounts().unwrap().owed.total.is_zero());
    }

    /// The whole of what is left of a paid bill is what is open, and its tax is never less than nothing, on no line.
    #[test]
    fn the_rest_of_a_paid_bill_is_credited_to_the_cent(
        currency in select(&CURRENCIES), parts in lines(0), paid in 1..400_i128,
    ) {
        let currency = Currency::parse(currency).unwrap();
        let mut billed = Taxed::issued(currency, &parts);
        let paid = billed.pay(paid, currency);
        prop_assume!(paid.is_some());
        let lines = billed.note(credit(NoteLines::Whole)).unwrap();
        let owed = billed.bill.amounts().unwrap().owed;
        prop_assert_eq!(Some(minor(owed.total)), paid);
        prop_assert!(!owed.tax.is_negative() && !owed.subtotal.is_negative());
        prop_assert!(billed.taxes.values().all(|tax| *tax >= 0), "{:?}", billed.taxes);
        prop_assert!(billed.lines.iter().all(|(_, left)| *left >= 0));
        prop_assert!(lines.iter().all(|line| !line.tax.is_negative()), "{lines:?}");
        for (rate, tax) in &billed.taxes {
            let apart = tax - tax_on(billed.subtotal_at(*rate), *rate);
            prop_assert!(apart.abs() <= 1, "{apart} at {rate} per thousand");
        }
    }

    /// So is that of a bill of late usage, and of no stretch more is taken than was left of it, whatever its lines are.
    #[test]
    fn the_rest_of_a_paid_bill_of_late_usage_leaves_no_part_below_nothing(
        currency in select(&CURRENCIES), parts in late_lines(), paid in 1..400_i128,
        notes in prop::collection::vec((any::<usize>(), 1..200_i128), 0..3),
    ) {
        let currency = Currency::parse(currency).unwrap();
        let mut billed = Taxed::issued(currency, &parts);
        for (line, amount) in notes {
            let at = line % billed.lines.len();
            let amount = money(amount.min(billed.lines[at].1), currency);
            billed.note(credit(NoteLines::Lines(vec![(u32::try_from(at + 1).unwrap(), amount)])));
        }
        let before = billed.left_of_parts(&parts);
        let paid = billed.pay(paid, currency);
        prop_assume!(paid.is_some());
        billed.note(credit(NoteLines::Whole)).unwrap();
        let owed = billed.bill.amounts().unwrap().owed;
        prop_assert_eq!(Some(minor(owed.total)), paid);
        for (left, before) in billed.left_of_parts(&parts).into_iter().zip(before) {
            prop_assert!((0..=before).contains(&left), "{left} of {before}");
        }
        for (rate, tax) in &billed.taxes {
            let apart = tax - tax_on(billed.subtotal_at(*rate), *rate);
            prop_assert!(*tax >= 0 && apart.abs() <= 1, "{apart} at {rate} per thousand");
        }
    }
}
