//! A request for the lines of an account or a wallet: in one currency, in a period, page by page.

use chrono::NaiveDate;
use tallybook_domain::Currency;
use tallybook_projector::ViewName;
use tallybook_read_models::DateRange;
use utoipa::IntoParams;

use super::read::{Listing, ReadInput};
use super::standpoint::SeenFrom;
use crate::problem::Problem;

/// What every request for lines takes besides a list's parameters.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what ReadInput::lines reads")]
pub(crate) struct LineParameters {
    #[param(example = "CNY")]
    currency: String,
    /// The first effective date; from the beginning, if left out.
    from: Option<NaiveDate>,
    /// The last effective date; to the end, if left out.
    to: Option<NaiveDate>,
}

/// Which lines, and which part of them.
#[derive(Debug)]
pub(crate) struct Lines {
    pub(crate) currency: Currency,
    pub(crate) period: DateRange,
    pub(crate) view: Option<ViewName>,
    pub(crate) seen_from: SeenFrom,
    pub(crate) listing: Listing,
}

impl ReadInput {
    /// Takes what every request for lines has, and with it finishes the query.
    pub(crate) fn lines(&self) -> Result<Lines, Problem> {
        let mut query = self.query();
        let currency = query.required("currency");
        let period = query.dates();
        let (view, seen_from) = (query.view(), query.seen_from());
        let listing = self.listing(query)?;
        let Some(currency) = currency else {
            return Err(Problem::internal("a missing currency was not refused"));
        };
        Ok(Lines { currency, period, view, seen_from, listing })
    }
}
