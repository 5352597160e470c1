//! A customer orders something, and has some time to pay for it; until then it uses the customer's credit.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::pricing::Rate;
use tallybook_domain::billing::{CreditLimitRefusal, CreditPolicy, PendingOrders};
use tallybook_domain::customers::Customer;
use tallybook_domain::orders::order::{Discount, OrderDraftLine};
use tallybook_domain::orders::{Order, OrderCommand, OrderDraft, OrderId, OrderNo, OrderTerms, OrderTimes};
use tallybook_domain::text::Remark;
use tallybook_domain::{Currency, CustomerId, Money, Refusal};
use tallybook_event_store::{Book, CommandError, Decision, Receipt, StreamKey};

use super::credit::{EarlierOrders, check_placed};
use super::{OrderOutcome, PlacedOrder};
use crate::CommandContext;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlaceOrder {
    pub customer: CustomerId,
    /// The shop's number of it, once in the book.
    pub order_no: OrderNo,
    pub currency: Currency,
    pub lines: Vec<OrderDraftLine>,
    #[serde(default)]
    pub discounts: Vec<Discount>,
    #[serde(default)]
    pub freight: Option<Money>,
    /// Of the tax that is in the prices.
    #[serde(default)]
    pub tax_rate: Option<Rate>,
    #[serde(default)]
    pub remark: Option<Remark>,
}

/// Places an order, or answers with the one that was placed under its number, if that is the same. A closed customer
/// places none. `policy` says what becomes of one that passes the credit limit.
pub async fn place_order(
    book: &Book,
    context: CommandContext,
    asked: PlaceOrder,
    times: OrderTimes,
    policy: CreditPolicy,
) -> Result<Receipt<PlacedOrder>, CommandError> {
    let request = context.request("place_order", &asked)?;
    let terms = draft(asked).add_up().map_err(Refusal::from)?;
    let order = OrderId::of(&terms.order_no);
    let streams = vec![
        StreamKey::existing::<Customer>(&terms.customer),
        StreamKey::existing::<Order>(&order),
        StreamKey::existing::<PendingOrders>(PendingOrders::stream_of(&terms.customer)),
    ];
    let mut earlier: Option<EarlierOrders> = None;
    loop {
        let (order, terms, found) = (order.clone(), terms.clone(), earlier.take());
        let placed = book
            .execute(request.clone(), streams.clone(), move |decision| {
                decide(decision, &order, terms.clone(), times, (policy, found.as_ref()))
            })
            .await;
        match placed {
            Err(CommandError::Refused(Refusal::CreditLimit(CreditLimitRefusal::OrdersNotCounted {
                customer,
                file,
            }))) => earlier = Some(EarlierOrders::of(book, &customer, file).await?),
            placed => return placed,
        }
    }
}

fn decide(
    decision: &mut Decision<'_>,
    order: &OrderId,
    terms: OrderTerms,
    times: OrderTimes,
    credit: (CreditPolicy, Option<&EarlierOrders>),
) -> Result<PlacedOrder, Refusal> {
    let (customer, amount) = (terms.customer.clone(), terms.amount);
    let (pay_by, today) = (times.pay_by(decision.now()), decision.today());
    let place = OrderCommand::Place { order: order.clone(), terms, pay_by, today };
    let known = decision.decide::<Order>(order.as_str(), place)? == 0;
    let passed_limit = if known {
        None
    } else {
        decision.state::<Customer>(customer.as_str()).check_open(&customer)?;
        check_placed(decision, order, (&customer, amount), credit)?
    };
    Ok(PlacedOrder { order: OrderOutcome::of(decision, order)?, known, passed_limit })
}

fn draft(asked: PlaceOrder) -> OrderDraft {
    let PlaceOrder { customer, order_no, currency, lines, discounts, freight, tax_rate, remark } = asked;
    OrderDraft { customer, order_no, currency, lines, discounts, freight, tax_rate, remark }
}
