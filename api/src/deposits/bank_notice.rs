//! What a bank says of a payment order it has not carried out, or of a payment that came back to it.

use chrono::NaiveDate;
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use crate::request::{BodyReader, ReadBody, date, text};

/// Why the money did not arrive, and on which day that was known.
#[derive(Debug, ToSchema)]
pub(super) struct BankNotice {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(super) reason: Reason,
    /// Today, if left out, or the day of the step before, if that is later. Never before that day.
    pub(super) effective_date: Option<NaiveDate>,
}

impl ReadBody for BankNotice {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let reason = body.required("reason", text);
        let effective_date = body.optional("effective_date", date);
        Some(Self { reason: reason?, effective_date })
    }
}
