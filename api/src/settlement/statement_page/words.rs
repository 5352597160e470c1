//! What a line is called, in Chinese and in English.

use tallybook_domain::billing::BillId;
use tallybook_read_models::billing::ReceivableKind;
use tallybook_read_models::settlement::{AdvanceKind, CustomerStatementLine};

/// `None` of a line that is neither of a bill nor of a receipt or a credit note.
pub(super) fn called(line: &CustomerStatementLine) -> Option<(&'static str, &'static str)> {
    if line.document.parse::<BillId>().is_ok() {
        let kind = ReceivableKind::ALL.into_iter().find(|kind| kind.as_str() == line.kind)?;
        return Some(of_bill(kind));
    }
    let kind = AdvanceKind::ALL.into_iter().find(|kind| kind.as_str() == line.kind)?;
    Some(of_money(kind))
}

fn of_bill(kind: ReceivableKind) -> (&'static str, &'static str) {
    match kind {
        ReceivableKind::Issued => ("账单", "Bill"),
        ReceivableKind::DebitNote => ("借项通知", "Debit note"),
        ReceivableKind::CreditNote => ("贷项通知", "Credit note"),
        ReceivableKind::Voided => ("账单作废", "Bill voided"),
        ReceivableKind::PaidFromWallet => ("钱包支付", "Paid from the wallet"),
        ReceivableKind::ReturnedToWallet => ("退回钱包", "Returned to the wallet"),
        ReceivableKind::WrittenOff => ("已核销", "Written off"),
        ReceivableKind::Applied => ("收款核销", "Settled with money received"),
        ReceivableKind::Reopened => ("核销撤销", "Settlement undone"),
        ReceivableKind::CreditApplied => ("贷项核销", "Settled with a credit note"),
        ReceivableKind::CreditReopened => ("贷项核销撤销", "Settlement with a credit note undone"),
        ReceivableKind::DifferenceApplied => ("差额免收", "Difference not charged"),
        ReceivableKind::DifferenceReopened => ("差额免收撤销", "Difference charged again"),
    }
}

fn of_money(kind: AdvanceKind) -> (&'static str, &'static str) {
    match kind {
        AdvanceKind::Received => ("收款", "Money received"),
        AdvanceKind::Identified => ("收款认领", "Money identified as yours"),
        AdvanceKind::Granted => ("贷项通知", "Credit note"),
        AdvanceKind::Applied => ("用于核销账单", "Used for a bill"),
        AdvanceKind::Freed => ("核销撤销退回", "Free again"),
        AdvanceKind::MovedToWallet => ("转入钱包", "Moved to the wallet"),
        AdvanceKind::MovedBack => ("由钱包转回", "Moved back from the wallet"),
        AdvanceKind::Refunded => ("退款", "Refunded"),
        AdvanceKind::RefundReturned => ("退款退回", "Refund returned"),
        AdvanceKind::Reversed => ("冲销", "Reversed"),
    }
}

#[cfg(test)]
mod tests {
    use tallybook_domain::Currency;
    use tallybook_read_models::Total;

    use super::*;

    #[test]
    fn a_line_is_called_by_what_it_is_about() {
        let zero = Total::zero(Currency::CNY);
        let named = |kind: &str, document: &str| {
            called(&CustomerStatementLine {
                effective_date: "2026-10-01".parse().unwrap(),
                position: 1,
                kind: kind.into(),
                document: document.into(),
                reference: None,
                receivable: zero,
                advance: zero,
                balance: zero,
            })
        };
        assert_eq!(named("applied", "C00042.2026-10"), Some(("收款核销", "Settled with money received")));
        assert_eq!(named("applied", "RP3XP6RJ5HNHZQAV0"), Some(("用于核销账单", "Used for a bill")));
        for kind in ReceivableKind::ALL {
            assert!(named(kind.as_str(), "C00042.2026-10.r2").is_some(), "{kind:?}");
        }
        for kind in AdvanceKind::ALL {
            assert!(named(kind.as_str(), "N01K7RA8ZAYFGXSMRSF9FMC3M02").is_some(), "{kind:?}");
        }
        assert_eq!(named("paid", "C00042.2026-10"), None);
        assert_eq!(named("issued", "RP3XP6RJ5HNHZQAV0"), None);
    }
}
