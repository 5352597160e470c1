//! What people ask about bills, from events in the journal to the answer, on a real PostgreSQL.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use support::history::day;
use support::rebuilding::folded;
use tallybook_domain::billing::bill::{Amounts, BillPart};
use tallybook_domain::billing::pricing::{Metered, PeriodShare, PlanTerms};
use tallybook_domain::billing::{BillEvent, BillId, BillState};
use tallybook_domain::{BookEvent, Currency, CustomerId, Money};
use tallybook_read_models::billing::{BillFilter, BillStanding, find_bill, list_bills};
use tallybook_read_models::{Paging, SortKey};

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn bill(customer: u64) -> BillId {
    BillId::new(&CustomerId::from_number(customer), "2026-10".parse().unwrap())
}

fn part() -> BillPart {
    let terms: PlanTerms = serde_json::from_str(
        r#"{"currency":"CNY","tax_rate":"0.06","items":[{"code":"base","name":"Base \"gold\"","model":"flat","fee":"100"}]}"#,
    )
    .unwrap();
    let quote = terms.price(|_| None::<Metered<'_>>, PeriodShare::WHOLE).unwrap();
    let (plan, plan_version) = ("standard".parse().unwrap(), 1);
    BillPart { plan, plan_version, from: day("2026-10-01"), to: day("2026-10-31"), quote }
}

fn drafted(customer: u64) -> BillEvent {
    let amounts = Amounts::new(yuan("100.00"), yuan("6.00")).unwrap();
    BillEvent::BillDrafted {
        bill: bill(customer),
        parts: vec![part()],
        amounts,
        replaces: None,
        amends: None,
    }
}

fn issued(customer: u64, due_date: &str) -> BillEvent {
    BillEvent::BillIssued {
        bill: bill(customer),
        number: format!("2026-{customer:06}").parse().unwrap(),
        amounts: Amounts::new(yuan("100.00"), yuan("6.00")).unwrap(),
        issue_date: day("2026-11-01"),
        due_date: day(due_date),
    }
}

fn paid(customer: u64, amount: &str) -> BillEvent {
    BillEvent::BillPaidFromWallet {
        bill: bill(customer),
        wallet: format!("C{customer:05}.CNY").parse().unwrap(),
        amount: yuan(amount),
        effective_date: day("2026-11-02"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_are_found_by_how_they_stand() {
    let events = [
        drafted(1),
        drafted(2),
        issued(2, "2026-12-01"),
        drafted(3),
        issued(3, "2026-12-01"),
        paid(3, "6.00"),
        drafted(4),
        issued(4, "2026-11-15"),
        paid(4, "106.00"),
        drafted(5),
        issued(5, "2026-11-15"),
    ];
    let events = events.into_iter().map(|event| (event.bill().to_string(), BookEvent::from(event))).collect();
    let book = folded(events).await;
    let standing_on = |standing, today| {
        let filter = BillFilter { status: Some(standing), ..BillFilter::default() };
        let pool = book.pool.clone();
        async move {
            let paging = Paging::new(None, None).unwrap();
            let page = list_bills(&pool, (&filter, day(today)), SortKey::DEFAULT, &paging).await.unwrap();
            assert!(page.data.iter().all(|bill| bill.status == standing), "{:?}", page.data);
            page.data.into_iter().map(|bill| bill.bill.customer.to_string()).collect::<Vec<_>>()
        }
    };
    assert_eq!(standing_on(BillStanding::Draft, "2026-11-20").await, ["C00001"]);
    assert_eq!(standing_on(BillStanding::Issued, "2026-11-20").await, ["C00002"]);
    assert_eq!(standing_on(BillStanding::PartlySettled, "2026-11-20").await, ["C00003"]);
    assert_eq!(standing_on(BillStanding::Settled, "2026-11-20").await, ["C00004"]);
    assert_eq!(standing_on(BillStanding::Overdue, "2026-11-20").await, ["C00005"]);
    assert!(standing_on(BillStanding::PartlySettled, "2026-12-02").await.is_empty(), "it is overdue");
    assert_eq!(standing_on(BillStanding::Overdue, "2026-12-02").await, ["C00005", "C00003", "C00002"]);
    assert!(standing_on(BillStanding::Overdue, "2026-11-15").await.is_empty(), "due today is in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_is_shown_with_what_it_is_made_of() {
    let events = [drafted(1), issued(1, "2026-12-01"), paid(1, "6.00")];
    let events = events.into_iter().map(|event| (event.bill().to_string(), BookEvent::from(event))).collect();
    let book = folded(events).await;
    let row = find_bill(&book.pool, &bill(1), day("2026-12-01")).await.unwrap().data.unwrap().bill;
    assert_eq!(row.parts, [part()]);
    assert_eq!((row.state, row.open), (BillState::Issued, yuan("100.00")));
    assert_eq!(row.number.unwrap().as_str(), "2026-000001");
    assert_eq!(find_bill(&book.pool, &bill(2), day("2026-12-01")).await.unwrap().data, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn bills_that_belong_together_are_found_from_either() {
    let linked = |id: Option<BillId>, replaces, amends| {
        let (bill, amounts) = (id.unwrap(), Amounts::new(yuan("100.00"), yuan("6.00")).unwrap());
        BillEvent::BillDrafted { bill, parts: vec![part()], amounts, replaces, amends }
    };
    let (second, delta) = (bill(1).revised(2), bill(1).delta(1));
    let asked = BillEvent::BadDebtRequested {
        bill: second.clone().unwrap(),
        amount: yuan("6.00"),
        reason: "\"insolvent\"".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
    };
    let events = [
        drafted(1),
        linked(second.clone(), Some(bill(1)), None),
        linked(delta.clone(), None, second.clone()),
        linked(bill(1).delta(2), None, second.clone()),
    ];
    let issued = BillEvent::BillIssued {
        bill: second.clone().unwrap(),
        number: "2026-000002".parse().unwrap(),
        amounts: Amounts::new(yuan("100.00"), yuan("6.00")).unwrap(),
        issue_date: day("2026-11-01"),
        due_date: day("2026-12-01"),
    };
    let events = events.into_iter().chain([issued, asked]);
    let events = events.map(|event| (event.bill().to_string(), BookEvent::from(event))).collect();
    let book = folded(events).await;
    let row = async |id: Option<BillId>| {
        let found = find_bill(&book.pool, &id.unwrap(), day("2026-12-01")).await;
        found.unwrap().data.unwrap().bill
    };
    let first = row(Some(bill(1))).await;
    assert_eq!((first.replaced_by, first.bad_debt), (second.clone(), None));
    let stands = row(second.clone()).await;
    assert_eq!(stands.replaces, Some(bill(1)));
    assert_eq!(stands.amended_by, [delta.clone().unwrap(), bill(1).delta(2).unwrap()]);
    assert_eq!(stands.bad_debt.unwrap().reason.as_str(), "\"insolvent\"");
    assert_eq!(row(delta).await.amends, second);
}
