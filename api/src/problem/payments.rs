//! What a client is told about each refusal of a payment or a refund of an order.

use tallybook_domain::orders::{OrderRefundRefusal, PaymentRefusal};

use super::{Problem, ProblemKind, sentence};

impl From<PaymentRefusal> for Problem {
    fn from(refusal: PaymentRefusal) -> Self {
        use PaymentRefusal as R;
        let detail = sentence(&refusal);
        let problem = |kind, payment| Self::new(kind, detail.clone()).with("payment", payment);
        match refusal {
            R::NotFound { payment } => problem(ProblemKind::PaymentNotFound, payment),
            R::ReferenceTaken { reference, order } => Self::new(ProblemKind::PaymentReferenceTaken, detail)
                .with("reference", reference)
                .with("order", order),
            R::NotTheChannelsCurrency { given } => {
                Self::new(ProblemKind::NotTheChannelsCurrency, detail).with("given", given)
            }
            R::AmountNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::NotPending { payment, state } => {
                problem(ProblemKind::PaymentNotPending, payment).with("state", state)
            }
            R::NothingCame { payment } => problem(ProblemKind::NothingCame, payment),
            R::TransactionDiffers { transaction, known, given } => {
                Self::new(ProblemKind::TransactionDiffers, detail)
                    .with("transaction", transaction)
                    .with("known", known)
                    .with("given", given)
            }
            R::NotAwaited { payment, awaited, given } => {
                problem(ProblemKind::PaymentNotAwaited, payment).with("awaited", awaited).with("given", given)
            }
            R::FeeCharged { payment, fee } => problem(ProblemKind::FeeCharged, payment).with("fee", fee),
            R::FeeAbovePayment { fee, received } => {
                Self::new(ProblemKind::FeeAbovePayment, detail).with("fee", fee).with("received", received)
            }
            R::RefundDoubted { payment, refund } => {
                problem(ProblemKind::RefundDoubted, payment).with("refund", refund)
            }
            R::NothingToResolve { payment } => problem(ProblemKind::NothingToResolve, payment),
            R::RefundAbovePayment { payment, left, requested } => {
                problem(ProblemKind::RefundAbovePayment, payment)
                    .with("left", left)
                    .with("requested", requested)
            }
            R::EffectiveDate(refusal) => refusal.into(),
            R::Money(error) => error.into(),
        }
    }
}

impl From<OrderRefundRefusal> for Problem {
    fn from(refusal: OrderRefundRefusal) -> Self {
        use OrderRefundRefusal as R;
        let detail = sentence(&refusal);
        let problem = |kind, refund| Self::new(kind, detail.clone()).with("refund", refund);
        match refusal {
            R::NotFound { refund } => problem(ProblemKind::OrderRefundNotFound, refund),
            // Its id was made for this one.
            R::AlreadyRequested { .. } => Self::internal(detail),
            R::SelfApproval { refund, requested_by } => {
                problem(ProblemKind::SelfApproval, refund).with("requested_by", requested_by)
            }
            R::NotInState { refund, state, action } => problem(ProblemKind::OrderRefundNotInState, refund)
                .with("state", state)
                .with("action", action.as_str()),
            R::ToTheWallet { refund } => problem(ProblemKind::RefundToTheWallet, refund),
            R::AmountNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::EffectiveDate(refusal) => refusal.into(),
        }
    }
}
