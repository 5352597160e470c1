//! `docs/pricing.md` says what the code does: every example is priced again.
#![allow(clippy::unwrap_used, reason = "tests stop at the first failure")]

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use tallybook_domain::billing::pricing::{Metered, PeriodShare, PlanTerms, Quantity};

const DOCUMENT: &str = include_str!("../../docs/pricing.md");

/// An item, and the rows of the table below it.
fn examples() -> Vec<(Value, Vec<[&'static str; 3]>)> {
    let (_, from) = DOCUMENT.split_once("\n## Models and examples\n").unwrap();
    let (examples, _) = from.split_once("\n## ").unwrap();
    let read = |example: &'static str| {
        let (item, after) = example.split_once("```").unwrap();
        let rows =
            after.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Used")).map(|line| {
                let mut cells = line.trim_matches('|').split('|').map(str::trim);
                [(); 3].map(|()| cells.next().unwrap())
            });
        (serde_json::from_str(item).unwrap(), rows.collect())
    };
    examples.split("```json\n").skip(1).map(read).collect()
}

/// `24 of 31 days`, events separated by commas, or a quantity.
fn price(item: &Value, used: &str) -> [String; 2] {
    let terms: PlanTerms = serde_json::from_value(json!({ "currency": "CNY", "items": [item] })).unwrap();
    let (mut share, mut amounts) = (PeriodShare::WHOLE, Vec::<Quantity>::new());
    if let Some((days, of)) = used.strip_suffix(" days").and_then(|days| days.split_once(" of ")) {
        let first = NaiveDate::from_ymd_opt(2026, 10, 1).unwrap();
        let day =
            |number: &str| first.checked_add_days(Days::new(number.parse::<u64>().unwrap() - 1)).unwrap();
        share = PeriodShare::between((first, day(of)), None, Some(day(days))).unwrap();
    } else {
        amounts = used.split(", ").map(|amount| amount.parse().unwrap()).collect();
    }
    let quote = terms.price(|_| Some(Metered::Events(&amounts)), share).unwrap();
    [quote.lines[0].exact_amount.to_string(), quote.total.amount().to_string()]
}

#[test]
fn every_example_costs_what_the_document_says() {
    let examples = examples();
    let rows: usize = examples.iter().map(|(_, rows)| rows.len()).sum();
    assert_eq!((examples.len(), rows), (11, 33), "no example is passed over");
    for (item, rows) in examples {
        for [used, exact, rounded] in rows {
            assert_eq!(price(&item, used), [exact, rounded], "{item}: {used}");
        }
    }
}
