//! What is ordered, as a request tells it.

use tallybook_commands::orders::PlaceOrder;
use tallybook_domain::orders::order::{Discount, MOST_LINES, OrderDraftLine};
use tallybook_domain::orders::{DiscountName, ShippedPart};
use tallybook_domain::{Currency, Money};
use tallybook_read_models::schema;
use utoipa::ToSchema;

use crate::request::{BodyReader, JsonValue, ReadBody, list, money, object, text};

/// Discounts one order takes: no customer has more coupons than that.
const MOST_DISCOUNTS: usize = 50;

/// An order to be placed. All amounts are in its currency, and include tax.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read into PlaceOrder")]
pub(super) struct PlaceOrderBody {
    #[schema(example = "C00042")]
    customer: String,
    /// The shop's own number of it, once in the book.
    #[schema(min_length = 1, max_length = 64, example = "SO-20261101-7")]
    order_no: String,
    /// `CNY`, if left out.
    #[schema(nullable = false, example = "CNY")]
    currency: Option<String>,
    #[schema(min_items = 1, max_items = 500)]
    lines: Vec<OrderLineBody>,
    /// A discount without a name of its own; the same as one named `discount` among the discounts.
    discount: Option<schema::Money>,
    /// Named discounts, such as `member_level` and `coupon`.
    #[schema(nullable = false, max_items = 50)]
    discounts: Option<Vec<OrderDiscountBody>>,
    freight: Option<schema::Money>,
    /// Of the tax that is in the prices, as a part of what they are without it: `0.13`.
    #[schema(nullable = false, example = "0.13")]
    tax_rate: Option<String>,
    #[schema(nullable = false, min_length = 1, max_length = 500)]
    remark: Option<String>,
}

#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes a line of an order")]
pub(super) struct OrderLineBody {
    #[schema(min_length = 1, max_length = 64, example = "TEA-250")]
    sku: String,
    #[schema(min_length = 1, max_length = 200, example = "明前龙井 250 g")]
    name: String,
    /// Above zero, up to twelve decimals.
    #[schema(example = "3")]
    quantity: String,
    /// Up to twelve decimals.
    #[schema(example = "33.335")]
    unit_price: String,
}

#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes a discount")]
pub(super) struct OrderDiscountBody {
    #[schema(min_length = 1, max_length = 64, example = "coupon")]
    name: String,
    amount: schema::Money,
}

/// What the handler reads.
pub(super) struct ReadOrder(pub(super) PlaceOrder);

impl ReadBody for ReadOrder {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customer = body.required("customer", text);
        let order_no = body.required("order_no", text);
        let currency =
            if body.has("currency") { body.required("currency", text) } else { Some(Currency::CNY) };
        let lines = body.required("lines", |value| list(value, MOST_LINES, line)).and_then(all);
        let plain = body.optional("discount", money);
        let named = body.optional("discounts", |value| list(value, MOST_DISCOUNTS, discount)).map(all);
        let freight = body.optional("freight", money);
        let tax_rate = body.optional("tax_rate", text);
        let remark = body.optional("remark", text);
        let mut discounts: Vec<Discount> = plain.into_iter().filter_map(unnamed).collect();
        discounts.extend(named.unwrap_or(Some(Vec::new()))?);
        Some(Self(PlaceOrder {
            customer: customer?,
            order_no: order_no?,
            currency: currency?,
            lines: lines?,
            discounts,
            freight,
            tax_rate,
            remark,
        }))
    }
}

/// A discount of nothing is none.
fn unnamed(amount: Money) -> Option<Discount> {
    (!amount.is_zero()).then_some(Discount { name: DiscountName::PLAIN, amount })
}

fn line(value: JsonValue<'_, '_>) -> Option<OrderDraftLine> {
    object(value, |body| {
        let (sku, name) = (body.required("sku", text), body.required("name", text));
        let (quantity, unit_price) = (body.required("quantity", text), body.required("unit_price", text));
        Some(OrderDraftLine { sku: sku?, name: name?, quantity: quantity?, unit_price: unit_price? })
    })
}

fn discount(value: JsonValue<'_, '_>) -> Option<Discount> {
    object(value, |body| {
        let (name, amount) = (body.required("name", text), body.required("amount", money));
        Some(Discount { name: name?, amount: amount? })
    })
}

/// How much of a line is in a shipment.
pub(super) fn part(value: JsonValue<'_, '_>) -> Option<ShippedPart> {
    object(value, |body| {
        let line = body.required("line", |value| crate::request::number(value, 1..=u32::MAX));
        let quantity = body.required("quantity", text);
        Some(ShippedPart { line: line?, quantity: quantity? })
    })
}

pub(super) fn all<T>(values: Vec<Option<T>>) -> Option<Vec<T>> {
    values.into_iter().collect()
}
