use tallybook_domain::BookEvent;
use tallybook_domain::billing::BillEvent;
use tallybook_domain::billing::bill::Amounts;
use tallybook_domain::customers::CustomerEvent;
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::settlement::matching::{MatchingRule, RuleName, RuleSet};
use tallybook_domain::settlement::receipt::Payer;
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::settlement::{ReceiptEvent, ReceiptId, WriteOffEvent, WriteOffId};

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

#[test]
fn what_was_undone_is_not_what_people_did() {
    let mut events = vec![issued("C00001.2026-09", "30.00"), received("R-1", Some(1), "30.00", "2026-11-05")];
    events.extend(written_off(1, "R-1", "C00001.2026-09", "30.00"));
    assert_eq!(tested(&exact(), events.clone()).matched.as_people_did, 1);
    events.push(
        WriteOffEvent::WriteOffLegReversed {
            write_off: paper(1),
            leg: Leg {
                leg: 1,
                source: LegSource::Receipt(id("R-1")),
                bill: "C00001.2026-09".parse().unwrap(),
                amount: yuan("30.00"),
            },
            reason: "wrong".parse().unwrap(),
            effective_date: day("2026-11-21"),
        }
        .into(),
    );
    let report = tested(&exact(), events);
    assert_eq!((report.by_people, report.matched.not_done), (0, 1));
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
        };
        events.push(identified.into());
        events.extend(written_off(number, reference, bill, amount));
    }
    let report = tested(&exact(), events);
    assert_eq!((report.by_people, report.not_found, report.matched.as_people_did), (2, 1, 1));
}

#[test]
fn what_rules_have_done_by_themselves_says_nothing() {
    let mut events = vec![issued("C00001.2026-09", "30.00"), received("R-1", Some(1), "30.00", "2026-11-05")];
    let mut made = written_off(1, "R-1", "C00001.2026-09", "30.00");
    if let BookEvent::Settlement(tallybook_domain::settlement::SettlementEvent::WriteOff(
        WriteOffEvent::WriteOffPosted { matched, .. },
    )) = &mut made[0]
    {
        *matched = Some(tallybook_domain::settlement::matching::MatchEvidence {
            rule: RuleName::ExactBill,
            rules_version: 1,
            score: "0.80".parse().unwrap(),
            reasons: Vec::new(),
        });
    }
    events.extend(made);
    assert_eq!(tested(&exact(), events), BacktestReport::default());
}
