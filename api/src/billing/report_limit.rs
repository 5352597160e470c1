//! How many rows a report shows: those that matter most, unless it is a table, which has all.

use crate::request::{Format, QueryReader};

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReportLimit(Option<u32>);

const USUAL: u32 = 1000;
const MOST: u64 = 100_000;

pub(super) fn report_limit(query: &mut QueryReader<'_>) -> ReportLimit {
    let limit = query.number("limit", 1..=MOST);
    ReportLimit(limit.and_then(|limit| u32::try_from(limit).ok()))
}

impl ReportLimit {
    pub(super) fn of(self, format: Format) -> Option<u32> {
        match format {
            Format::Json => Some(self.0.unwrap_or(USUAL)),
            Format::Csv | Format::Xlsx => self.0,
        }
    }
}
