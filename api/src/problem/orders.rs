//! What a client is told about each refusal of an order.

use tallybook_domain::orders::OrderRefusal;

use super::{Problem, ProblemKind, sentence};

impl From<OrderRefusal> for Problem {
    fn from(refusal: OrderRefusal) -> Self {
        use OrderRefusal as R;
        let detail = sentence(&refusal);
        let problem = |kind, order| Self::new(kind, detail.clone()).with("order", order);
        match refusal {
            R::NotFound { order } => problem(ProblemKind::OrderNotFound, order),
            R::NumberTaken { order, order_no } => {
                problem(ProblemKind::OrderNumberTaken, order).with("order_no", order_no)
            }
            R::NotInState { order, state, action } => problem(ProblemKind::OrderNotInState, order)
                .with("state", state)
                .with("action", action.as_str()),
            R::LineCount { most } => Self::new(ProblemKind::OrderMalformed, detail).with("most", most),
            R::QuantityNotPositive { line } => {
                Self::new(ProblemKind::OrderMalformed, detail).with("line", line)
            }
            R::DiscountNotPositive { name, amount } => {
                Self::new(ProblemKind::OrderMalformed, detail).with("discount", name).with("amount", amount)
            }
            R::FreightNegative { amount } => {
                Self::new(ProblemKind::OrderMalformed, detail).with("freight", amount)
            }
            R::AmountNotPositive { amount } | R::RefundNotPositive { amount } => {
                Self::new(ProblemKind::AmountNotPositive, detail).with("amount", amount)
            }
            R::PaidOtherwise { order, amount, paid } => {
                problem(ProblemKind::OrderPaidOtherwise, order).with("amount", amount).with("paid", paid)
            }
            R::NothingShipped { order } => problem(ProblemKind::ShipmentMalformed, order),
            R::NoSuchLine { order, line } => {
                problem(ProblemKind::OrderLineNotFound, order).with("line", line)
            }
            R::AboveUnshipped { order, line, unshipped, requested } => {
                problem(ProblemKind::AboveUnshipped, order)
                    .with("line", line)
                    .with("unshipped", unshipped)
                    .with("requested", requested)
            }
            R::RefundAboveCaptured { order, captured, refunded, pending, requested } => {
                problem(ProblemKind::RefundAboveCaptured, order)
                    .with("captured", captured)
                    .with("refunded", refunded)
                    .with("pending", pending)
                    .with("requested", requested)
            }
            // Its id was made for this one.
            R::RefundAlreadyOpen { .. } => Self::internal(detail),
            R::RefundNotOpen { order, refund } => {
                problem(ProblemKind::OrderRefundNotOpen, order).with("refund", refund)
            }
            R::EffectiveDate(refusal) => refusal.into(),
            R::Money(error) => error.into(),
        }
    }
}
