//! The body of a step that needs a reason and nothing else.

use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use crate::request::{BodyReader, ReadBody, text};

/// Why.
#[derive(Debug, ToSchema)]
pub(super) struct BillReasonBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(super) reason: Reason,
}

impl ReadBody for BillReasonBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}
