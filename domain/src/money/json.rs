//! Money as JSON: `{"amount":"12.30","currency":"CNY"}`.
//!
//! The amount is a string with exactly the currency's minor units. Must never read or write an amount as a JSON
//! number, which most readers would turn into a float.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Currency, Money};

struct AmountText<'a>(&'a Decimal);

impl Serialize for AmountText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Money", 2)?;
        fields.serialize_field("amount", &AmountText(&self.amount))?;
        fields.serialize_field("currency", &self.currency)?;
        fields.end()
    }
}

#[derive(Deserialize)]
#[serde(rename = "Money", deny_unknown_fields)]
struct Written<'a> {
    #[serde(borrow)]
    amount: Cow<'a, str>,
    currency: Currency,
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { amount, currency } = Written::deserialize(deserializer)?;
        Money::parse(&amount, currency).map_err(de::Error::custom)
    }
}
