//! What goes back to the wallet when a bill it paid is voided or credited.

use super::*;

fn returned(amount: &str) -> BillEvent {
    BillEvent::BillPaymentReturnedToWallet {
        bill: bill(),
        wallet: "C00042.CNY".parse().unwrap(),
        amount: yuan(amount),
        effective_date: day("2026-11-02"),
    }
}

fn give_back(amount: &str) -> BillCommand {
    BillCommand::ReturnPayment {
        bill: bill(),
        wallet: "C00042.CNY".parse().unwrap(),
        amount: yuan(amount),
        effective_date: day("2026-11-02"),
    }
}

fn written_off(amount: &str) -> BillEvent {
    let (bill, amount, approved_by) = (bill(), yuan(amount), "user:wang".parse().unwrap());
    BillEvent::BadDebtWrittenOff { bill, amount, approved_by, effective_date: day("2026-11-02") }
}

fn back(amount: &str) -> Option<PaymentReturn> {
    Some(PaymentReturn { amount: yuan(amount), effective_date: day("2026-11-02") })
}

fn by_crediting(events: &[BillEvent], lines: &NoteLines) -> Result<Option<PaymentReturn>, BillRefusal> {
    Bill::after(events).returned_by_crediting(&bill(), lines, on("2026-11-02"))
}

#[test]
fn voiding_gives_back_all_the_wallet_paid_and_only_once() {
    let by_voiding =
        |events: &[BillEvent]| Bill::after(events).returned_by_voiding(&bill(), on("2026-11-02"));
    assert_eq!(by_voiding(&[drafted()]), Ok(None));
    assert_eq!(by_voiding(&[drafted(), issued()]), Ok(None));
    assert_eq!(by_voiding(&[drafted(), issued(), paid("50.00")]), Ok(back("50.00")));
    let given = vec![drafted(), issued(), paid("50.00"), returned("50.00")];
    let voided = Bill::after(&given).decide(void()).unwrap();
    assert_eq!(by_voiding(&[given, voided].concat()), Ok(None));
    let mixed = [drafted(), issued(), paid("50.00"), credited(1, &[(2, "0.33", "0.02")])];
    assert_eq!(
        by_voiding(&mixed),
        Err(BillRefusal::PartlySettled { bill: bill(), total: yuan("106.00"), open: yuan("56.00") })
    );
    let given_up = [drafted(), issued(), paid("50.00"), written_off("1.00")];
    assert!(matches!(by_voiding(&given_up), Err(BillRefusal::PartlySettled { .. })));
}

#[test]
fn a_credit_note_gives_back_what_it_takes_beyond_what_is_open() {
    let lines = |amount: &str| NoteLines::Lines(vec![(1, yuan(amount))]);
    let partly = [drafted(), issued(), paid("100.00")];
    assert_eq!(by_crediting(&partly, &lines("5.99")), Ok(None), "6.35 is open");
    assert_eq!(by_crediting(&partly, &lines("50.00")), Ok(back("46.65")));
    assert_eq!(by_crediting(&partly, &NoteLines::Whole), Ok(back("100.00")));
    let given_up = [drafted(), issued(), paid("6.35"), written_off("100.00")];
    assert_eq!(
        by_crediting(&given_up, &lines("10.00")),
        Err(BillRefusal::AbovePaid { bill: bill(), paid: yuan("6.35"), requested: yuan("10.60") })
    );
    // Nobody paid: that too much is written off is the credit's to say.
    let given_up = [drafted(), issued(), written_off("106.35")];
    assert_eq!(by_crediting(&given_up, &lines("10.00")), Ok(None));
}

#[test]
fn no_more_goes_back_than_was_paid() {
    let history = vec![drafted(), issued(), paid("50.00")];
    given(history.clone()).when(give_back("50.00")).then_expect_events(vec![returned("50.00")]);
    given(history.clone()).when(give_back("50.01")).then_expect_error(BillRefusal::AbovePaid {
        bill: bill(),
        paid: yuan("50.00"),
        requested: yuan("50.01"),
    });
    let zero = BillRefusal::AmountNotPositive { amount: yuan("0.00") };
    given(history.clone()).when(give_back("0.00")).then_expect_error(zero);
    let twice = [history.clone(), vec![returned("50.00")]].concat();
    let refused = Bill::after(&twice).decide(give_back("0.01")).unwrap_err();
    assert!(matches!(refused, BillRefusal::AbovePaid { .. }), "{refused}");
    assert!(Bill::after(&twice).evolve(&returned("0.01")).is_err(), "the journal does not say it either");
    let written_off = [drafted(), issued(), written_off("50.00")];
    assert!(Bill::after(&written_off).evolve(&returned("0.01")).is_err(), "what was given up is not paid");
}

#[test]
fn what_goes_back_posts_what_was_paid_the_other_way_round() {
    let mirrored: Vec<_> = postings(&paid("50.00").into())
        .into_iter()
        .map(|posting| (posting.account, posting.side == Side::Credit, posting.amount))
        .collect();
    let back: Vec<_> = postings(&returned("50.00").into())
        .into_iter()
        .map(|posting| (posting.account, posting.side == Side::Debit, posting.amount))
        .collect();
    assert_eq!(back.iter().rev().copied().collect::<Vec<_>>(), mirrored);
}

proptest::proptest! {
    /// However it is paid, credited, written off and voided: the wallet never gets more than it paid, and what is open
    /// never falls below nothing.
    #[test]
    fn the_wallet_gets_back_what_it_paid_at_most(
        steps in proptest::collection::vec((0..4_u8, 1..8_000_i64), 1..12)
    ) {
        let mut events = vec![drafted(), issued()];
        for (kind, cents) in steps {
            let amount = Money::new(rust_decimal::Decimal::new(cents, 2), Currency::CNY).unwrap();
            let bill_now = Bill::after(&events);
            let lines = if cents % 5 == 0 { NoteLines::Whole } else { NoteLines::Lines(vec![(1, amount)]) };
            let (back, step) = match kind {
                0 => (Ok(None), pay_command(amount)),
                1 => (by_crediting(&events, &lines), credit(lines)),
                2 => (Ok(None), written_off_command(amount, &mut events)),
                _ => (bill_now.returned_by_voiding(&bill(), on("2026-11-02")), void()),
            };
            let Ok(back) = back else { continue };
            let mut tried = events.clone();
            tried.extend(back.map(|back| returned(&back.amount.amount().to_string())));
            if let Ok(more) = Bill::after(&tried).decide(step) {
                events = [tried, more].concat();
            }
            let amounts = Bill::after(&events).amounts().unwrap().clone();
            proptest::prop_assert!(!amounts.open().unwrap().is_negative());
            proptest::prop_assert!(!amounts.paid.is_negative());
            proptest::prop_assert!(amounts.settled.covers(amounts.paid).unwrap());
        }
    }
}

fn pay_command(amount: Money) -> BillCommand {
    let (wallet, effective_date) = ("C00042.CNY".parse().unwrap(), day("2026-11-02"));
    BillCommand::PayFromWallet { bill: bill(), wallet, amount, effective_date }
}

/// The approval of a request that is made, if it can be, before it.
fn written_off_command(amount: Money, events: &mut Vec<BillEvent>) -> BillCommand {
    let requests = Bill::after(events).decide(request_bad_debt(&amount.amount().to_string()));
    events.extend(requests.into_iter().flatten());
    approve_bad_debt("user:wang")
}
