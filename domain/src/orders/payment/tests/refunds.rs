use super::*;

fn submit(which: u128, amount: &str) -> Command {
    Command::SubmitRefund { payment: id(), refund: refund(which), amount: yuan(amount) }
}

fn submitted(which: u128, amount: &str) -> Event {
    Event::PaymentRefundSubmitted { payment: id(), refund: refund(which), amount: yuan(amount) }
}

fn refunded(which: u128, amount: &str) -> Event {
    Event::PaymentRefunded { payment: id(), refund: refund(which), amount: yuan(amount) }
}

fn back(which: u128, amount: &str) -> Command {
    Command::Refund { payment: id(), refund: refund(which), amount: yuan(amount) }
}

fn after(events: Vec<Event>) -> AggregateTestExecutor<Payment> {
    given([vec![begun(), succeeded("42")], events].concat())
}

#[test]
fn never_more_is_refunded_than_came() {
    after(vec![]).when(submit(1, "99.00")).then_expect_events(vec![submitted(1, "99.00")]);
    let above = |left: &str, requested: &str| PaymentRefusal::RefundAbovePayment {
        payment: id(),
        left: yuan(left),
        requested: yuan(requested),
    };
    after(vec![]).when(submit(1, "99.01")).then_expect_error(above("99.00", "99.01"));
    after(vec![submitted(1, "50.00")]).when(submit(2, "49.01")).then_expect_error(above("49.00", "49.01"));
    after(vec![submitted(1, "50.00")]).when(submit(1, "50.00")).then_expect_events(vec![]);
    after(vec![refunded(1, "50.00")]).when(back(2, "49.01")).then_expect_error(above("49.00", "49.01"));
    let nothing = PaymentRefusal::AmountNotPositive { amount: yuan("0.00") };
    after(vec![]).when(submit(1, "0.00")).then_expect_error(nothing);
    given(vec![begun()]).when(submit(1, "0.01")).then_expect_error(above("0.00", "0.01"));
    given(vec![begun(), excess("42", "98.00", ExcessReason::Underpaid)])
        .when(submit(1, "98.00"))
        .then_expect_events(vec![submitted(1, "98.00")]);
}

#[test]
fn a_refund_goes_back_or_is_released() {
    after(vec![submitted(1, "50.00")]).when(back(1, "50.00")).then_expect_events(vec![refunded(1, "50.00")]);
    after(vec![]).when(back(1, "50.00")).then_expect_events(vec![refunded(1, "50.00")]);
    let release = || Command::ReleaseRefund { payment: id(), refund: refund(1) };
    let released = Event::PaymentRefundReleased { payment: id(), refund: refund(1) };
    after(vec![submitted(1, "50.00")]).when(release()).then_expect_events(vec![released.clone()]);
    after(vec![]).when(release()).then_expect_events(vec![]);
    after(vec![submitted(1, "99.00"), released])
        .when(submit(2, "99.00"))
        .then_expect_events(vec![submitted(2, "99.00")]);
}

#[test]
fn what_alipay_has_refunded_so_far_is_checked() {
    let mut payment = Payment::default();
    for event in
        [begun(), succeeded("42"), refunded(1, "10.00"), submitted(2, "20.00"), submitted(3, "30.00")]
    {
        payment.evolve(&event).unwrap();
    }
    let may = |so_far: &str| payment.may_have_refunded(&refund(2), yuan("20.00"), yuan(so_far)).unwrap();
    assert!(may("20.00"), "it went before the first");
    assert!(may("30.00"), "it went after the first");
    assert!(may("60.00"), "it went after both others");
    assert!(!may("19.99"), "it is not even this one");
    assert!(!may("60.01"), "nothing else can have been refunded");
    assert!(!Payment::default().may_have_refunded(&refund(2), yuan("20.00"), yuan("20.00")).unwrap());
}

fn doubted(why: DoubtReason, amount: Option<Money>, refund: Option<RefundId>) -> Event {
    Event::PaymentDoubted { payment: id(), notification: notification("EV-9"), why, amount, refund }
}

fn resolved() -> Event {
    Event::PaymentExceptionsResolved {
        payment: id(),
        reason: "it did not".parse().unwrap(),
        resolved_by: "user:li".parse().unwrap(),
    }
}

#[test]
fn what_is_in_doubt_is_not_given_to_the_channel() {
    let differs = doubted(DoubtReason::RefundAmountDiffers, Some(yuan("9.00")), Some(refund(1)));
    let in_doubt = PaymentRefusal::RefundDoubted { payment: id(), refund: refund(1) };
    after(vec![differs.clone()]).when(submit(1, "10.00")).then_expect_error(in_doubt);
    after(vec![differs.clone()]).when(submit(2, "10.00")).then_expect_events(vec![submitted(2, "10.00")]);
    after(vec![differs, resolved()]).when(submit(1, "10.00")).then_expect_events(vec![submitted(1, "10.00")]);
}

#[test]
fn a_payment_remembers_of_which_refund_the_channel_says_that_it_paid_it() {
    let said = |events: Vec<Event>| {
        let mut payment = Payment::default();
        for event in [vec![begun(), succeeded("42")], events].concat() {
            payment.evolve(&event).unwrap();
        }
        payment.is_said_refunded(&refund(1))
    };
    let contradicted =
        |amount: Option<Money>| doubted(DoubtReason::RefundContradicted, amount, Some(refund(1)));
    let differs = doubted(DoubtReason::RefundAmountDiffers, Some(yuan("9.00")), Some(refund(1)));
    assert!(said(vec![contradicted(Some(yuan("10.00"))), differs.clone()]));
    assert!(said(vec![contradicted(Some(yuan("10.00"))), resolved()]), "somebody has only looked");
    assert!(!said(vec![contradicted(None)]), "it only says that it closed it, or cannot pay it");
    assert!(!said(vec![differs]), "it says so of another amount");
}

#[test]
fn doubts_are_kept_for_a_person() {
    let (payment, notification, why) = (id(), notification("EV-9"), DoubtReason::RefundUnknown);
    let doubt = Command::Doubt { payment, notification, why, amount: None, refund: None };
    let doubted = doubted(DoubtReason::RefundUnknown, None, None);
    after(vec![]).when(doubt).then_expect_events(vec![doubted.clone()]);
    let mut payment = Payment::default();
    for event in [begun(), succeeded("42"), doubted] {
        payment.evolve(&event).unwrap();
    }
    assert_eq!(payment.open_exceptions(), 1);
}
