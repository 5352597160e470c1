//! How orders look in OpenAPI. Described here only; never made or read.

use utoipa::ToSchema;

/// How far an order has come.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum OrderState {
    PendingPayment,
    Paid,
    PartlyShipped,
    Shipped,
    Received,
    /// What was paid and not refunded is revenue.
    Completed,
    /// Nothing was paid.
    Cancelled,
    /// All that was paid went back.
    Closed,
}

/// How much of a line is in a shipment.
#[derive(Debug, ToSchema)]
#[schema(as = ShippedPart)]
pub struct ShippedPart {
    pub line: u32,
    #[schema(example = "2")]
    pub quantity: String,
}
