use tallybook_domain::billing::BillEvent;
use tallybook_domain::billing::bill::{Amounts, NoteLine};

use super::{Revenue, RevenueKind};
use crate::billing::one_bill::{bill, drafted, issued, note, voided};
use crate::testing::{day, folded, yuan};

type Shown<'a> = (RevenueKind, Option<u32>, &'a str, &'a str);

fn entries(events: Vec<BillEvent>, expected: &[Shown<'_>]) {
    let tables = folded::<Revenue>(events.into_iter().map(Into::into));
    let entries: Vec<_> = tables
        .entries
        .rows()
        .iter()
        .map(|row| (row.kind, row.line, row.amount, row.effective_date))
        .collect();
    let expected: Vec<_> =
        expected.iter().map(|(kind, line, amount, date)| (*kind, *line, yuan(amount), day(date))).collect();
    assert_eq!(entries, expected);
}

#[test]
fn a_draft_is_no_revenue_and_tells_the_lines() {
    let tables = folded::<Revenue>([drafted().into()]);
    assert_eq!(tables.entries.rows(), []);
    let lines: Vec<_> = tables
        .lines
        .rows()
        .iter()
        .map(|row| (row.line, row.plan.as_str(), row.meter.as_ref().map(|meter| meter.as_str()), row.amount))
        .collect();
    assert_eq!(
        lines,
        [
            (1, "GOLD", None, yuan("70.00")),
            (2, "GOLD", Some("calls"), yuan("20.00")),
            (3, "SILVER", Some("calls"), yuan("10.00"))
        ]
    );
    assert!(tables.lines.rows().iter().all(|row| row.bill == bill()));
}

#[test]
fn an_issue_counts_the_whole_bill_without_tax() {
    entries(vec![drafted(), issued()], &[(RevenueKind::Issued, None, "100.00", "2026-11-01")]);
}

#[test]
fn a_voiding_takes_it_off_on_its_own_day() {
    entries(
        vec![drafted(), issued(), voided(true)],
        &[
            (RevenueKind::Issued, None, "100.00", "2026-11-01"),
            (RevenueKind::Voided, None, "-100.00", "2026-12-02"),
        ],
    );
    entries(vec![drafted(), voided(false)], &[]);
}

#[test]
fn notes_count_line_by_line() {
    let lines = |lines: &[(u32, &str)]| -> Vec<NoteLine> {
        lines
            .iter()
            .map(|(line, amount)| NoteLine { line: *line, amount: yuan(amount), tax: yuan("0.00") })
            .collect()
    };
    let credit = BillEvent::CreditNoteIssued {
        bill: bill(),
        note: 1,
        lines: lines(&[(3, "1.00"), (1, "2.50")]),
        amounts: Amounts::new(yuan("3.50"), yuan("0.00")).unwrap(),
        reason: "too much".parse().unwrap(),
        effective_date: day("2026-11-05"),
    };
    entries(
        vec![drafted(), issued(), credit, note("4.00")],
        &[
            (RevenueKind::Issued, None, "100.00", "2026-11-01"),
            (RevenueKind::CreditNote, Some(3), "-1.00", "2026-11-05"),
            (RevenueKind::CreditNote, Some(1), "-2.50", "2026-11-05"),
            (RevenueKind::DebitNote, Some(2), "4.00", "2026-11-06"),
        ],
    );
}
