//! The terms of a price plan as a request tells them: read member by member, and then checked as a whole.

use tallybook_domain::billing::pricing::{
    InvalidTerms, ItemCode, ItemName, MOST_ITEMS, MOST_TIERS, Meter, Percentage, PlanTerms, PriceItem,
    PriceModel, Tier, ZeroUsage,
};

use super::schema::ModelName;
use crate::request::{BodyReader, JsonValue, list, number, object, text};

/// Reads `currency`, `items`, `minimum` and `tax_rate`. What can be read is also checked, so that all faults are told.
pub(super) fn terms(body: &mut BodyReader<'_, '_>) -> Option<PlanTerms> {
    let currency = body.required("currency", text);
    let items = body.required("items", |value| list(value, MOST_ITEMS, item));
    let minimum = body.optional("minimum", text);
    let tax_rate = body.optional("tax_rate", text);
    let items = items?;
    let whole = currency.filter(|_| items.iter().all(Option::is_some));
    let faults = match whole {
        Some(currency) => {
            match PlanTerms::new(currency, items.into_iter().flatten().collect(), minimum, tax_rate) {
                Ok(terms) => return Some(terms),
                Err(InvalidTerms(faults)) => faults,
            }
        }
        None => {
            let read = items.iter().enumerate().filter_map(|(at, item)| Some((at, item.as_ref()?)));
            PlanTerms::faults_of(read, currency)
        }
    };
    for fault in faults {
        body.refuse(&fault.pointer, fault.code, fault.detail);
    }
    None
}

fn item(value: JsonValue<'_, '_>) -> Option<PriceItem> {
    object(value, |item| {
        let code: Option<ItemCode> = item.optional("code", text);
        let name: Option<ItemName> = item.optional("name", text);
        let meter: Option<Meter> = item.optional("meter", text);
        let included = item.optional("included", text);
        let minimum = item.optional("minimum", text);
        let maximum = item.optional("maximum", text);
        let zero_usage = item.optional("zero_usage", text).unwrap_or(ZeroUsage::Charge);
        let model = model(item)?;
        let by_meter = || meter.as_ref().map_or_else(|| ItemCode::from(model.kind()), ItemCode::from);
        let code = code.unwrap_or_else(by_meter);
        let name = name.unwrap_or_else(|| ItemName::from(&code));
        Some(PriceItem { code, name, meter, model, included, minimum, maximum, zero_usage })
    })
}

/// The members each model has; those of others are unknown beside it.
fn model(item: &mut BodyReader<'_, '_>) -> Option<PriceModel> {
    let Some(model) = item.required("model", text) else {
        item.skip(MODEL_MEMBERS);
        return None;
    };
    match model {
        ModelName::Flat => Some(PriceModel::Flat { fee: item.required("fee", text)? }),
        ModelName::PerUnit => Some(PriceModel::PerUnit { unit_price: item.required("unit_price", text)? }),
        ModelName::Graduated => Some(PriceModel::Graduated { tiers: tiers(item)? }),
        ModelName::Volume => Some(PriceModel::Volume { tiers: tiers(item)? }),
        ModelName::Package => {
            let package_size = item.required("package_size", text);
            let package_price = item.required("package_price", text);
            Some(PriceModel::Package { package_size: package_size?, package_price: package_price? })
        }
        ModelName::Percentage => Some(PriceModel::Percentage(percentage(item)?)),
    }
}

/// What only a model can tell whether it belongs there.
const MODEL_MEMBERS: &[&str] = &[
    "fee",
    "unit_price",
    "tiers",
    "package_size",
    "package_price",
    "rate",
    "fee_per_event",
    "free_events",
    "free_amount",
    "minimum_per_event",
    "maximum_per_event",
];

fn percentage(item: &mut BodyReader<'_, '_>) -> Option<Percentage> {
    let rate = item.required("rate", text);
    let fee_per_event = item.optional("fee_per_event", text);
    let free_events = item.optional("free_events", |value| number(value, 0..=u32::MAX));
    let free_amount = item.optional("free_amount", text);
    let minimum_per_event = item.optional("minimum_per_event", text);
    let maximum_per_event = item.optional("maximum_per_event", text);
    let rate = rate?;
    Some(Percentage { rate, fee_per_event, free_events, free_amount, minimum_per_event, maximum_per_event })
}

fn tiers(item: &mut BodyReader<'_, '_>) -> Option<Vec<Tier>> {
    item.required("tiers", |value| list(value, MOST_TIERS, tier))?.into_iter().collect()
}

fn tier(value: JsonValue<'_, '_>) -> Option<Tier> {
    object(value, |tier| {
        // One that cannot be read is not one without an end.
        let up_to = tier.optional("up_to", |value| Some(text(value)));
        let unit_price = tier.required("unit_price", text);
        let flat_fee = tier.optional("flat_fee", text);
        let up_to = match up_to {
            None => None,
            Some(read) => Some(read?),
        };
        Some(Tier { up_to, unit_price: unit_price?, flat_fee })
    })
}
