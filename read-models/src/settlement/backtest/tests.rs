use tallybook_domain::billing::BillEvent;
use tallybook_domain::billing::bill::Amounts;
use tallybook_domain::customers::{Change, CustomerEvent, ProfileChanges};
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::settlement::matching::{MatchEvidence, MatchingRule, RuleName, RuleSet};
use tallybook_domain::settlement::receipt::Payer;
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::settlement::{ReceiptEvent, ReceiptId, SettlementEvent, WriteOffEvent, WriteOffId};
use tallybook_domain::{BookEvent, Currency, WalletId};

use super::{Backtest, BacktestReport};
use crate::testing::{customer, day, yuan};

const NOVEMBER: [&str; 2] = ["2026-11-01", "2026-11-30"];

fn named(number: u64, name: &str) -> BookEvent {
    CustomerEvent::CustomerRegistered { customer: customer(number), name: name.parse().unwrap() }.into()
}

fn issued(bill: &str, total: &str) -> BookEvent {
    let amounts = Amounts { subtotal: yuan(total), tax: yuan("0.00"), total: yuan(total) };
    BillEvent::BillIssued {
        bill: bill.parse().unwrap(),
        number: format!("2026-{:06}", 1 + bill.len()).parse().unwrap(),
        amounts,
        issue_date: day("2026-11-01"),
        due_date: day("2026-11-30"),
    }
    .into()
}

fn id(reference: &str) -> ReceiptId {
    ReceiptId::of(&"ICBC-0123".parse().unwrap(), &reference.parse().unwrap())
}

fn received(reference: &str, of: Option<u64>, amount: &str, date: &str) -> BookEvent {
    let payer = Payer {
        name: Some("青松贸易".parse().unwrap()),
        account: Some("6222000011112222".parse().unwrap()),
    };
    ReceiptEvent::ReceiptRecorded {
        receipt: id(reference),
        account: "ICBC-0123".parse().unwrap(),
        reference: reference.parse().unwrap(),
        amount: yuan(amount),
        method: DepositMethod::BankTransfer,
        received_date: day(date),
        customer: of.map(customer),
        payer,
        text: None,
        effective_date: None,
        holds_reference: true,
    }
    .into()
}

/// As the journal has it: the write-off, then what it takes of the receipt.
fn written_off(number: u8, reference: &str, bill: &str, amount: &str) -> [BookEvent; 2] {
    let (write_off, amount) = (paper(number), yuan(amount));
    let source = LegSource::Receipt(id(reference));
    let legs = vec![Leg { leg: 1, source, bill: bill.parse().unwrap(), amount }];
    let effective_date = day("2026-11-20");
    let posted = WriteOffEvent::WriteOffPosted {
        write_off: write_off.clone(),
        customer: customer(1),
        legs,
        approved_by: None,
        effective_date,
        matched: None,
    };
    let applied =
        ReceiptEvent::ReceiptApplied { receipt: id(reference), write_off, leg: 1, amount, effective_date };
    [posted.into(), applied.into()]
}

fn paper(number: u8) -> WriteOffId {
    format!("W{number:026}").parse().unwrap()
}

fn tested(rules: &[MatchingRule], events: Vec<BookEvent>) -> BacktestReport {
    let rules = RuleSet { automatic_from: Some("0.80".parse().unwrap()), rules: rules.to_vec() };
    let mut backtest = Backtest::new(rules, day(NOVEMBER[0]), day(NOVEMBER[1]));
    events.iter().for_each(|event| backtest.take_in(event).unwrap());
    backtest.finish().unwrap()
}

fn exact() -> Vec<MatchingRule> {
    vec![MatchingRule::ExactBill { on: true }]
}

/// Two bills of 50: the rule takes the older, people took the other for the second receipt.
#[test]
fn what_people_did_otherwise_is_wrong_by_what_they_did_not_do() {
    let mut events = vec![
        issued("C00001.2026-09", "30.00"),
        issued("C00001.2026-10", "50.00"),
        issued("C00001.2026-11", "50.00"),
        received("R-1", Some(1), "30.00", "2026-11-05"),
        received("R-2", Some(1), "50.00", "2026-11-06"),
        received("R-3", Some(1), "8.00", "2026-11-06"),
        received("R-4", Some(1), "50.00", "2026-11-07"),
        received("old", Some(1), "30.00", "2026-10-31"),
    ];
    events.extend(written_off(1, "R-1", "C00001.2026-09", "30.00"));
    events.extend(written_off(2, "R-2", "C00001.2026-11", "50.00"));
    events.extend(written_off(3, "R-3", "C00001.2026-10", "8.00"));
    let report = tested(&exact(), events);
    assert_eq!((report.receipts, report.by_people, report.not_found), (4, 3, 1));
    let all = &report.matched;
    assert_eq!((all.proposals, all.as_people_did, all.partly, all.wrong, all.not_done), (3, 1, 0, 1, 1));
    assert_eq!(all.wrong_by, [yuan("50.00")]);
    assert_eq!(report.by_rule[&RuleName::ExactBill], *all);
    assert_eq!((report.automatic.as_people_did, report.automatic.wrong), (1, 0), "two bills fit: below 0.80");
    assert_eq!(report.wrong[0].receipt, id("R-2"));
    assert_eq!(report.wrong[0].people[0].bill.as_str(), "C00001.2026-11");
}

fn undone(number: u8, reference: &str, bill: &str, amount: &str) -> [BookEvent; 2] {
    let (write_off, amount, effective_date) = (paper(number), yuan(amount), day("2026-11-21"));
    let source = LegSource::Receipt(id(reference));
    let leg = Leg { leg: 1, source, bill: bill.parse().unwrap(), amount };
    let reversed = WriteOffEvent::WriteOffLegReversed {
        write_off: write_off.clone(),
        leg,
        reason: "wrong".parse().unwrap(),
        effective_date,
    };
    let freed =
        ReceiptEvent::ReceiptFreed { receipt: id(reference), write_off, leg: 1, amount, effective_date };
    [reversed.into(), freed.into()]
}

#[test]
fn what_people_have_undone_is_wrong() {
    let mut events = vec![issued("C00001.2026-09", "30.00"), received("R-1", Some(1), "30.00", "2026-11-05")];
    events.extend(written_off(1, "R-1", "C00001.2026-09", "30.00"));
    assert_eq!(tested(&exact(), events.clone()).matched.as_people_did, 1);
    events.extend(undone(1, "R-1", "C00001.2026-09", "30.00"));
    let report = tested(&exact(), events);
    assert_eq!((report.by_people, report.matched.not_done, report.automatic.wrong), (0, 0, 1));
    assert_eq!(report.automatic.wrong_by, [yuan("30.00")]);
}

/// One receipt goes to the wallet, the other is paid back: neither was for the bill the rule would have paid.
#[test]
fn money_people_put_elsewhere_is_not_for_a_bill() {
    let (amount, effective_date) = (yuan("30.00"), day("2026-11-06"));
    let wallet = WalletId::new(&customer(1), Currency::CNY);
    let moved = ReceiptEvent::AdvanceMovedToWallet { receipt: id("R-1"), wallet, amount, effective_date };
    let asked = ReceiptEvent::AdvanceRefundRequested {
        receipt: id("R-2"),
        amount,
        reason: "paid twice".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
    };
    let approved_by = "user:wang".parse().unwrap();
    let refunded = ReceiptEvent::AdvanceRefunded { receipt: id("R-2"), amount, approved_by, effective_date };
    let events = vec![
        issued("C00001.2026-09", "30.00"),
        received("R-1", Some(1), "30.00", "2026-11-05"),
        received("R-2", Some(1), "30.00", "2026-11-05"),
        moved.into(),
        asked.into(),
        refunded.into(),
    ];
    let report = tested(&exact(), events);
    assert_eq!((report.receipts, report.by_people, report.automatic.wrong), (2, 0, 2));
    assert_eq!(report.automatic.wrong_by, [yuan("60.00")]);
}

/// The rules would go on with what is left of the receipt, as they do when they write off by themselves.
#[test]
fn all_that_rules_would_do_with_a_receipt_is_compared() {
    let mut events = vec![
        issued("C00001.2026-09", "30.00"),
        issued("C00001.2026-10", "20.00"),
        issued("C00001.2026-10.d1", "20.00"),
        received("R-1", Some(1), "50.00", "2026-11-05"),
    ];
    if let BookEvent::Settlement(SettlementEvent::Receipt(ReceiptEvent::ReceiptRecorded { text, .. })) =
        &mut events[3]
    {
        *text = Some("C00001.2026-09".parse().unwrap());
    }
    events.extend(written_off(1, "R-1", "C00001.2026-09", "30.00"));
    events.extend(written_off(2, "R-1", "C00001.2026-10.d1", "20.00"));
    let rules = [MatchingRule::Reference { on: true }, MatchingRule::ExactBill { on: true }];
    let report = tested(&rules, events);
    assert_eq!((report.receipts, report.matched.proposals, report.matched.wrong), (1, 2, 1));
    assert_eq!((report.by_rule[&RuleName::Reference].partly, report.wrong[0].wrong_by), (1, yuan("20.00")));
}

/// The account was unknown when the first receipt came, and is remembered for the second.
#[test]
fn a_payer_is_known_from_what_was_written_off_before() {
    let mut events = vec![
        named(1, "全名不同有限公司"),
        issued("C00001.2026-09", "30.00"),
        issued("C00001.2026-10", "40.00"),
        issued("C00002.2026-10", "30.00"),
        issued("C00002.2026-11", "40.00"),
    ];
    for (number, reference, bill, amount) in
        [(1, "R-1", "C00001.2026-09", "30.00"), (2, "R-2", "C00001.2026-10", "40.00")]
    {
        events.push(received(reference, None, amount, "2026-11-05"));
        let identified = ReceiptEvent::ReceiptIdentified {
            receipt: id(reference),
            customer: customer(1),
            amount: yuan(amount),
            effective_date: day("2026-11-06"),
            matched: None,
        };
        events.push(identified.into());
        events.extend(written_off(number, reference, bill, amount));
    }
    let report = tested(&exact(), events);
    assert_eq!((report.by_people, report.not_found, report.matched.as_people_did), (2, 1, 1));
}

/// As the journal has it where rules have done it; of a receipt of nobody, with whose it is.
fn by_rules(reference: &str, bill: &str, amount: &str) -> Vec<BookEvent> {
    let [mut posted, applied] = written_off(1, reference, bill, amount);
    if let BookEvent::Settlement(SettlementEvent::WriteOff(WriteOffEvent::WriteOffPosted {
        matched, ..
    })) = &mut posted
    {
        *matched = Some(MatchEvidence {
            rule: RuleName::ExactBill,
            rules_version: 1,
            score: "0.80".parse().unwrap(),
            reasons: Vec::new(),
        });
    }
    let identified = ReceiptEvent::ReceiptIdentified {
        receipt: id(reference),
        customer: customer(1),
        amount: yuan(amount),
        effective_date: day("2026-11-20"),
        matched: Some(paper(1)),
    };
    vec![posted, identified.into(), applied]
}

#[test]
fn what_rules_have_done_by_themselves_says_nothing_and_teaches_nothing() {
    let mut events = vec![issued("C00001.2026-09", "30.00"), received("R-1", None, "30.00", "2026-11-05")];
    events.extend(by_rules("R-1", "C00001.2026-09", "30.00"));
    assert_eq!(tested(&exact(), events.clone()), BacktestReport::default());
    events.extend([
        issued("C00001.2026-10", "40.00"),
        issued("C00002.2026-10", "40.00"),
        received("R-2", None, "40.00", "2026-11-21"),
    ]);
    events.extend(written_off(2, "R-2", "C00001.2026-10", "40.00"));
    let report = tested(&exact(), events);
    assert_eq!((report.by_people, report.not_found), (1, 1), "nobody has said who pays from there");
}

/// The surest sign of a wrong rule: it was at work, and a person has put it right.
#[test]
fn what_rules_have_done_and_a_person_has_put_right_is_wrong() {
    let mut events = vec![
        issued("C00001.2026-09", "30.00"),
        issued("C00001.2026-10", "45.00"),
        received("R-1", Some(1), "30.00", "2026-11-05"),
    ];
    events.extend(by_rules("R-1", "C00001.2026-09", "30.00"));
    events.extend(undone(1, "R-1", "C00001.2026-09", "30.00"));
    let left = tested(&exact(), events.clone());
    assert_eq!((left.receipts, left.automatic.wrong), (1, 1), "also before somebody writes it off otherwise");
    events.extend(written_off(2, "R-1", "C00001.2026-10", "30.00"));
    let report = tested(&exact(), events);
    assert_eq!((report.by_people, report.automatic.wrong), (1, 1));
}

fn settles_oldest_first(number: u64, from: Option<bool>, to: bool) -> BookEvent {
    let oldest_first = Some(Change { from, to: Some(to) });
    let changes = Box::new(ProfileChanges { oldest_first, ..ProfileChanges::default() });
    CustomerEvent::CustomerProfileChanged { customer: customer(number), changes }.into()
}

/// The first receipt came before the customer's file said so, the third when it did not any more.
#[test]
fn the_oldest_bills_are_paid_while_the_customers_file_says_so() {
    let mut events = vec![
        issued("C00001.2026-09", "30.00"),
        issued("C00001.2026-10", "30.00"),
        issued("C00001.2026-11", "30.00"),
        received("R-1", Some(1), "20.00", "2026-11-05"),
        received("R-2", Some(1), "20.00", "2026-11-06"),
        received("R-3", Some(1), "20.00", "2026-11-07"),
    ];
    events.extend(written_off(1, "R-1", "C00001.2026-09", "20.00"));
    events.push(settles_oldest_first(1, None, true));
    events.extend(written_off(2, "R-2", "C00001.2026-10", "20.00"));
    events.push(settles_oldest_first(1, Some(true), false));
    events.extend(written_off(3, "R-3", "C00001.2026-11", "20.00"));
    let rule = [MatchingRule::OldestFirst { on: true, customers: Some(Vec::new()) }];
    let report = tested(&rule, events.clone());
    assert_eq!((report.receipts, report.not_found, report.matched.proposals), (3, 2, 1));
    let off = [MatchingRule::OldestFirst { on: false, customers: Some(Vec::new()) }];
    assert_eq!(tested(&off, events).matched.proposals, 0);
}
