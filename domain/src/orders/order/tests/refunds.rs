use super::*;

fn request(number: u8, amount: &str) -> OrderCommand {
    OrderCommand::RequestRefund { order: id(), refund: refund(number), amount: yuan(amount) }
}

fn requested(number: u8, amount: &str) -> OrderEvent {
    OrderEvent::OrderRefundRequested { order: id(), refund: refund(number), amount: yuan(amount) }
}

fn pay_back(number: u8) -> OrderCommand {
    let today = day("2026-11-06");
    OrderCommand::Refund { order: id(), refund: refund(number), effective_date: today, today }
}

fn refunded(number: u8, amount: &str) -> OrderEvent {
    OrderEvent::OrderRefunded {
        order: id(),
        customer: customer(),
        refund: refund(number),
        paid_with: wallet(),
        amount: yuan(amount),
        effective_date: day("2026-11-06"),
        earned: None,
    }
}

fn release(number: u8) -> OrderCommand {
    OrderCommand::ReleaseRefund { order: id(), refund: refund(number) }
}

fn released(number: u8, amount: &str) -> OrderEvent {
    OrderEvent::OrderRefundReleased { order: id(), refund: refund(number), amount: yuan(amount) }
}

fn closed() -> OrderEvent {
    OrderEvent::OrderClosed { order: id() }
}

fn above(refunded: &str, pending: &str, requested: &str) -> OrderRefusal {
    OrderRefusal::RefundAboveCaptured {
        order: id(),
        captured: yuan(AMOUNT),
        refunded: yuan(refunded),
        pending: yuan(pending),
        requested: yuan(requested),
    }
}

#[test]
fn no_more_is_asked_back_than_was_paid() {
    let ready = [placed(), paid()];
    given(ready.clone()).when(request(1, AMOUNT)).then_expect_events(vec![requested(1, AMOUNT)]);
    given(ready.clone()).when(request(1, "112.52")).then_expect_error(above("0.00", "0.00", "112.52"));
    let one_open = [placed(), paid(), requested(1, "100.00")];
    given(one_open.clone()).when(request(2, "12.51")).then_expect_events(vec![requested(2, "12.51")]);
    given(one_open.clone()).when(request(2, "12.52")).then_expect_error(above("0.00", "100.00", "12.52"));
    given(one_open.clone()).when(request(1, "100.00")).then_expect_events(vec![]);
    let (order, refund, amount) = (id(), refund(1), yuan("100.00"));
    let otherwise = OrderRefusal::RefundAlreadyOpen { order, refund, amount };
    given(one_open).when(request(1, "1.00")).then_expect_error(otherwise);
    let one_done = [placed(), paid(), requested(1, "100.00"), refunded(1, "100.00")];
    given(one_done).when(request(2, "12.52")).then_expect_error(above("100.00", "0.00", "12.52"));
    let one_gone = [placed(), paid(), requested(1, "100.00"), released(1, "100.00")];
    given(one_gone).when(request(2, AMOUNT)).then_expect_events(vec![requested(2, AMOUNT)]);
    for amount in ["0.00", "-1.00"] {
        let refused = OrderRefusal::RefundNotPositive { amount: yuan(amount) };
        given(ready.clone()).when(request(1, amount)).then_expect_error(refused);
    }
}

#[test]
fn it_can_be_refunded_from_paid_until_completed() {
    let early = not_in_state(OrderState::PendingPayment, OrderAction::Refund);
    given([placed()]).when(request(1, "1.00")).then_expect_error(early);
    let life = [placed(), paid(), shipped(&[part(1, "1")], None), shipped(&[], Some(RECEIVE_BY))];
    let life = [life.as_slice(), &[received(StepBy::Person)]].concat();
    for length in 2..=life.len() {
        let asked = after(&life[..length]).decide(request(1, "1.00")).unwrap();
        assert_eq!(asked, [requested(1, "1.00")], "after {:?}", life[length - 1]);
    }
    let over = [life.as_slice(), &[completed("99.57", "12.94")]].concat();
    let late = not_in_state(OrderState::Completed, OrderAction::Refund);
    given(over).when(request(1, "1.00")).then_expect_error(late);
}

#[test]
fn money_goes_back_once_and_the_way_it_came() {
    let open = [placed(), paid(), requested(1, "20.00")];
    given(open.clone()).when(pay_back(1)).then_expect_events(vec![refunded(1, "20.00")]);
    assert!(posted(refunded(1, "20.00")).is_empty(), "the refund posts it");
    given(open.clone()).when(release(1)).then_expect_events(vec![released(1, "20.00")]);
    let not_open = OrderRefusal::RefundNotOpen { order: id(), refund: refund(1) };
    for end in [refunded(1, "20.00"), released(1, "20.00")] {
        let ended = [open.as_slice(), &[end]].concat();
        given(ended.clone()).when(pay_back(1)).then_expect_error(not_open.clone());
        given(ended).when(release(1)).then_expect_error(not_open.clone());
    }
}

#[test]
fn an_order_of_which_all_went_back_is_closed() {
    let parts = [placed(), paid(), requested(1, "100.00"), requested(2, "12.51"), refunded(1, "100.00")];
    given(parts.clone()).when(pay_back(2)).then_expect_events(vec![refunded(2, "12.51"), closed()]);
    let over = [parts.as_slice(), &[refunded(2, "12.51"), closed()]].concat();
    let order = after(&over);
    assert_eq!((order.state(), order.due_at()), (Some(OrderState::Closed), None));
    assert!(posted(closed()).is_empty());
    let late = not_in_state(OrderState::Closed, OrderAction::Ship);
    given(over.clone()).when(ship(&[part(1, "1")], false)).then_expect_error(late);
    let late = not_in_state(OrderState::Closed, OrderAction::Refund);
    given(over).when(request(3, "0.01")).then_expect_error(late);
}

#[test]
fn completion_waits_while_a_refund_is_open() {
    let here = [placed(), paid(), all_shipped(), received(StepBy::Person)];
    let asked = [here.as_slice(), &[requested(1, "20.00")]].concat();
    given(asked.clone()).when(due_at(COMPLETE_BY)).then_expect_events(vec![]);
    let back = [asked.as_slice(), &[refunded(1, "20.00")]].concat();
    given(back).when(due_at(COMPLETE_BY)).then_expect_events(vec![completed("81.87", "10.64")]);
    let gone = [asked.as_slice(), &[released(1, "20.00")]].concat();
    given(gone).when(due_at(COMPLETE_BY)).then_expect_events(vec![completed("99.57", "12.94")]);
}

#[test]
fn a_refund_that_breaks_the_order_is_corrupt() {
    let open = || vec![placed(), paid(), requested(1, "20.00")];
    let broken = [
        vec![placed(), requested(1, "20.00")],
        vec![placed(), paid(), requested(1, "112.52")],
        vec![placed(), paid(), refunded(1, "20.00")],
        [open(), vec![requested(1, "20.00")]].concat(),
        [open(), vec![refunded(1, "20.01")]].concat(),
        [open(), vec![released(2, "20.00")]].concat(),
        [open(), vec![closed()]].concat(),
    ];
    for mut events in broken {
        let last = events.pop().unwrap();
        assert!(after(&events).evolve(&last).is_err(), "{last:?}");
    }
    let receiving = vec![placed(), paid(), all_shipped(), received(StepBy::Timer), requested(1, "20.00")];
    assert!(after(&receiving).evolve(&completed("99.57", "12.94")).is_err(), "a refund is open");
}

/// Of a refund that a person has called failed, and the channel has paid.
#[test]
fn what_went_back_after_all_is_taken_from_what_is_left() {
    let today = day("2026-11-06");
    let after_all = |amount: &str| OrderCommand::RefundAfterAll {
        order: id(),
        refund: refund(1),
        amount: yuan(amount),
        effective_date: today,
        today,
    };
    let gone = [placed(), paid(), requested(1, "20.00"), released(1, "20.00")];
    given(gone.clone())
        .when(after_all("20.00"))
        .then_expect_events(vec![requested(1, "20.00"), refunded(1, "20.00")]);
    given(gone.clone()).when(after_all(AMOUNT)).then_expect_events(vec![
        requested(1, AMOUNT),
        refunded(1, AMOUNT),
        closed(),
    ]);
    let asked_again = [gone.as_slice(), &[requested(2, AMOUNT)]].concat();
    given(asked_again.clone()).when(after_all("20.00")).then_expect_error(above("0.00", AMOUNT, "20.00"));
    assert_eq!(after(&asked_again).may_refund_after_all(yuan("20.00")), Ok(false));
    assert_eq!(after(&gone).may_refund_after_all(yuan("20.00")), Ok(true));
    let unpaid = not_in_state(OrderState::PendingPayment, OrderAction::Refund);
    given([placed()]).when(after_all("20.00")).then_expect_error(unpaid);
}

#[test]
fn what_a_completed_order_had_earned_of_it_is_not_earned() {
    let over = [placed(), paid(), all_shipped(), received(StepBy::Person), completed("99.57", "12.94")];
    let today = day("2026-11-20");
    let after_all = OrderCommand::RefundAfterAll {
        order: id(),
        refund: refund(1),
        amount: yuan("20.00"),
        effective_date: today,
        today,
    };
    // What is kept of 92.51 is 81.87 and 10.64.
    let earned = Some(Amounts::new(yuan("17.70"), yuan("2.30")).unwrap());
    let back = OrderEvent::OrderRefunded {
        order: id(),
        customer: customer(),
        refund: refund(1),
        paid_with: wallet(),
        amount: yuan("20.00"),
        effective_date: today,
        earned,
    };
    given(over.clone()).when(after_all).then_expect_events(vec![requested(1, "20.00"), back.clone()]);
    let order = after(&[over.as_slice(), &[requested(1, "20.00"), back.clone()]].concat());
    assert_eq!((order.state(), order.refunded()), (Some(OrderState::Completed), Some(yuan("20.00"))));
    let expected = [
        (AccountCode::ContractLiabilities, Side::Credit, "20.00".to_owned()),
        (AccountCode::TaxesPayable, Side::Debit, "2.30".to_owned()),
        (AccountCode::Revenue, Side::Debit, "17.70".to_owned()),
    ];
    assert_eq!(posted(back), expected);
}
