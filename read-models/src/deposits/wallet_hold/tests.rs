use tallybook_domain::ledger::effective_date;

use super::{HoldKind, WalletHolds};
use crate::testing::{
    credited, deposited, folded, held, paid_out, recorded, released, wallet, withdrawal, yuan,
};

#[test]
fn every_event_of_a_hold_makes_a_line_and_no_other_does() {
    let id = wallet(1);
    let events = [
        deposited(&id, yuan("100.00"), "2026-03-01"),
        held(&id, 1, yuan("30.00")),
        held(&id, 2, yuan("20.00")),
        released(&id, 2, yuan("20.00")),
        paid_out(&id, 1, yuan("30.00"), "2026-03-02"),
        credited(&id, 1, yuan("30.00"), "2026-03-03"),
        held(&id, 2, yuan("5.00")),
    ];
    let lines = folded::<WalletHolds>(events.clone());
    let told: Vec<_> = lines
        .rows()
        .iter()
        .map(|line| (line.kind, line.withdrawal.clone(), line.amount, line.recorded.position))
        .collect();
    assert_eq!(
        told,
        [
            (HoldKind::Held, withdrawal(1), yuan("30.00"), 2),
            (HoldKind::Held, withdrawal(2), yuan("20.00"), 3),
            (HoldKind::Released, withdrawal(2), yuan("20.00"), 4),
            (HoldKind::PaidOut, withdrawal(1), yuan("30.00"), 5),
            (HoldKind::Held, withdrawal(2), yuan("5.00"), 7),
        ]
    );
    let events = recorded(events);
    for line in lines.rows() {
        let event = &events[line.recorded.position as usize - 1];
        assert_eq!(line.effective_date, effective_date(&event.event), "only what leaves has a business date");
        assert_eq!(line.wallet, id);
    }
}
