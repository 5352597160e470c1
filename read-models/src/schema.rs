//! How values that serialise themselves look in OpenAPI. Described here only; never made or read.

use utoipa::ToSchema;

/// An exact amount in a currency.
#[derive(Debug, ToSchema)]
#[schema(as = Money, example = json!({"amount": "12.30", "currency": "CNY"}))]
pub struct Money {
    /// In the currency's major unit, with exactly its minor units as decimals.
    #[schema(pattern = r"^-?[0-9]+(\.[0-9]+)?$")]
    pub amount: String,
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: String,
}

/// The account a withdrawal is paid into.
#[derive(Debug, ToSchema)]
#[schema(as = Destination)]
pub struct Destination {
    pub account_name: String,
    pub account_number: String,
    #[schema(nullable = false)]
    pub bank_name: Option<String>,
}
