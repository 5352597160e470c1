//! What a client is told about each refusal of receipts, credit notes, write-offs and statements.

use tallybook_domain::settlement::{
    CreditNoteRefusal, MatchingRulesRefusal, ReceiptRefusal, StatementRefusal, WriteOffRefusal,
};

use super::{FieldError, Problem, ProblemKind, sentence};

impl From<ReceiptRefusal> for Problem {
    fn from(refusal: ReceiptRefusal) -> Self {
        use ReceiptRefusal as R;
        let detail = sentence(&refusal);
        let problem = |kind, receipt| Self::new(kind, detail.clone()).with("receipt", receipt);
        match refusal {
            R::NotFound { receipt } => problem(ProblemKind::ReceiptNotFound, receipt),
            R::Differs { receipt, amount, method, received_date } => {
                problem(ProblemKind::ReceiptDiffers, receipt)
                    .with("amount", amount)
                    .with("method", method)
                    .with("received_date", received_date)
            }
            R::Reversed { receipt, effective_date, reason } => problem(ProblemKind::ReceiptReversed, receipt)
                .with("effective_date", effective_date)
                .with("reason", reason),
            R::ReversedBefore { receipt, effective_date, reason } => {
                problem(ProblemKind::ReceiptReversedBefore, receipt)
                    .with("effective_date", effective_date)
                    .with("reason", reason)
            }
            R::RecordedAnew { receipt, entry } => {
                problem(ProblemKind::ReceiptRecordedAnew, receipt).with("entry", entry)
            }
            R::EnteredAsDeposit { reference } => {
                Self::new(ProblemKind::ReferenceTaken, detail).with("reference", reference)
            }
            R::Unidentified { receipt } => problem(ProblemKind::ReceiptUnidentified, receipt),
            R::OfAnother { receipt, customer } => {
                problem(ProblemKind::ReceiptOfAnother, receipt).with("customer", customer)
            }
            R::AboveUnapplied { receipt, unapplied, requested } => {
                problem(ProblemKind::ReceiptShort, receipt)
                    .with("unapplied", unapplied)
                    .with("requested", requested)
            }
            R::InUse { receipt, applied } => {
                problem(ProblemKind::ReceiptInUse, receipt).with("applied", applied)
            }
            R::Gone { receipt, gone } => problem(ProblemKind::ReceiptInUse, receipt).with("gone", gone),
            R::AboveGone { receipt, gone, requested } => {
                problem(ProblemKind::MoreThanHadGone, receipt).with("gone", gone).with("requested", requested)
            }
            R::RefundUnderWay { receipt, amount, requested_by } => {
                problem(ProblemKind::RefundUnderWay, receipt)
                    .with("amount", amount)
                    .with("requested_by", requested_by)
            }
            R::RefundNotRequested { receipt } => problem(ProblemKind::RefundNotRequested, receipt),
            R::SelfApproval { receipt, requested_by } => {
                problem(ProblemKind::SelfApproval, receipt).with("requested_by", requested_by)
            }
            // The write-off says the leg stands.
            R::NotApplied { .. } => Self::internal(detail),
            R::AmountNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::EffectiveDate(out_of_range) => out_of_range.into(),
            R::Money(error) => error.into(),
        }
    }
}

impl From<CreditNoteRefusal> for Problem {
    fn from(refusal: CreditNoteRefusal) -> Self {
        use CreditNoteRefusal as R;
        let detail = sentence(&refusal);
        let problem = |kind, note| Self::new(kind, detail.clone()).with("credit_note", note);
        match refusal {
            R::NotFound { credit_note } => problem(ProblemKind::CreditNoteNotFound, credit_note),
            // Its id was made for this one.
            R::AlreadyMade { .. } => Self::internal(detail),
            R::NotInState { credit_note, state } => {
                problem(ProblemKind::CreditNoteNotInState, credit_note).with("state", state)
            }
            R::SelfApproval { credit_note, requested_by } => {
                problem(ProblemKind::SelfApproval, credit_note).with("requested_by", requested_by)
            }
            R::InUse { credit_note, applied } => {
                problem(ProblemKind::CreditNoteInUse, credit_note).with("applied", applied)
            }
            R::OfAnother { credit_note, customer } => {
                problem(ProblemKind::CreditNoteOfAnother, credit_note).with("customer", customer)
            }
            R::AboveUnapplied { credit_note, unapplied, requested } => {
                problem(ProblemKind::CreditNoteShort, credit_note)
                    .with("unapplied", unapplied)
                    .with("requested", requested)
            }
            // The write-off says the leg stands.
            R::NotApplied { .. } => Self::internal(detail),
            R::AmountNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::TaxOutOfRange { subtotal, tax } => {
                Self::new(ProblemKind::TaxOutOfRange, detail).with("subtotal", subtotal).with("tax", tax)
            }
            R::EffectiveDate(out_of_range) => out_of_range.into(),
            R::Money(error) => error.into(),
        }
    }
}

impl From<WriteOffRefusal> for Problem {
    fn from(refusal: WriteOffRefusal) -> Self {
        use WriteOffRefusal as R;
        let detail = sentence(&refusal);
        let problem = |kind, write_off| Self::new(kind, detail.clone()).with("write_off", write_off);
        match refusal {
            R::NotFound { write_off } => problem(ProblemKind::WriteOffNotFound, write_off),
            // Its id was made for this one.
            R::AlreadyMade { .. } => Self::internal(detail),
            R::NotInState { write_off, state } => {
                problem(ProblemKind::WriteOffNotInState, write_off).with("state", state)
            }
            R::SelfApproval { write_off, requested_by } => {
                problem(ProblemKind::SelfApproval, write_off).with("requested_by", requested_by)
            }
            R::LegNotFound { write_off, leg } => {
                problem(ProblemKind::WriteOffLegNotFound, write_off).with("leg", leg)
            }
            R::NoLegs => Self::new(ProblemKind::WriteOffMalformed, detail),
            R::TooManyLegs { legs, most } => {
                Self::new(ProblemKind::WriteOffMalformed, detail).with("legs", legs).with("most", most)
            }
            R::Misnumbered { leg, number } => {
                Self::new(ProblemKind::WriteOffMalformed, detail).with("leg", leg).with("number", number)
            }
            R::SumsDiffer { from, to } => {
                Self::new(ProblemKind::WriteOffUnbalanced, detail).with("from", from).with("to", to)
            }
            R::StrangeBill { bill, customer } => {
                Self::new(ProblemKind::WriteOffMixed, detail).with("bill", bill).with("customer", customer)
            }
            R::StrangeWallet { wallet, customer } => Self::new(ProblemKind::WriteOffMixed, detail)
                .with("wallet", wallet)
                .with("customer", customer),
            R::AmountNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::EffectiveDate(out_of_range) => out_of_range.into(),
            R::Money(error) => error.into(),
        }
    }
}

impl From<MatchingRulesRefusal> for Problem {
    fn from(refusal: MatchingRulesRefusal) -> Self {
        use MatchingRulesRefusal as R;
        let detail = sentence(&refusal);
        match refusal {
            R::Invalid(invalid) => Self::validation(vec![FieldError {
                pointer: format!("/rules/{}", invalid.rule()),
                code: invalid.code(),
                detail: invalid.to_string(),
            }]),
            R::ChangedSince { expected, version } => Self::new(ProblemKind::MatchingRulesChanged, detail)
                .with("expected", expected)
                .with("version", version),
            R::TooMany => Self::internal(detail),
        }
    }
}

impl From<StatementRefusal> for Problem {
    fn from(refusal: StatementRefusal) -> Self {
        use StatementRefusal as R;
        let problem = |kind, statement| Self::new(kind, sentence(&refusal)).with("statement", statement);
        let invalid = |pointer: &str, code| {
            Self::validation(vec![FieldError { pointer: pointer.into(), code, detail: refusal.to_string() }])
        };
        match &refusal {
            R::NotFound { statement } => problem(ProblemKind::StatementNotFound, statement),
            // Its id was made for this one.
            R::AlreadyIssued { .. } => Self::internal(&refusal),
            R::AlreadyAnswered { statement, state } => {
                problem(ProblemKind::StatementAlreadyAnswered, statement).with("state", state)
            }
            R::Withdrawn { statement } => problem(ProblemKind::StatementWithdrawn, statement),
            R::RemarkMissing => invalid("/remark", "missing"),
            R::PeriodReversed { .. } | R::PeriodNotOver { .. } => invalid("/to", "out_of_range"),
            R::TooLong { lines, most } => {
                invalid("/from", "too_long").with("lines", lines).with("most", most)
            }
            R::Money(error) => error.clone().into(),
        }
    }
}
