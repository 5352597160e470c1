//! The events of a figure, by the pure functions alone: what they come to is what the read model folds to.

use rust_decimal::Decimal;
use tallybook_domain::ledger::postings;
use tallybook_domain::{BookEvent, Currency};

use super::lines::lines_of;
use super::stream::effect;
use super::{Figure, TurnoverPart, WalletPart};
use crate::deposits::{DailyTotals, Wallets};
use crate::query::DateRange;
use crate::testing::withdrawals::{approved, failed, requested, returned, submitted, succeeded};
use crate::testing::{credited, day, deposited, folded, held, paid_out, released, reversed, wallet, yuan};

const DATE: &str = "2026-03-02";

/// Everything that can happen to money, on one day.
fn history() -> Vec<BookEvent> {
    let id = wallet(1);
    vec![
        deposited(&id, yuan("100.00"), DATE),
        deposited(&id, yuan("20.00"), DATE),
        reversed(&id, 2, yuan("20.00"), DATE),
        requested(1),
        held(&id, 1, yuan("30.00")),
        approved(1),
        submitted(1, DATE),
        succeeded(1, DATE),
        paid_out(&id, 1, yuan("30.00"), DATE),
        returned(1, DATE),
        credited(&id, 1, yuan("30.00"), DATE),
        requested(2),
        held(&id, 2, yuan("30.00")),
        approved(2),
        submitted(2, DATE),
        failed(2, DATE),
        released(&id, 2, yuan("30.00")),
        held(&id, 3, yuan("5.00")),
    ]
}

#[test]
fn the_events_of_a_wallet_come_to_what_it_has() {
    let rows = folded::<Wallets>(history());
    let row = rows.get(&wallet(1)).unwrap();
    for (part, expected) in [
        (WalletPart::Balance, row.balance),
        (WalletPart::Held, row.held),
        (WalletPart::Available, row.available),
    ] {
        let effects = history().into_iter().filter_map(|event| effect(&event, part).unwrap());
        let sum: Decimal = effects.map(|effect| effect.amount()).sum();
        assert_eq!(sum, expected.amount(), "{part:?}");
    }
}

#[test]
fn the_lines_of_a_day_come_to_its_turnover() {
    let days = folded::<DailyTotals>(history());
    let row = days.get(&(day(DATE), Currency::CNY)).unwrap();
    for (part, expected) in [
        (TurnoverPart::Deposits, row.deposits),
        (TurnoverPart::Reversals, row.reversals),
        (TurnoverPart::Withdrawals, row.withdrawals),
        (TurnoverPart::Returns, row.returns),
        (TurnoverPart::Net, row.net),
    ] {
        assert_ne!(expected, Decimal::ZERO, "{part:?} has something to explain");
        let figure = Figure::Turnover { part, currency: Currency::CNY, range: DateRange::default() };
        let (lines, _) = lines_of(&figure);
        let mut sum = Decimal::ZERO;
        for event in history() {
            for posting in postings(&event) {
                let counting = lines.iter().filter(|lines| lines.takes(&event, &posting));
                sum += counting
                    .map(|lines| lines.signed(posting.side, posting.amount.amount()))
                    .sum::<Decimal>();
            }
        }
        assert_eq!(sum, expected, "{part:?}");
    }
}

#[test]
fn a_part_has_one_spelling() {
    for part in WalletPart::ALL {
        assert_eq!(part.as_str().parse(), Ok(part));
    }
    for part in TurnoverPart::ALL {
        assert_eq!(part.as_str().parse(), Ok(part));
    }
    let error = "blance".parse::<WalletPart>().unwrap_err().to_string();
    assert_eq!(error, "must be one of balance, held, available");
}
