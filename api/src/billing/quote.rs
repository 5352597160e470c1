//! What a period would cost: calculated, nothing stored.

use axum::response::Response;
use tallybook_domain::billing::pricing::{Fee, PeriodShare, PlanTerms, Rate};
use utoipa::ToSchema;

use super::schema;
use super::terms::terms;
use super::usage::{Usage, check, usage};
use crate::access::{Action, Caller};
use crate::answer::plain;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, JsonValue, ReadBody, date, list, object};

/// The most meters of one quote.
const MOST_METERS: usize = 200;

/// Terms as a price plan has them, and what was used.
#[derive(Debug)]
struct QuoteBody {
    terms: PlanTerms,
    usage: Vec<Usage>,
    share: PeriodShare,
}

/// What is to be priced.
#[derive(Debug, ToSchema)]
#[schema(as = QuoteBody)]
#[expect(dead_code, reason = "describes what QuoteBody reads")]
pub(super) struct QuoteBodySchema {
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$", example = "CNY")]
    currency: String,
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<schema::PriceItem>,
    /// The least a period costs before tax.
    #[schema(value_type = Option<String>, example = "100")]
    minimum: Option<Fee>,
    /// A part of the whole: `0.06` is 6 %.
    #[schema(value_type = Option<String>, example = "0.06")]
    tax_rate: Option<Rate>,
    /// A whole period, if left out.
    period: Option<schema::QuotedPeriod>,
    /// One entry for each meter; of a meter without one, nothing was used.
    #[schema(max_items = 200)]
    usage: Option<Vec<schema::QuotedUsage>>,
}

impl ReadBody for QuoteBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let terms = terms(body);
        let share = body.optional("period", period);
        let usage = body.optional("usage", |value| list(value, MOST_METERS, usage));
        if let (Some(terms), Some(entries)) = (&terms, &usage) {
            check(entries, terms, body);
        }
        let usage = usage.into_iter().flatten().flatten().collect();
        Some(Self { terms: terms?, usage, share: share.unwrap_or(PeriodShare::WHOLE) })
    }
}

/// `{"from", "to", "active_from"?, "active_to"?}`, all days included.
fn period(value: JsonValue<'_, '_>) -> Option<PeriodShare> {
    object(value, |period| {
        let from = period.required("from", date);
        let to = period.required("to", date);
        let active_from = period.optional("active_from", date);
        let active_to = period.optional("active_to", date);
        match PeriodShare::between((from?, to?), active_from, active_to) {
            Ok(share) => Some(share),
            Err(invalid) => {
                period.refuse("", "out_of_range", invalid.to_string());
                None
            }
        }
    })
}

/// Price usage under terms, storing nothing
///
/// A pure calculation to try terms out: the same as bills are made with. Every line says which tiers were used, and
/// gives its amount exactly and rounded.
#[utoipa::path(post, path = "/v1/pricing/quote", tag = "pricing", request_body = QuoteBodySchema,
    responses((status = 200, body = schema::Quote)))]
pub(super) async fn quote(caller: Caller, input: CommandInput) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let QuoteBody { terms, usage, share } = input.body()?;
    let used = |meter: &_| usage.iter().find(|entry| entry.meter == *meter).map(Usage::metered);
    plain(&terms.price(used, share)?)
}
