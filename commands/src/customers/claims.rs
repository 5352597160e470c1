//! What may exist once: a customer's name and its code.

use tallybook_domain::customers::{Customer, CustomerCode, CustomerName, CustomerRefusal};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::Decision;

/// No two customers of a book have names with the same claim key.
pub(super) const CUSTOMER_NAME: &str = "customer_name";
/// Nor codes.
pub(super) const CUSTOMER_CODE: &str = "customer_code";

/// The claim keys a customer holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) name: Option<String>,
    pub(super) code: Option<String>,
}

impl Held {
    pub(super) fn by(state: &Customer) -> Self {
        let code = state.profile().and_then(|profile| profile.code.as_ref());
        Self { name: state.name().map(CustomerName::claim_key), code: code.map(CustomerCode::claim_key) }
    }
}

/// Claims what the customer holds now and did not before, and gives back what it does not hold any more. A name that
/// differs in case or spacing only is the same claim.
pub(super) fn exchange(decision: &mut Decision<'_>, customer: &CustomerId, before: Held) {
    let state = decision.state::<Customer>(customer.as_str());
    let now = Held::by(state);
    let name_taken = state.name().cloned().map(|name| CustomerRefusal::NameTaken { name });
    let code = state.profile().and_then(|profile| profile.code.clone());
    let code_taken = code.map(|code| CustomerRefusal::CodeTaken { code });
    exchange_one(decision, CUSTOMER_NAME, before.name, (now.name, name_taken));
    exchange_one(decision, CUSTOMER_CODE, before.code, (now.code, code_taken));
}

fn exchange_one(
    decision: &mut Decision<'_>,
    scope: &'static str,
    before: Option<String>,
    (now, taken): (Option<String>, Option<CustomerRefusal>),
) {
    if before == now {
        return;
    }
    if let (Some(key), Some(taken)) = (now, taken) {
        decision.claim(scope, key, Refusal::from(taken));
    }
    if let Some(key) = before {
        decision.release(scope, key);
    }
}
