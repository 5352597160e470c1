use tallybook_domain::billing::BillEvent;
use tallybook_domain::settlement::write_off::{DifferenceReason, LegSource};

use super::{ReceivableKind, Receivables};
use crate::billing::one_bill::{
    applied, bill, drafted, issued, note, paid, reopened, returned, voided, written_off,
};
use crate::fold::FoldFault;
use crate::testing::{day, folded, try_folded, yuan};

fn after(events: Vec<BillEvent>) -> (String, String, String, Vec<ReceivableKind>) {
    let tables = folded::<Receivables>(events.into_iter().map(Into::into));
    let row = tables.bills.get(&bill()).unwrap();
    let kinds = tables.entries.rows().iter().map(|entry| entry.kind).collect();
    let sum = tables.entries.rows().iter().try_fold(yuan("0.00"), |sum, entry| sum.checked_add(entry.amount));
    assert_eq!(row.open, sum.unwrap());
    assert_eq!(row.last_position, tables.entries.rows().last().unwrap().position);
    (row.open.amount().to_string(), row.first_date.to_string(), row.last_date.to_string(), kinds)
}

#[test]
fn an_issued_bill_is_owed_with_its_tax() {
    use ReceivableKind::Issued;

    let tables = folded::<Receivables>([drafted().into()]);
    assert!(tables.bills.get(&bill()).is_none(), "a draft is not owed");
    let open = after(vec![drafted(), issued()]);
    assert_eq!(open, ("106.00".into(), "2026-11-01".into(), "2026-11-01".into(), vec![Issued]));
    let tables = folded::<Receivables>([drafted().into(), issued().into()]);
    assert_eq!(tables.bills.get(&bill()).unwrap().due_date, day("2026-12-01"));
}

#[test]
fn what_is_paid_noted_and_given_up_changes_it() {
    use ReceivableKind::{DebitNote, Issued, PaidFromWallet, ReturnedToWallet, Voided, WrittenOff};

    let open = after(vec![drafted(), issued(), paid("50.00"), note("4.00"), written_off("60.00")]);
    let kinds = vec![Issued, PaidFromWallet, DebitNote, WrittenOff];
    assert_eq!(open, ("0.00".into(), "2026-10-31".into(), "2026-12-20".into(), kinds));
    let open = after(vec![drafted(), issued(), paid("50.00"), returned("50.00"), voided(true)]);
    let kinds = vec![Issued, PaidFromWallet, ReturnedToWallet, Voided];
    assert_eq!(open, ("0.00".into(), "2026-10-31".into(), "2026-12-02".into(), kinds));
    let open = after(vec![drafted(), issued(), voided(true)]);
    assert_eq!(open, ("0.00".into(), "2026-11-01".into(), "2026-12-02".into(), vec![Issued, Voided]));
}

#[test]
fn a_leg_of_a_write_off_settles_a_part_and_opens_it_again() {
    use ReceivableKind::{Applied, Issued, Reopened};

    let open = after(vec![drafted(), issued(), applied("55.00")]);
    assert_eq!(open, ("51.00".into(), "2026-11-01".into(), "2026-11-10".into(), vec![Issued, Applied]));
    let open = after(vec![drafted(), issued(), applied("55.00"), reopened("55.00")]);
    let kinds = vec![Issued, Applied, Reopened];
    assert_eq!(open, ("106.00".into(), "2026-11-01".into(), "2026-12-21".into(), kinds));
}

#[test]
fn what_settles_without_money_is_told_apart() {
    use ReceivableKind::{CreditApplied, CreditReopened, DifferenceApplied, DifferenceReopened, Issued};

    let note = "N01K7RA8ZAYFGXSMRSF9FMC3M02".parse().unwrap();
    for (source, kinds) in [
        (LegSource::CreditNote(note), [CreditApplied, CreditReopened]),
        (LegSource::Difference(DifferenceReason::BankFee), [DifferenceApplied, DifferenceReopened]),
    ] {
        let mut legs = [applied("5.00"), reopened("5.00")];
        for event in &mut legs {
            let (BillEvent::BillApplied { leg, .. } | BillEvent::BillReopened { leg, .. }) = event else {
                panic!("{event:?} has no leg");
            };
            leg.source = source.clone();
        }
        let (open, .., entries) = after([vec![drafted(), issued()], legs.to_vec()].concat());
        assert_eq!((open, entries), ("106.00".into(), [vec![Issued], kinds.to_vec()].concat()));
    }
}

#[test]
fn a_payment_for_a_bill_nobody_issued_is_a_fault() {
    let error = try_folded::<Receivables>([drafted().into(), paid("1.00").into()]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "receivables", .. }), "{error}");
}
