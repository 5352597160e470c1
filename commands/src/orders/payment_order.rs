//! The order a payment is for: only the payment says which it is.

use tallybook_domain::Refusal;
use tallybook_domain::orders::{Order, OrderId, Payment, PaymentId, PaymentRefusal};
use tallybook_event_store::Decision;

/// The order of a payment that is begun, at hand after this. If it is not yet, the refusal is dropped with the rest, and
/// the command decided anew.
pub(super) fn at_hand(decision: &mut Decision<'_>, payment: &PaymentId) -> Result<OrderId, Refusal> {
    let not_found = || Refusal::from(PaymentRefusal::NotFound { payment: payment.clone() });
    let order = decision.state::<Payment>(payment.as_str()).order().cloned().ok_or_else(not_found)?;
    if decision.holds::<Order>(order.as_str()) { Ok(order) } else { Err(not_found()) }
}
