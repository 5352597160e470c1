mod doubts;
mod properties;
mod run;

use std::collections::BTreeSet;

use super::*;
use crate::billing::BillId;
use crate::ids::CustomerId;
use crate::money::{Currency, Money};
use crate::settlement::receipt::{Payer, ReceiptId};
use crate::settlement::write_off::{DifferenceReason, LegSource};

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn customer(number: u64) -> CustomerId {
    CustomerId::from_number(number)
}

/// Of a customer and month; number and due date follow from them.
fn bill(number: u64, month: u8, open: &str) -> OpenBill {
    OpenBill {
        bill: format!("C{number:05}.2026-{month:02}").parse().unwrap(),
        number: Some(format!("2026-{:06}", number * 100 + u64::from(month)).parse().unwrap()),
        due_date: format!("2026-{month:02}-28").parse().unwrap(),
        open: yuan(open),
    }
}

pub(super) fn receipt(of: Option<u64>, amount: &str) -> FreeReceipt {
    let reference = "B-1".parse().unwrap();
    FreeReceipt {
        receipt: ReceiptId::of(&"ICBC-0123".parse().unwrap(), &reference),
        customer: of.map(customer),
        by_rules: false,
        undone: false,
        position: 0,
        pays: Vec::new(),
        free: yuan(amount),
        reference,
        payer: Payer::default(),
        text: None,
    }
}

fn saying(text: &str, receipt: FreeReceipt) -> FreeReceipt {
    FreeReceipt { text: Some(text.parse().unwrap()), ..receipt }
}

fn paid_by(name: &str, account: &str, receipt: FreeReceipt) -> FreeReceipt {
    let payer = Payer { name: Some(name.parse().unwrap()), account: Some(account.parse().unwrap()) };
    FreeReceipt { payer, ..receipt }
}

fn tolerance() -> MatchingRule {
    MatchingRule::WithinTolerance {
        on: true,
        absolute: vec![yuan("25.00")],
        rate: Some("0.025".parse().unwrap()),
        reason: DifferenceReason::BankFee,
    }
}

fn matcher(bills: &[OpenBill]) -> Matcher {
    let names = [(42, "上海青松贸易有限公司"), (7, "北京白云科技有限公司"), (8, "北京白雪科技有限公司")];
    let payer = |(number, name): (u64, &str)| KnownPayer {
        customer: customer(number),
        names: vec![name.to_owned()],
        accounts: if number == 42 { vec!["6222000011112222".parse().unwrap()] } else { Vec::new() },
    };
    let mut rules = RuleSet::beginning();
    rules.rules.insert(3, tolerance());
    rules.rules[4] = MatchingRule::OldestFirst { on: true, customers: Some(vec![customer(42)]) };
    Matcher {
        rules,
        rules_version: 3,
        bills: bills.iter().cloned().collect(),
        payers: names.into_iter().map(payer).collect(),
        oldest_first: BTreeSet::new(),
        taken: TakenByRules::default(),
    }
}

/// A customer who is called as others are.
fn namesake(number: u64) -> KnownPayer {
    KnownPayer { customer: customer(number), names: vec!["张伟".to_owned()], accounts: Vec::new() }
}

fn namesakes(count: u64) -> KnownPayers {
    (1..=count).map(namesake).collect()
}

/// Rule, score, reasons and legs of what is proposed, as a person reads it.
fn told(matcher: &Matcher, receipt: &FreeReceipt) -> Vec<String> {
    let proposals = matcher.proposals(receipt).unwrap().proposals;
    proposals.iter().map(tell).collect()
}

fn tell(proposal: &Proposal) -> String {
    let leg = |leg: &crate::settlement::write_off::Leg| match leg.source {
        LegSource::Difference(reason) => format!("{} {} {reason}", leg.bill, leg.amount.amount()),
        LegSource::Receipt(_) | LegSource::Wallet(_) | LegSource::CreditNote(_) => {
            format!("{} {}", leg.bill, leg.amount.amount())
        }
    };
    let legs: Vec<String> = proposal.legs.iter().map(leg).collect();
    format!("{} {} [{}] {}", proposal.rule, proposal.score, proposal.reasons(), legs.join(", "))
}

#[test]
fn a_bill_named_in_the_text_by_a_payer_of_a_like_name_is_sure() {
    let matcher = matcher(&[bill(42, 10, "980.00"), bill(7, 10, "980.00")]);
    let paid = saying("货款 C00042.2026-10", receipt(None, "980.00"));
    let paid = paid_by("上海青松贸易行", "9999", paid);
    assert_eq!(
        told(&matcher, &paid)[0],
        "reference 0.95 [amount equal; payer name 0.85 alike; bill number C00042.2026-10 in text] \
         C00042.2026-10 980.00"
    );
    let known = saying("2026-004210", receipt(Some(42), "980.00"));
    assert_eq!(
        told(&matcher, &known),
        ["reference 1.00 [amount equal; of customer C00042; bill number C00042.2026-10 in text] \
          C00042.2026-10 980.00"],
        "the same by the amount is said once"
    );
}

#[test]
fn money_that_does_not_fit_what_was_named_says_so() {
    let matcher = matcher(&[bill(42, 9, "100.00"), bill(42, 10, "100.00")]);
    let over = saying("2026-004209", receipt(Some(42), "130.00"));
    assert_eq!(
        told(&matcher, &over)[0],
        "reference 0.80 [30.00 CNY more than the bills named; it stays free; of customer C00042; \
         bill number C00042.2026-09 in text] C00042.2026-09 100.00"
    );
    let short = saying("C00042.2026-10 C00042.2026-09", receipt(Some(42), "150.00"));
    assert_eq!(
        told(&matcher, &short)[0],
        "reference 0.80 [50.00 CNY of the bills named stays open; of customer C00042; \
         bill number C00042.2026-09 in text; bill number C00042.2026-10 in text] \
         C00042.2026-09 100.00, C00042.2026-10 50.00"
    );
    let nearly = saying("2026-004209", receipt(Some(42), "98.00"));
    assert_eq!(
        told(&matcher, &nearly)[0],
        "reference 0.90 [2.00 CNY less than owed, within tolerance as bank_fee; of customer C00042; \
         bill number C00042.2026-09 in text] C00042.2026-09 98.00, C00042.2026-09 2.00 bank_fee"
    );
}

#[test]
fn the_oldest_of_bills_of_one_amount_is_paid_with_less_certainty() {
    let twice = matcher(&[bill(42, 10, "50.00"), bill(42, 9, "50.00")]);
    let first = &told(&twice, &receipt(Some(42), "50.00"))[0];
    assert_eq!(
        first,
        "exact_bill 0.60 [amount equal; of customer C00042; other bills fit as well] C00042.2026-09 50.00"
    );
    let once = matcher(&[bill(42, 10, "50.00"), bill(42, 9, "51.00")]);
    let first = &told(&once, &receipt(Some(42), "50.00"))[0];
    assert_eq!(first, "exact_bill 0.80 [amount equal; of customer C00042] C00042.2026-10 50.00");
}

#[test]
fn a_set_of_bills_is_found_and_all_of_them_are_surer() {
    let matcher = matcher(&[bill(7, 8, "10.00"), bill(7, 9, "20.50"), bill(7, 10, "40.00")]);
    assert_eq!(
        told(&matcher, &receipt(Some(7), "60.50")),
        ["exact_bills 0.75 [amount equal to 2 bills together; of customer C00007] \
          C00007.2026-09 20.50, C00007.2026-10 40.00"]
    );
    assert_eq!(
        told(&matcher, &receipt(Some(7), "70.50"))[0],
        "exact_bills 0.80 [amount equal to all 3 open bills; of customer C00007] \
         C00007.2026-08 10.00, C00007.2026-09 20.50, C00007.2026-10 40.00"
    );
}

#[test]
fn a_search_that_gives_up_says_so() {
    let bills: Vec<OpenBill> = (1..=80_u32)
        .map(|at| OpenBill {
            bill: format!("C00007.{}-{:02}", 2016 + at / 12, 1 + at % 12).parse().unwrap(),
            number: None,
            due_date: "2026-11-30".parse().unwrap(),
            open: yuan(&format!("{}.00", 200 + at * 2)),
        })
        .collect();
    let proposals = matcher(&bills).proposals(&receipt(Some(7), "1501.00")).unwrap();
    assert!(proposals.proposals.is_empty());
    assert_eq!(
        proposals.given_up[0].to_string(),
        "exact_bills gave up on C00007: the 60 oldest of 80 bills, 20000 steps at most"
    );
}

/// The absolute limit is 25, the other 2.5 %: the smaller counts.
#[test]
fn what_is_short_is_forgiven_within_both_limits() {
    let matcher = matcher(&[bill(7, 10, "1000.00")]);
    assert_eq!(
        told(&matcher, &receipt(Some(7), "980.00")),
        [
            "within_tolerance 0.70 [20.00 CNY less than owed, within tolerance as bank_fee; of customer C00007] \
          C00007.2026-10 980.00, C00007.2026-10 20.00 bank_fee"
        ]
    );
    assert!(told(&matcher, &receipt(Some(7), "974.99")).is_empty());
    assert_eq!(
        told(&matcher, &receipt(Some(7), "1025.00")),
        [
            "within_tolerance 0.70 [25.00 CNY more than owed, within tolerance; it stays free; of customer C00007] \
          C00007.2026-10 1000.00"
        ]
    );
    let small = super::tests::matcher(&[bill(7, 10, "100.00")]);
    assert!(told(&small, &receipt(Some(7), "97.00")).is_empty());
    let two = super::tests::matcher(&[bill(7, 9, "600.00"), bill(7, 10, "410.00")]);
    assert_eq!(
        told(&two, &receipt(Some(7), "1000.00"))[0].split("] ").last().unwrap(),
        "C00007.2026-09 600.00, C00007.2026-10 400.00, C00007.2026-10 10.00 bank_fee"
    );
}

#[test]
fn money_nobody_has_claimed_is_whose_account_or_name_is_known() {
    let matcher = matcher(&[bill(42, 10, "50.00"), bill(7, 10, "50.00"), bill(8, 9, "70.00")]);
    let account = paid_by("刘芳", "6222000011112222", receipt(None, "50.00"));
    assert_eq!(
        told(&matcher, &account)[0],
        "exact_bill 0.80 [amount equal; payer account ••••2222 remembered] C00042.2026-10 50.00"
    );
    let name = paid_by("北京白云科技公司", "9999", receipt(None, "50.00"));
    assert_eq!(
        told(&matcher, &name)[0],
        "exact_bill 0.80 [amount equal; payer name 1.00 alike] C00007.2026-10 50.00"
    );
    let nobody = paid_by("刘芳", "9999", receipt(None, "70.00"));
    assert_eq!(
        told(&matcher, &nobody),
        ["exact_bill 0.50 [amount equal; payer name 0.00 alike] C00008.2026-09 70.00"],
        "the only bill of the book of this amount"
    );
    assert!(told(&matcher, &paid_by("刘芳", "9999", receipt(None, "50.00"))).is_empty());
}

#[test]
fn two_customers_of_like_names_are_doubted() {
    let matcher = matcher(&[bill(7, 10, "50.00"), bill(8, 10, "50.00")]);
    let either = paid_by("北京白科技有限公司", "9999", receipt(None, "50.00"));
    let told = told(&matcher, &either);
    assert_eq!(told.len(), 2);
    assert!(told[0].contains("customer C00008 fits nearly as well"), "{told:?}");
}

#[test]
fn the_oldest_bills_are_paid_only_for_those_who_settle_so() {
    let bills = [bill(42, 10, "50.00"), bill(42, 9, "50.00"), bill(7, 9, "50.00"), bill(7, 10, "60.00")];
    let matcher = matcher(&bills);
    assert_eq!(
        told(&matcher, &receipt(Some(42), "70.00")),
        ["oldest_first 0.80 [the oldest bills first; the customer settles so; of customer C00042] \
          C00042.2026-09 50.00, C00042.2026-10 20.00"]
    );
    assert!(told(&matcher, &receipt(Some(7), "70.00")).is_empty());
    let of = |customers: Option<Vec<CustomerId>>| {
        let mut matcher = matcher.clone();
        matcher.rules.rules[4] = MatchingRule::OldestFirst { on: true, customers };
        told(&matcher, &receipt(Some(7), "70.00"))
    };
    assert!(of(Some(Vec::new())).is_empty(), "the last customer was taken off the list");
    let mut by_file = matcher.clone();
    by_file.oldest_first.insert(customer(7));
    assert_eq!(
        told(&by_file, &receipt(Some(7), "70.00")),
        ["oldest_first 0.80 [the oldest bills first; the customer settles so; of customer C00007] \
          C00007.2026-09 50.00, C00007.2026-10 20.00"],
        "it is said in the customer's file"
    );
    assert_eq!(told(&by_file, &receipt(Some(42), "70.00")).len(), 1, "whom the rule names settles so, too");
    by_file.rules.rules[4] = MatchingRule::OldestFirst { on: true, customers: None };
    assert!(told(&by_file, &receipt(Some(7), "70.00"))[0].starts_with("oldest_first 0.80"));
    by_file.rules.rules[4] = MatchingRule::OldestFirst { on: false, customers: Some(Vec::new()) };
    assert!(told(&by_file, &receipt(Some(7), "70.00")).is_empty(), "the rule is off");
    assert!(of(None)[0].starts_with("oldest_first 0.50 [the oldest bills first; of customer C00007]"));
    assert!(told(&matcher, &paid_by("青松", "6222000011112222", receipt(None, "70.00"))).is_empty());
}

#[test]
fn a_rule_that_is_off_matches_nothing() {
    let mut matcher = matcher(&[bill(42, 10, "50.00")]);
    matcher.rules.rules = vec![
        MatchingRule::Reference { on: false },
        MatchingRule::ExactBill { on: false },
        MatchingRule::OldestFirst { on: false, customers: None },
    ];
    assert!(told(&matcher, &saying("C00042.2026-10", receipt(Some(42), "50.00"))).is_empty());
}
