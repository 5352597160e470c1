//! The bodies of steps that need a reason, or a date, and nothing else.

use chrono::NaiveDate;
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use crate::request::{BodyReader, ReadBody, date, text};

/// Why it does not happen.
#[derive(Debug, ToSchema)]
pub(super) struct RejectionBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(super) reason: Reason,
}

impl ReadBody for RejectionBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// When it happens.
#[derive(Debug, ToSchema)]
pub(super) struct ApprovalBody {
    /// Today, if left out, or the first day on which it can happen, if that is later.
    pub(super) effective_date: Option<NaiveDate>,
}

impl ReadBody for ApprovalBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { effective_date: body.optional("effective_date", date) })
    }
}
