//! Commands over many cold streams: read by one statement, and the same as read one by one.

#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod support;

use support::{TestBook, available, deposit, request, wallet, yuan};
use tallybook_domain::deposits::{Wallet, WalletRefusal};
use tallybook_domain::ledger::periods::{
    ACCOUNTING_PERIODS, AccountingPeriods, PeriodCommand, PeriodRefusal,
};
use tallybook_domain::{Money, Refusal};
use tallybook_event_store::{Book, BookSettings, CommandError, StreamKey};

const WALLETS: u64 = 40;

/// What each wallet holds, asked in one decision over all of them.
async fn balances(book: &Book) -> Vec<Money> {
    let wallets: Vec<_> = (1..=WALLETS).map(wallet).collect();
    let streams = wallets.iter().map(StreamKey::existing::<Wallet>).collect();
    let receipt = book
        .execute(request(None, &"balances"), streams, move |decision| {
            let held = |id: &_| available(decision, id).map(|answer| answer.available);
            wallets.iter().map(held).collect::<Result<Vec<_>, _>>()
        })
        .await;
    receipt.unwrap().outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_loaded_together_are_those_loaded_alone() {
    let test = TestBook::new().await;
    let book = test.open().await;
    let mut expected = Vec::new();
    for number in 1..=WALLETS {
        // Some have a snapshot and events after it, some only events, some nothing at all.
        for entry in 0..number % 8 {
            deposit(&book, &wallet(number), "1.50", &format!("R{number}-{entry}"), None).await.unwrap();
        }
        expected.push(yuan(&format!(
            "{}.{}",
            (number % 8) * 3 / 2,
            if number % 2 == 1 { "50" } else { "00" }
        )));
    }
    book.shutdown().await;

    let reopened = || async {
        let settings = BookSettings { snapshot_every: 3, ..test.settings() };
        Book::open(&test.connect, settings).await.unwrap()
    };
    let book = reopened().await;
    assert_eq!(balances(&book).await, expected, "all cold");
    for number in 1..=WALLETS {
        for entry in 0..4 {
            deposit(&book, &wallet(number), "1.00", &format!("S{number}-{entry}"), None).await.unwrap();
        }
    }
    book.shutdown().await;

    let with_four_more: Vec<_> =
        expected.iter().map(|amount| amount.checked_add(yuan("4.00")).unwrap()).collect();
    let snapshots: i64 = sqlx::query_scalar("SELECT count(*) FROM snapshots")
        .fetch_one(&mut test.owner().await)
        .await
        .unwrap();
    assert!(snapshots > 0, "nothing was loaded from a snapshot");
    let book = reopened().await;
    assert_eq!(balances(&book).await, with_four_more, "from snapshots and what came after them");
    book.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_stream_among_many_is_a_fault_of_its_commands_only() {
    let test = TestBook::new().await;
    let book = test.open().await;
    for number in 1..=WALLETS {
        deposit(&book, &wallet(number), "1.00", &format!("R{number}"), None).await.unwrap();
    }
    book.shutdown().await;
    support::tamper(&test, "UPDATE events SET sequence = 7 WHERE aggregate_id = 'C00007.CNY'").await;

    let book = test.open().await;
    let streams = (1..=WALLETS).map(|number| StreamKey::existing::<Wallet>(wallet(number))).collect();
    let answer = book.execute(request(None, &"all"), streams, |_| Ok(0)).await;
    assert!(matches!(answer, Err(CommandError::Corrupt(_))), "{answer:?}");
    deposit(&book, &wallet(8), "1.00", "after", None).await.unwrap();
    book.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_recorded_in_a_closed_period() {
    let test = TestBook::new().await;
    let book = test.open().await;
    let today = book.today();
    let period = tallybook_domain::Month::of(today).unwrap();
    let over = period.next().unwrap().first_day();
    book.execute(request(None, &"close"), vec![], move |decision| {
        let close = PeriodCommand::Close { period, today: over };
        decision.decide::<AccountingPeriods>(ACCOUNTING_PERIODS, close)
    })
    .await
    .unwrap();
    let head = book.head();

    let refused = deposit(&book, &wallet(1), "1.00", "R1", None).await.unwrap_err();
    let CommandError::Refused(Refusal::Period(PeriodRefusal::Closed { period: closed, .. })) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((closed, book.head()), (period, head), "refused, and nothing recorded");
    book.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_may_ask_for_more_than_it_declared() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposit(&book, &wallet(1), "1.00", "R1", None).await.unwrap();
    deposit(&book, &wallet(2), "2.00", "R2", None).await.unwrap();
    book.shutdown().await;
    let book = test.open().await;
    let receipt = book
        .execute(request(None, &"asks"), Vec::new(), |decision| {
            let mut found = Vec::new();
            for id in [wallet(1), wallet(2), wallet(3)] {
                // What is answered without them is dropped.
                if !decision.holds::<Wallet>(id.as_str()) {
                    return Err(Refusal::from(WalletRefusal::AmountNotPositive { amount: yuan("0.00") }));
                }
                found.push(available(decision, &id)?.available);
            }
            Ok(found)
        })
        .await
        .unwrap();
    assert_eq!(receipt.outcome, [yuan("1.00"), yuan("2.00"), yuan("0.00")]);
    book.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_may_not_ask_for_more_than_are_held() {
    let test = TestBook::new().await;
    let settings = BookSettings { cached_aggregates: 4, ..test.settings() };
    let book = Book::open(&test.connect, settings).await.unwrap();
    let refused = book
        .execute(request(None, &"asks"), Vec::new(), |decision| {
            let held = (1..=5).filter(|number| decision.holds::<Wallet>(wallet(*number).as_str())).count();
            Ok(held)
        })
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, CommandError::Corrupt(fault) if fault.to_string().contains("cached_aggregates"))
    );
    deposit(&book, &wallet(1), "1.00", "R1", None).await.unwrap();
    book.shutdown().await;
}
