//! What is to be written off, as a request tells it: sums to be paired, or legs as they are.

use chrono::NaiveDate;
use tallybook_commands::settlement::{MakeWriteOff, Split};
use tallybook_domain::Money;
use tallybook_domain::billing::BillId;
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_read_models::schema;
use utoipa::ToSchema;

use crate::request::{BodyReader, JsonValue, ReadBody, date, list, money, object, text};

/// One decision takes no more.
const MOST: usize = 500;

/// A write-off to be made. Either `sources` and `differences` against `bills`, or `legs`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read into MakeWriteOff")]
pub(super) struct WriteOffBody {
    /// What pays. The first pays the first bill; what is left of either goes on with the next.
    #[schema(nullable = false)]
    sources: Option<Vec<SourceBody>>,
    #[schema(nullable = false)]
    bills: Option<Vec<BillBody>>,
    /// What need not be paid, after all sources.
    #[schema(nullable = false)]
    differences: Option<Vec<DifferenceBody>>,
    /// Which source pays which bill, in place of the sums.
    #[schema(nullable = false)]
    legs: Option<Vec<LegBody>>,
    /// Today, if left out, or the first day on which all its sources and bills are there, if that is later.
    effective_date: Option<NaiveDate>,
}

/// So much of a receipt, a wallet or a credit note: one of the three.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes a source")]
pub(super) struct SourceBody {
    #[schema(nullable = false)]
    receipt: Option<String>,
    #[schema(nullable = false)]
    wallet: Option<String>,
    #[schema(nullable = false)]
    credit_note: Option<String>,
    amount: schema::Money,
}

#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes a bill that is paid")]
pub(super) struct BillBody {
    #[schema(example = "C00042.2026-10")]
    bill: String,
    amount: schema::Money,
}

#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes a difference")]
pub(super) struct DifferenceBody {
    reason: schema::DifferenceReason,
    amount: schema::Money,
}

/// So much of a source for a bill; `difference` in place of a source says why nothing is paid.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes a leg")]
pub(super) struct LegBody {
    #[schema(nullable = false)]
    receipt: Option<String>,
    #[schema(nullable = false)]
    wallet: Option<String>,
    #[schema(nullable = false)]
    credit_note: Option<String>,
    #[schema(nullable = false)]
    difference: Option<schema::DifferenceReason>,
    #[schema(example = "C00042.2026-10")]
    bill: String,
    amount: schema::Money,
}

/// What the handler reads.
pub(super) struct ReadWriteOff(pub(super) MakeWriteOff);

impl ReadBody for ReadWriteOff {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let given_legs = body.optional("legs", |value| list(value, MOST, leg));
        let split = match given_legs {
            Some(legs) => {
                let others = ["sources", "bills", "differences"];
                if others.iter().any(|name| body.has(name)) {
                    body.refuse("/legs", "not_with_sums", "say either the sums or the legs");
                }
                body.skip(&others);
                legs.into_iter().collect::<Option<Vec<_>>>().map(|legs| Split::Legs(numbered(legs)))
            }
            None => sums(body),
        };
        let effective_date = body.optional("effective_date", date);
        Some(Self(MakeWriteOff { split: split?, effective_date }))
    }
}

fn sums(body: &mut BodyReader<'_, '_>) -> Option<Split> {
    let sources = body.optional("sources", |value| list(value, MOST, source)).map(all);
    let bills = body.required("bills", |value| list(value, MOST, bill)).and_then(all);
    let differences = body.optional("differences", |value| list(value, MOST, difference)).map(all);
    let mut paying = sources.unwrap_or(Some(Vec::new()))?;
    paying.extend(differences.unwrap_or(Some(Vec::new()))?);
    Some(Split::Sums { sources: paying, bills: bills? })
}

fn all<T>(values: Vec<Option<T>>) -> Option<Vec<T>> {
    values.into_iter().collect()
}

fn numbered(legs: Vec<(LegSource, BillId, Money)>) -> Vec<Leg> {
    (1..).zip(legs).map(|(leg, (source, bill, amount))| Leg { leg, source, bill, amount }).collect()
}

fn source(value: JsonValue<'_, '_>) -> Option<(LegSource, Money)> {
    object(value, |body| {
        let source = named(body, false);
        let amount = body.required("amount", money);
        Some((source?, amount?))
    })
}

fn bill(value: JsonValue<'_, '_>) -> Option<(BillId, Money)> {
    object(value, |body| {
        let bill = body.required("bill", text);
        let amount = body.required("amount", money);
        Some((bill?, amount?))
    })
}

fn difference(value: JsonValue<'_, '_>) -> Option<(LegSource, Money)> {
    object(value, |body| {
        let reason = body.required("reason", text).map(LegSource::Difference);
        let amount = body.required("amount", money);
        Some((reason?, amount?))
    })
}

fn leg(value: JsonValue<'_, '_>) -> Option<(LegSource, BillId, Money)> {
    object(value, |body| {
        let source = named(body, true);
        let bill = body.required("bill", text);
        let amount = body.required("amount", money);
        Some((source?, bill?, amount?))
    })
}

/// The one source that is named.
fn named(body: &mut BodyReader<'_, '_>, or_difference: bool) -> Option<LegSource> {
    let receipt = body.optional("receipt", text).map(LegSource::Receipt);
    let wallet = body.optional("wallet", text).map(LegSource::Wallet);
    let note = body.optional("credit_note", text).map(LegSource::CreditNote);
    let difference = if or_difference { body.optional("difference", text) } else { None };
    let difference = difference.map(LegSource::Difference);
    let mut named = [receipt, wallet, note, difference].into_iter().flatten();
    match (named.next(), named.next()) {
        (Some(source), None) => Some(source),
        (None, _) | (Some(_), Some(_)) => {
            body.refuse("", "one_source", "must name one source");
            None
        }
    }
}
