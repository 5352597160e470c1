//! A record of usage as a request tells it.

use chrono::NaiveDate;
use tallybook_commands::billing::RecordUsage;
use tallybook_domain::CustomerId;
use tallybook_domain::billing::pricing::{Meter, Quantity};
use tallybook_domain::billing::usage::{UsageEntry, UsageRecord, UsageReference};
use utoipa::ToSchema;

use crate::request::{BodyReader, ReadBody, date, text};

/// What a customer used of a meter on a day.
#[derive(Debug, ToSchema)]
pub(super) struct UsageBody {
    #[schema(value_type = String, example = "C00042")]
    customer: CustomerId,
    #[schema(value_type = String, example = "api_calls", min_length = 1, max_length = 64)]
    meter: Meter,
    /// In the book's time zone; not beyond tomorrow.
    date: NaiveDate,
    /// 0 to 10^15, at most twelve decimals.
    #[schema(value_type = String, example = "120.5")]
    quantity: Quantity,
    /// What the record is called where it was counted. With the customer, the meter and the date it names one record:
    /// sent again, it changes nothing.
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    reference: UsageReference,
    /// Its quantity takes the place of the one recorded before. False, if left out.
    #[schema(value_type = Option<bool>)]
    correction: bool,
}

impl ReadBody for UsageBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customer = body.required("customer", text);
        let meter = body.required("meter", text);
        let date = body.required("date", date);
        let quantity = body.required("quantity", text);
        let reference = body.required("reference", text);
        let correction = body.optional("correction", |value| value.boolean()).unwrap_or(false);
        Some(Self {
            customer: customer?,
            meter: meter?,
            date: date?,
            quantity: quantity?,
            reference: reference?,
            correction,
        })
    }
}

impl From<UsageBody> for RecordUsage {
    fn from(body: UsageBody) -> Self {
        let UsageBody { customer, meter, date, quantity, reference, correction } = body;
        let record = UsageRecord { meter, date, quantity, reference };
        Self { customer, entry: UsageEntry { record, correction } }
    }
}
