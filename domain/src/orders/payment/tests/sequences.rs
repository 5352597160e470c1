//! Whatever is asked of a payment in whatever order: no more goes back than came, and nothing that came is forgotten.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Receive { transaction: u8, cents: u32, order: u8 },
    Submit { which: u8, cents: u32 },
    Refund { which: u8, cents: u32 },
    Release { which: u8 },
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    let cents = prop_oneof![Just(9900_u32), 1..20_000_u32];
    prop_oneof![
        (0..4_u8, cents.clone(), 0..3_u8).prop_map(|(transaction, cents, order)| Step::Receive {
            transaction,
            cents,
            order
        }),
        (0..4_u8, 1..12_000_u32).prop_map(|(which, cents)| Step::Submit { which, cents }),
        (0..4_u8, 1..12_000_u32).prop_map(|(which, cents)| Step::Refund { which, cents }),
        (0..4_u8).prop_map(|which| Step::Release { which }),
        Just(Step::Close),
    ]
}

fn money(cents: u32) -> Money {
    Money::new(rust_decimal::Decimal::new(i64::from(cents), 2), Currency::CNY).unwrap()
}

fn command(step: &Step) -> Command {
    let which = |which: u8| refund(u128::from(which));
    match step {
        Step::Receive { transaction, cents, order } => {
            let standings = [OrderStanding::AwaitsPayment, OrderStanding::Paid, OrderStanding::Cancelled];
            let received =
                ReceivedPayment { amount: money(*cents), ..paid(&transaction.to_string(), "1.00") };
            receive(received, standings[usize::from(*order)])
        }
        Step::Submit { which: number, cents } => {
            Command::SubmitRefund { payment: id(), refund: which(*number), amount: money(*cents) }
        }
        Step::Refund { which: number, cents } => {
            Command::Refund { payment: id(), refund: which(*number), amount: money(*cents) }
        }
        Step::Release { which: number } => Command::ReleaseRefund { payment: id(), refund: which(*number) },
        Step::Close => Command::Close { payment: id(), reason: None },
    }
}

proptest! {
    #[test]
    fn no_more_goes_back_than_came(steps in prop::collection::vec(step(), 1..40)) {
        let mut payment = Payment::default();
        payment.evolve(&begun()).unwrap();
        let mut came: BTreeMap<u8, Money> = BTreeMap::new();
        // As the use case, which asks for a refund once and for the same amount.
        let mut asked: BTreeMap<u8, u32> = BTreeMap::new();
        let mut done: Vec<u8> = Vec::new();
        for step in steps {
            if let Step::Submit { which, cents } | Step::Refund { which, cents } = &step
                && (done.contains(which) || asked.get(which).is_some_and(|known| known != cents))
            {
                continue;
            }
            let Ok(events) = payment.decide(command(&step)) else { continue };
            for event in &events {
                payment.evolve(event).unwrap();
                check_balanced(&postings(&event.clone().into())).unwrap();
            }
            match (&step, events.as_slice()) {
                (Step::Receive { transaction, cents, .. }, [Event::PaymentSucceeded { .. } | Event::ExcessPaymentReceived { .. }, ..]) => {
                    prop_assert!(came.insert(*transaction, money(*cents)).is_none(), "taken twice");
                }
                (Step::Submit { which, cents }, _) => { asked.insert(*which, *cents); }
                (Step::Refund { which, .. }, _) => done.push(*which),
                (Step::Release { which }, _) => { asked.remove(which); }
                (Step::Receive { .. } | Step::Close, _) => {}
            }
            let sum = came.values().try_fold(yuan("0.00"), |sum, one| sum.checked_add(*one)).unwrap();
            let (captured, excess) = (payment.captured().unwrap(), payment.excess().unwrap());
            prop_assert_eq!(captured.checked_add(excess).unwrap(), sum, "all that came is known");
            prop_assert!(captured.is_zero() || captured == yuan("99.00"), "an order is paid whole or not at all");
            let refunded = payment.refunded().unwrap();
            prop_assert!(sum.covers(refunded).unwrap(), "{} went back of {}", refunded, sum);
        }
    }
}
