//! Money that came in, what it settled, and a part of that undone; statements of it, with answers.

use tallybook_domain::billing::bill::Amounts;
use tallybook_domain::billing::{BillEvent, BillId};
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::settlement::matching::{MatchEvidence, RuleName, RuleSet};
use tallybook_domain::settlement::receipt::Payer;
use tallybook_domain::settlement::statement::{Standing, StatementAnswer, StatementFigures};
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::settlement::{
    CreditNoteEvent, CreditNoteId, MatchingRules, MatchingRulesEvent, ReceiptEvent, ReceiptId,
    StatementEvent, StatementId, WriteOffEvent, WriteOffId,
};
use tallybook_domain::{BookEvent, CustomerId};
use uuid::Uuid;

use super::history::{day, money, streamed};

/// Of each bill, 50.00 by a receipt of 60.00 and 10.00 by a credit note; the second leg is reversed.
pub fn settled(bills: &[BillId]) -> Vec<(String, BookEvent)> {
    let bills = (0..).zip(bills).flat_map(|(number, bill)| settled_one(number, bill));
    rules().into_iter().chain(bills).collect()
}

/// One statement for each bill's customer, answered in turn: not at all, agreed with, contested, and taken back after.
pub fn stated(bills: &[BillId]) -> Vec<(String, BookEvent)> {
    (0..).zip(bills).flat_map(|(number, bill)| stated_one(number, bill)).collect()
}

fn stated_one(number: u64, bill: &BillId) -> Vec<(String, BookEvent)> {
    let id = Uuid::from_u128((0x0199_f0a4_7d5e_7c3b << 64) + u128::from(number));
    let statement = StatementId::from_uuid(id);
    let figures = StatementFigures {
        from: day("2026-02-01"),
        to: day("2026-02-28"),
        known_at: number,
        opening: Standing { receivable: money("0.00"), advance: money("0.00") },
        closing: Standing { receivable: money("110.00"), advance: money("10.00") },
        line_count: 3,
    };
    let answered = |answer, remark: &str| StatementEvent::StatementAnswered {
        statement: statement.clone(),
        answer,
        remark: remark.parse().ok(),
        answered_by: "李雷".parse().unwrap(),
    };
    let reason = "sent to the wrong one".parse().unwrap();
    let withdrawn = StatementEvent::StatementWithdrawn { statement: statement.clone(), reason };
    let after = match number % 4 {
        0 => Vec::new(),
        1 => vec![answered(StatementAnswer::Agrees, "")],
        2 => vec![answered(StatementAnswer::Disagrees, "差 5 元")],
        _ => vec![answered(StatementAnswer::Agrees, "but late"), withdrawn],
    };
    let issued = StatementEvent::StatementIssued { statement, customer: bill.customer(), figures };
    streamed(std::iter::once(issued).chain(after).map(BookEvent::from))
}

fn matched() -> MatchEvidence {
    MatchEvidence {
        rule: RuleName::ExactBill,
        rules_version: 1,
        score: "0.80".parse().unwrap(),
        reasons: vec!["amount equal".into(), "of customer C00001".into()],
    }
}

/// Two versions of the rules of matching.
fn rules() -> Vec<(String, BookEvent)> {
    let changed = |version: u32| -> BookEvent {
        let RuleSet { automatic_from, rules } = RuleSet::beginning();
        let automatic_from = if version == 1 { "0.80".parse().ok() } else { automatic_from };
        MatchingRulesEvent::MatchingRulesChanged { version, automatic_from, rules }.into()
    };
    [1, 2].map(|version| (MatchingRules::STREAM.to_owned(), changed(version))).into()
}

fn settled_one(number: u64, bill: &BillId) -> Vec<(String, BookEvent)> {
    let (customer, effective_date) = (bill.customer(), day("2026-02-10"));
    let id = Uuid::from_u128((0x0199_f0a4_7d5e_7c3b << 64) + u128::from(number));
    let (write_off, credit_note) = (WriteOffId::from_uuid(id), CreditNoteId::from_uuid(id));
    let (received, receipt) = received(number, &customer);
    let legs = vec![
        Leg {
            leg: 1,
            source: LegSource::Receipt(receipt.clone()),
            bill: bill.clone(),
            amount: money("50.00"),
        },
        Leg {
            leg: 2,
            source: LegSource::CreditNote(credit_note.clone()),
            bill: bill.clone(),
            amount: money("10.00"),
        },
    ];
    let [first, second] = legs.clone().try_into().unwrap();
    let posted = WriteOffEvent::WriteOffPosted {
        write_off: write_off.clone(),
        customer: customer.clone(),
        legs,
        approved_by: None,
        effective_date,
        matched: (number % 2 == 1).then(matched),
    };
    let applied =
        |leg: &Leg| BillEvent::BillApplied { write_off: write_off.clone(), leg: leg.clone(), effective_date };
    let events: [BookEvent; 10] = [
        received.into(),
        granted(&credit_note, customer).into(),
        posted.into(),
        ReceiptEvent::ReceiptApplied {
            receipt,
            write_off: write_off.clone(),
            leg: 1,
            amount: first.amount,
            effective_date,
        }
        .into(),
        applied(&first).into(),
        CreditNoteEvent::CreditApplied {
            credit_note: credit_note.clone(),
            write_off: write_off.clone(),
            leg: 2,
            amount: second.amount,
            effective_date,
        }
        .into(),
        applied(&second).into(),
        WriteOffEvent::WriteOffLegReversed {
            write_off: write_off.clone(),
            leg: second.clone(),
            reason: "wrong bill".parse().unwrap(),
            effective_date,
        }
        .into(),
        CreditNoteEvent::CreditFreed {
            credit_note,
            write_off: write_off.clone(),
            leg: 2,
            amount: second.amount,
            effective_date,
        }
        .into(),
        BillEvent::BillReopened { write_off, leg: second, effective_date }.into(),
    ];
    streamed(events)
}

fn received(number: u64, customer: &CustomerId) -> (ReceiptEvent, ReceiptId) {
    let (account, reference) = ("ICBC-0123".parse().unwrap(), format!("R-{number}").parse().unwrap());
    let receipt = ReceiptId::of(&account, &reference);
    let event = ReceiptEvent::ReceiptRecorded {
        receipt: receipt.clone(),
        account,
        reference,
        amount: money("60.00"),
        method: DepositMethod::BankTransfer,
        received_date: day("2026-02-09"),
        customer: Some(customer.clone()),
        payer: Payer::default(),
        text: None,
        effective_date: None,
        holds_reference: true,
    };
    (event, receipt)
}

fn granted(credit_note: &CreditNoteId, customer: CustomerId) -> CreditNoteEvent {
    CreditNoteEvent::CreditGranted {
        credit_note: credit_note.clone(),
        customer,
        amounts: Amounts::new(money("15.00"), money("0.00")).unwrap(),
        reason: "goodwill".parse().unwrap(),
        effective_date: day("2026-02-09"),
        approved_by: None,
    }
}
