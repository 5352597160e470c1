//! Write-offs on a real book: what they settle, what waits, what is undone, and two people at once.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use futures::future::join_all;
use support::settlement::{
    balance, count, credit, fee, figures, fresh_credit, fresh_write_off, from_receipt, granted, issued, left,
    limits, money_in, received, reverse, sums, undo, write_off,
};
use support::{book, by, deposit, dry, events, keyed, refusal, register, text, yuan};
use tallybook_commands::settlement::{
    ApproveCredit, ApproveWriteOff, MakeWriteOff, RejectCredit, RejectWriteOff, ReverseCredit,
    ReverseWriteOff, Split, approve_credit, approve_write_off, make_write_off, propose_credit, reject_credit,
    reject_write_off, reverse_credit, reverse_write_off,
};
use tallybook_domain::approvals::ApprovalRefusal;
use tallybook_domain::billing::BillRefusal;
use tallybook_domain::ledger::periods::{
    ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand, PeriodRefusal,
};
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::settlement::{
    CreditNoteId, CreditNoteRefusal, CreditNoteState, ReceiptRefusal, WriteOffRefusal, WriteOffState,
};
use tallybook_domain::{Refusal, WalletId};

#[tokio::test(flavor = "multi_thread")]
async fn receipts_of_55_and_35_leave_110_of_200_and_165_without_the_first() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "200").await;
    let (first, second) =
        (received(&book, &customer, "55.00", "1").await, received(&book, &customer, "35.00", "2").await);
    assert_eq!(balance(&book, "2203").await, "-90.00");
    let paid = sums(&[from_receipt(&first, "55.00")], &[(&bill, "55.00")]);
    let made = write_off(&book, paid).await.unwrap().outcome;
    let paid = sums(&[from_receipt(&second, "35.00")], &[(&bill, "35.00")]);
    let after = write_off(&book, paid).await.unwrap().outcome;
    assert_eq!(figures(&after), (vec!["110.00".into()], vec!["0.00".into()]));
    assert_eq!(
        (balance(&book, "1122").await, balance(&book, "2203").await),
        ("110.00".into(), "0.00".into())
    );
    let undone = reverse(&book, &made.id, None).await;
    assert_eq!(figures(&undone), (vec!["165.00".into()], vec!["55.00".into()]));
    assert_eq!((undone.state, undone.live_legs), (WriteOffState::Reversed, vec![]));
    assert_eq!(balance(&book, "1122").await, "165.00");
    assert_eq!(balance(&book, "2203").await, "-55.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_note_of_100_pays_a_bill_of_80_and_has_20_left() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "80").await;
    let note = granted(&book, &customer, "100.00").await;
    assert_eq!(balance(&book, "2203").await, "-100.00");
    let source = (LegSource::CreditNote(note), yuan("80.00"));
    let made = write_off(&book, sums(&[source], &[(&bill, "80.00")])).await.unwrap().outcome;
    assert_eq!(figures(&made), (vec!["0.00".into()], vec!["20.00".into()]));
    assert_eq!(
        (balance(&book, "1122").await, balance(&book, "2203").await),
        ("0.00".into(), "-20.00".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_note_takes_two_people_and_can_be_taken_back() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "80").await;
    let id = text::<CreditNoteId>("N01K7RA8ZAYFGXSMRSF9FMC3M02");
    let proposed = propose_credit(&book, by("li"), id.clone(), credit(&customer, "80.00")).await.unwrap();
    assert_eq!(
        (proposed.outcome.state, proposed.outcome.unapplied),
        (CreditNoteState::Proposed, yuan("0.00"))
    );
    let source = (LegSource::CreditNote(id.clone()), yuan("80.00"));
    let split = sums(&[source], &[(&bill, "80.00")]);
    let refused = refusal(write_off(&book, split.clone()).await);
    assert!(matches!(refused, Refusal::CreditNote(CreditNoteRefusal::NotInState { .. })), "{refused}");
    let approve = ApproveCredit { credit_note: id.clone(), effective_date: None };
    let refused = refusal(approve_credit(&book, by("li"), approve.clone()).await);
    assert!(matches!(refused, Refusal::Approval(ApprovalRefusal::SelfApproval { .. })), "{refused}");
    approve_credit(&book, by("wang"), approve).await.unwrap();
    let made = write_off(&book, split).await.unwrap().outcome;
    let reverse_it = ReverseCredit { credit_note: id.clone(), reason: text("a slip"), effective_date: None };
    let refused = refusal(reverse_credit(&book, by("li"), reverse_it.clone()).await);
    assert!(matches!(refused, Refusal::CreditNote(CreditNoteRefusal::InUse { .. })), "{refused}");
    reverse(&book, &made.id, None).await;
    let reversed = reverse_credit(&book, by("li"), reverse_it.clone()).await.unwrap().outcome;
    assert_eq!((reversed.state, balance(&book, "2203").await), (CreditNoteState::Reversed, "0.00".into()));
    assert_eq!(balance(&book, "6601").await, "0.00");
    let before = events(&book).await;
    reverse_credit(&book, by("li"), reverse_it).await.unwrap();
    assert_eq!(events(&book).await, before, "once only");

    let no =
        propose_credit(&book, by("li"), fresh_credit(), credit(&customer, "1.00")).await.unwrap().outcome;
    let reject = RejectCredit { credit_note: no.id, reason: text("not agreed") };
    let rejected = reject_credit(&book, by("wang"), reject).await.unwrap().outcome;
    assert_eq!(rejected.state, CreditNoteState::Rejected);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_leg_of_two_is_undone_and_the_other_stands() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let (one, other) = (issued(&book, &customer, 9, "100").await, issued(&book, &customer, 10, "100").await);
    let receipt = received(&book, &customer, "200.00", "1").await;
    let split = sums(&[from_receipt(&receipt, "200.00")], &[(&one, "100.00"), (&other, "100.00")]);
    let made = write_off(&book, split).await.unwrap().outcome;
    assert_eq!(figures(&made), (vec!["0.00".into(), "0.00".into()], vec!["0.00".into()]));
    let undone = reverse(&book, &made.id, Some(1)).await;
    assert_eq!(figures(&undone), (vec!["100.00".into(), "0.00".into()], vec!["100.00".into()]));
    assert_eq!((undone.state, undone.live_legs), (WriteOffState::PartlyReversed, vec![2]));
    assert_eq!(balance(&book, "1122").await, "100.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn crosswise_legs_are_undone_one_by_one() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bills = [issued(&book, &customer, 9, "50").await, issued(&book, &customer, 10, "50").await];
    let receipts =
        [received(&book, &customer, "50.00", "1").await, received(&book, &customer, "50.00", "2").await];
    let mut legs = Vec::new();
    for receipt in &receipts {
        for bill in &bills {
            let (leg, source) = (legs.len() as u32 + 1, LegSource::Receipt(receipt.clone()));
            legs.push(Leg { leg, source, bill: bill.clone(), amount: yuan("25.00") });
        }
    }
    let made = write_off(&book, Split::Legs(legs)).await.unwrap().outcome;
    assert_eq!(figures(&made), (vec!["0.00".into(); 2], vec!["0.00".into(); 2]));
    let undone = reverse(&book, &made.id, Some(2)).await;
    assert_eq!(figures(&undone), (vec!["0.00".into(), "25.00".into()], vec!["25.00".into(), "0.00".into()]));
    assert_eq!(undone.live_legs, [1, 3, 4]);
    let before = events(&book).await;
    let again = reverse(&book, &made.id, Some(2)).await;
    assert_eq!((again, events(&book).await), (undone, before), "once only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_within_the_limit_settles_the_bill_and_one_above_it_waits() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let (one, other) =
        (issued(&book, &customer, 9, "1000").await, issued(&book, &customer, 10, "1000").await);
    let receipt = received(&book, &customer, "980.00", "1").await;
    let split = sums(&[from_receipt(&receipt, "980.00"), fee("20.00")], &[(&one, "1000.00")]);
    let made = write_off(&book, split).await.unwrap().outcome;
    assert_eq!((made.state, figures(&made).0), (WriteOffState::Posted, vec!["0.00".into()]));
    assert_eq!(balance(&book, "6603").await, "20.00");

    let receipt = received(&book, &customer, "970.00", "2").await;
    let split = sums(&[from_receipt(&receipt, "970.00"), fee("30.00")], &[(&other, "1000.00")]);
    let waiting = write_off(&book, split).await.unwrap().outcome;
    assert_eq!((waiting.state, figures(&waiting).0), (WriteOffState::Proposed, vec!["1000.00".into()]));
    assert_eq!(
        (balance(&book, "6603").await, balance(&book, "1122").await),
        ("20.00".into(), "1000.00".into())
    );
    let approve = ApproveWriteOff { write_off: waiting.id.clone(), effective_date: None };
    let refused = refusal(approve_write_off(&book, by("li"), approve.clone()).await);
    assert!(matches!(refused, Refusal::Approval(ApprovalRefusal::SelfApproval { .. })), "{refused}");
    let approved = approve_write_off(&book, by("wang"), approve.clone()).await.unwrap().outcome;
    assert_eq!((approved.state, figures(&approved).0), (WriteOffState::Posted, vec!["0.00".into()]));
    assert_eq!((balance(&book, "6603").await, balance(&book, "1122").await), ("50.00".into(), "0.00".into()));
    let refused = refusal(approve_write_off(&book, by("chen"), approve).await);
    assert!(matches!(refused, Refusal::WriteOff(WriteOffRefusal::NotInState { .. })), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_is_not_done_again_on_a_day_before() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let (bill, other) = (issued(&book, &customer, 9, "100").await, issued(&book, &customer, 10, "100").await);
    let receipt = received(&book, &customer, "100.00", "1").await;
    let on = |bill, date: &str| MakeWriteOff {
        split: sums(&[from_receipt(&receipt, "100.00")], &[(bill, "100.00")]),
        effective_date: Some(text(date)),
    };
    let make = |asked| make_write_off(&book, by("li"), fresh_write_off(), asked, limits());
    let made = make(on(&bill, "2026-11-04")).await.unwrap().outcome;
    let undone = ReverseWriteOff { effective_date: Some(text("2026-11-10")), ..undo(&made.id, None) };
    reverse_write_off(&book, by("li"), undone).await.unwrap();
    for bill in [&bill, &other] {
        let refused = refusal(make(on(bill, "2026-11-05")).await);
        assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::EffectiveDate(_))), "{refused}");
    }
    assert_eq!(make(on(&other, "2026-11-10")).await.unwrap().outcome.state, WriteOffState::Posted);
    let second = received(&book, &customer, "100.00", "2").await;
    let split = sums(&[from_receipt(&second, "100.00")], &[(&bill, "100.00")]);
    let early = MakeWriteOff { split: split.clone(), effective_date: Some(text("2026-11-05")) };
    let refused = refusal(make(early).await);
    assert!(matches!(refused, Refusal::Bill(BillRefusal::EffectiveDate(_))), "{refused}");
    assert_eq!(write_off(&book, split).await.unwrap().outcome.state, WriteOffState::Posted);
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_on_one_bill_count_together_and_none_goes_alone() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let (bill, other) =
        (issued(&book, &customer, 9, "1000").await, issued(&book, &customer, 10, "1000").await);
    let receipt = received(&book, &customer, "300.00", "1").await;
    let with_fee = |bill| sums(&[from_receipt(&receipt, "100.00"), fee("20.00")], &[(bill, "120.00")]);
    let first = write_off(&book, with_fee(&bill)).await.unwrap().outcome;
    assert_eq!(first.state, WriteOffState::Posted);
    assert_eq!(write_off(&book, with_fee(&bill)).await.unwrap().outcome.state, WriteOffState::Proposed);
    assert_eq!(write_off(&book, with_fee(&other)).await.unwrap().outcome.state, WriteOffState::Posted);
    let alone = sums(&[fee("5.00")], &[(&bill, "5.00")]);
    assert_eq!(write_off(&book, alone).await.unwrap().outcome.state, WriteOffState::Proposed);
    reverse(&book, &first.id, None).await;
    assert_eq!(write_off(&book, with_fee(&bill)).await.unwrap().outcome.state, WriteOffState::Posted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_is_undone_with_the_money_it_went_with() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "1000").await;
    let receipt = received(&book, &customer, "980.00", "1").await;
    let split = sums(&[from_receipt(&receipt, "980.00"), fee("20.00")], &[(&bill, "1000.00")]);
    let made = write_off(&book, split).await.unwrap().outcome;
    let undone = reverse(&book, &made.id, Some(1)).await;
    assert_eq!((undone.state, figures(&undone).0), (WriteOffState::Reversed, vec!["1000.00".into()]));
    assert_eq!(
        (balance(&book, "6603").await, balance(&book, "1122").await),
        ("0.00".into(), "1000.00".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_too_long_is_refused_and_can_be_rejected() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "1000").await;
    let receipt = received(&book, &customer, "900.00", "1").await;
    let split = sums(&[from_receipt(&receipt, "900.00"), fee("100.00")], &[(&bill, "1000.00")]);
    let waiting = write_off(&book, split).await.unwrap().outcome;
    let meanwhile = sums(&[from_receipt(&receipt, "1.00")], &[(&bill, "1.00")]);
    write_off(&book, meanwhile).await.unwrap();
    let before = events(&book).await;
    let approve = ApproveWriteOff { write_off: waiting.id.clone(), effective_date: None };
    let refused = refusal(approve_write_off(&book, by("wang"), approve).await);
    let (unapplied, requested) = (yuan("899.00"), yuan("900.00"));
    assert_eq!(refused, ReceiptRefusal::AboveUnapplied { receipt, unapplied, requested }.into());
    assert_eq!(events(&book).await, before, "a refused approval leaves nothing");
    let reject = RejectWriteOff { write_off: waiting.id, reason: text("too late") };
    let rejected = reject_write_off(&book, by("wang"), reject).await.unwrap().outcome;
    assert_eq!(rejected.state, WriteOffState::Rejected);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_in_the_wallet_settles_a_bill_and_comes_back() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "80").await;
    deposit(&book, &customer, "100.00", "D1").await.unwrap();
    let wallet = LegSource::Wallet(WalletId::new(&customer, yuan("1.00").currency()));
    let made = write_off(&book, sums(&[(wallet.clone(), yuan("80.00"))], &[(&bill, "80.00")]))
        .await
        .unwrap()
        .outcome;
    assert_eq!(figures(&made), (vec!["0.00".into()], vec!["20.00".into()]));
    assert_eq!(
        (balance(&book, "2241.01").await, balance(&book, "1122").await),
        ("-20.00".into(), "0.00".into())
    );
    let undone = reverse(&book, &made.id, None).await;
    assert_eq!(figures(&undone), (vec!["80.00".into()], vec!["100.00".into()]));
    assert_eq!(balance(&book, "2241.01").await, "-100.00");
    let other = register(&book, "Umbra").await;
    let strange = LegSource::Wallet(WalletId::new(&other, yuan("1.00").currency()));
    let refused = refusal(write_off(&book, sums(&[(strange, yuan("1.00"))], &[(&bill, "1.00")])).await);
    assert!(matches!(refused, Refusal::WriteOff(WriteOffRefusal::StrangeWallet { .. })), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_above_what_is_left_and_a_refusal_leaves_nothing() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "80").await;
    let receipt = received(&book, &customer, "100.00", "1").await;
    let before = events(&book).await;
    let above_bill = sums(&[from_receipt(&receipt, "80.01")], &[(&bill, "80.01")]);
    let refused = refusal(write_off(&book, above_bill).await);
    let (open, requested) = (yuan("80.00"), yuan("80.01"));
    assert_eq!(refused, BillRefusal::AboveOpen { bill: bill.clone(), open, requested }.into());
    let unequal = sums(&[from_receipt(&receipt, "79.99")], &[(&bill, "80.00")]);
    let refused = refusal(write_off(&book, unequal).await);
    assert!(matches!(refused, Refusal::WriteOff(WriteOffRefusal::SumsDiffer { .. })), "{refused}");
    let other = register(&book, "Umbra").await;
    let of_another = received(&book, &other, "80.00", "2").await;
    let between = events(&book).await;
    let refused =
        refusal(write_off(&book, sums(&[from_receipt(&of_another, "1.00")], &[(&bill, "1.00")])).await);
    assert!(matches!(refused, Refusal::Receipt(ReceiptRefusal::OfAnother { .. })), "{refused}");
    assert_eq!(events(&book).await, between);
    assert_eq!(between.len(), before.len() + 2);
    let split = sums(&[from_receipt(&receipt, "80.00")], &[(&bill, "80.00")]);
    let asked = MakeWriteOff { split, effective_date: None };
    let tried = make_write_off(&book, dry(), fresh_write_off(), asked.clone(), limits()).await.unwrap();
    assert_eq!(figures(&tried.outcome), (vec!["0.00".into()], vec!["20.00".into()]));
    assert_eq!(events(&book).await, between, "a dry run leaves nothing");
    let made = make_write_off(&book, keyed("K"), fresh_write_off(), asked.clone(), limits()).await.unwrap();
    let again = make_write_off(&book, keyed("K"), fresh_write_off(), asked, limits()).await.unwrap();
    assert_eq!((again.outcome, again.replayed), (made.outcome, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_settled_or_undone_in_a_closed_period() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "80").await;
    let receipt = received(&book, &customer, "80.00", "1").await;
    let split = sums(&[from_receipt(&receipt, "80.00")], &[(&bill, "80.00")]);
    let made = write_off(&book, split.clone()).await.unwrap().outcome;
    reverse(&book, &made.id, None).await;
    let close = PeriodCommand::Close { period: text("2026-11"), today: text("2026-12-01") };
    support::billing::tell::<AccountingPeriods>(&book, ACCOUNTING_PERIODS.to_owned(), close).await;
    let asked = MakeWriteOff { split, effective_date: Some(text("2026-11-20")) };
    let refused = refusal(make_write_off(&book, by("li"), fresh_write_off(), asked, limits()).await);
    assert!(matches!(refused, Refusal::Period(PeriodRefusal::Closed { .. })), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_write_off_the_same_receipt_one_wins() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let (one, other) = (issued(&book, &customer, 9, "80").await, issued(&book, &customer, 10, "80").await);
    for round in 0..20 {
        let reference = format!("R{round}");
        let receipt = received(&book, &customer, "3.00", &reference).await;
        let split = |bill| sums(&[from_receipt(&receipt, "3.00")], &[(bill, "3.00")]);
        let tabs = join_all([write_off(&book, split(&one)), write_off(&book, split(&other))]).await;
        let (won, lost): (Vec<_>, Vec<_>) = tabs.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 1));
        let refused = lost.into_iter().map(refusal).next().unwrap();
        let (unapplied, requested) = (yuan("0.00"), yuan("3.00"));
        let short = ReceiptRefusal::AboveUnapplied { receipt: receipt.clone(), unapplied, requested };
        assert_eq!(refused, short.into());
    }
    assert_eq!(
        (balance(&book, "1122").await, balance(&book, "2203").await),
        ("100.00".into(), "0.00".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_write_offs_reversed_twice_at_once_are_reversed_five_hundred_times() {
    let book = book().await;
    let customer = register(&book, "Acme").await;
    let bill = issued(&book, &customer, 10, "500").await;
    let receipt = received(&book, &customer, "500.00", "1").await;
    let split = || sums(&[from_receipt(&receipt, "1.00")], &[(&bill, "1.00")]);
    let mut made = Vec::new();
    for _ in 0..10 {
        let some = join_all((0..50).map(|_| write_off(&book, split()))).await;
        made.extend(some.into_iter().map(|made| made.unwrap().outcome.id));
    }
    assert_eq!((balance(&book, "1122").await, count(&book, "WriteOffPosted").await), ("0.00".into(), 500));
    for some in made.chunks(50) {
        let twice = some.iter().chain(some);
        let undone = join_all(twice.map(|id| reverse_write_off(&book, by("li"), undo(id, None)))).await;
        assert!(undone.iter().all(|undone| {
            undone.as_ref().is_ok_and(|undone| undone.outcome.state == WriteOffState::Reversed)
        }));
    }
    for event in ["WriteOffLegReversed", "BillReopened", "ReceiptFreed"] {
        assert_eq!(count(&book, event).await, 500, "{event}");
    }
    assert_eq!(
        (balance(&book, "1122").await, balance(&book, "2203").await),
        ("500.00".into(), "-500.00".into())
    );
    assert_eq!(left(&book, money_in(Some(&customer), "500.00", "1")).await.unapplied, yuan("500.00"));
}
