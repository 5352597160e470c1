//! What was used, as a request tells it: a total of a meter, or its single events.

use std::collections::HashSet;

use tallybook_domain::billing::pricing::{Meter, Metered, PlanTerms, PriceModel, Quantity};

use crate::request::{BodyReader, JsonValue, list, object, text};

/// The most events of a meter.
const MOST_EVENTS: usize = 1_000;

/// An entry for one meter.
#[derive(Debug)]
pub(super) struct Usage {
    pub(super) meter: Meter,
    used: Used,
}

#[derive(Debug)]
enum Used {
    Total(Quantity),
    Events(Vec<Quantity>),
}

impl Usage {
    pub(super) fn metered(&self) -> Metered<'_> {
        match &self.used {
            Used::Total(quantity) => Metered::Total(*quantity),
            Used::Events(amounts) => Metered::Events(amounts),
        }
    }
}

/// `{"meter", "quantity"}` or `{"meter", "events"}`.
pub(super) fn usage(value: JsonValue<'_, '_>) -> Option<Usage> {
    object(value, |entry| {
        let meter = entry.required("meter", text);
        // What is inside is known to be there even where it cannot be read.
        let total = entry.optional("quantity", |value| Some(text::<Quantity>(value)));
        let events = entry.optional("events", |value| Some(list(value, MOST_EVENTS, text::<Quantity>)));
        let used = match (total, events) {
            (Some(total), None) => total.map(Used::Total),
            (None, Some(events)) => {
                events.and_then(|events| events.into_iter().collect::<Option<_>>()).map(Used::Events)
            }
            (Some(_), Some(_)) => {
                entry.refuse("/events", "not_with_quantity", "cannot be given beside a quantity");
                None
            }
            (None, None) => {
                entry.refuse("/quantity", "missing", "is needed, or events in its place");
                None
            }
        };
        Some(Usage { meter: meter?, used: used? })
    })
}

/// What entries cannot be under these terms: told twice, priced by nothing, or a total where events are needed.
pub(super) fn check(entries: &[Option<Usage>], terms: &PlanTerms, body: &mut BodyReader<'_, '_>) {
    let mut seen = HashSet::new();
    for (at, Usage { meter, used }) in
        entries.iter().enumerate().filter_map(|(at, entry)| entry.as_ref().map(|entry| (at, entry)))
    {
        if !seen.insert(meter) {
            body.refuse(&format!("/usage/{at}/meter"), "duplicate", format!("{meter} has an entry already"));
        }
        let mut items = terms.items().iter().filter(|item| item.meter.as_ref() == Some(meter)).peekable();
        if items.peek().is_none() {
            body.refuse(&format!("/usage/{at}/meter"), "unknown_value", "is the meter of no item");
        }
        let by_event = items.any(|item| matches!(item.model, PriceModel::Percentage(_)));
        if by_event && matches!(used, Used::Total(quantity) if !quantity.is_zero()) {
            body.refuse(
                &format!("/usage/{at}/events"),
                "missing",
                "is needed: a percentage is taken of each event",
            );
        }
    }
}
