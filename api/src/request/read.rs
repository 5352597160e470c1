//! A request that wants to see something.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use tallybook_read_models::Paging;
use utoipa::IntoParams;

use super::query::QueryReader;
use super::standpoint::SeenFrom;
use crate::problem::{FieldError, Problem, ProblemKind};
use crate::state::ApiState;

/// The raw parts of a request to read. Nothing of it has been read yet: who sends it is asked first.
#[derive(Debug)]
pub(crate) struct ReadInput {
    headers: HeaderMap,
    query: Option<String>,
}

/// How far the read model must have come, and how long that may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Freshness {
    pub(crate) min_position: u64,
    pub(crate) wait: Duration,
}

impl Freshness {
    const USUAL_WAIT: Duration = Duration::from_secs(2);

    /// This position, or the later one that was asked for besides.
    pub(crate) fn at_least(position: u64, asked: Option<Self>) -> Self {
        match asked {
            Some(asked) => Self { min_position: asked.min_position.max(position), ..asked },
            None => Self { min_position: position, wait: Self::USUAL_WAIT },
        }
    }
}

/// Which part of a list, how fresh and in which form.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    /// How many were asked for; a table without it is the whole list.
    pub(crate) limit: Option<u32>,
    pub(crate) cursor: Option<String>,
    pub(crate) fresh: Option<Freshness>,
    pub(crate) format: Format,
    /// Said again in the answer.
    pub(crate) seen_from: SeenFrom,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageRequest {
    pub(crate) limit: u32,
    pub(crate) cursor: Option<String>,
}

impl PageRequest {
    /// For a list of the read models.
    pub(crate) fn paging(self) -> Result<Paging, Problem> {
        Paging::new(Some(self.limit), self.cursor).map_err(Problem::internal)
    }
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
    Xlsx,
}

/// Parameters that every list has.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what Listing::read reads")]
pub(crate) struct ListParameters {
    /// How many at most. CSV and XLSX without it have the whole list.
    #[param(default = 50, minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl FromRequestParts<ApiState> for ReadInput {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, Self::Rejection> {
        Ok(Self { headers: parts.headers.clone(), query: parts.uri.query().map(str::to_owned) })
    }
}

impl ReadInput {
    pub(crate) fn query(&self) -> QueryReader<'_> {
        QueryReader::new(self.query.as_deref())
    }

    /// Takes what every list has, and with it finishes the query.
    pub(crate) fn listing(&self, mut query: QueryReader<'_>) -> Result<Listing, Problem> {
        let limit = query
            .number("limit", 1..=u64::from(Paging::MAX_LIMIT))
            .and_then(|limit| u32::try_from(limit).ok());
        let cursor = query.raw("cursor").map(std::borrow::Cow::into_owned);
        let fresh = self.freshness(&mut query);
        let format = self.format();
        query.finish()?;
        Ok(Listing { limit, cursor, fresh, format: format?, seen_from: SeenFrom::default() })
    }

    /// Takes what a list has that is never cut into pages: how fresh and in which form.
    pub(crate) fn whole(&self, mut query: QueryReader<'_>) -> Result<Listing, Problem> {
        let fresh = self.freshness(&mut query);
        let format = self.format();
        query.finish()?;
        Ok(Listing { limit: None, cursor: None, fresh, format: format?, seen_from: SeenFrom::default() })
    }

    /// Takes what every other read has, and with it finishes the query.
    pub(crate) fn finish(&self, mut query: QueryReader<'_>) -> Result<Option<Freshness>, Problem> {
        let fresh = self.freshness(&mut query);
        query.finish()?;
        Ok(fresh)
    }

    /// From `min_position`, or else the header; `wait_ms` without either means nothing.
    fn freshness(&self, query: &mut QueryReader<'_>) -> Option<Freshness> {
        const LONGEST: u64 = 30_000;
        let wait = query.number("wait_ms", 0..=LONGEST).unwrap_or(2000);
        let asked = query.number("min_position", 0..=u64::MAX).or_else(|| self.min_position_header(query));
        asked.map(|min_position| Freshness { min_position, wait: Duration::from_millis(wait) })
    }

    fn min_position_header(&self, query: &mut QueryReader<'_>) -> Option<u64> {
        let given = self.headers.get("tallybook-min-position")?;
        let number = given.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let position = number.and_then(|number| number.parse().ok());
        if position.is_none() {
            query.errors.push(FieldError {
                pointer: "Tallybook-Min-Position".into(),
                code: "malformed",
                detail: "must be a whole number".into(),
            });
        }
        position
    }

    pub(crate) fn format(&self) -> Result<Format, Problem> {
        Format::of(&self.headers)
    }
}

const JSON: &str = "application/json";
const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Listing {
    /// A whole list that no query asks for.
    pub(crate) fn table(format: Format) -> Self {
        Self { limit: None, cursor: None, fresh: None, format, seen_from: SeenFrom::default() }
    }
}

impl Format {
    /// The first of the formats the client likes best.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let accept = headers.get_all(header::ACCEPT).iter();
        let wishes: Vec<&str> =
            accept.filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).collect();
        if wishes.is_empty() {
            return Ok(Self::Json);
        }
        let offered = wishes.into_iter().filter_map(Self::wished);
        // max_by_key takes the last of equals; the first is meant.
        match offered.rev().max_by_key(|(_, weight)| *weight) {
            Some((format, weight)) if weight > 0 => Ok(format),
            Some(_) | None => Err(Problem::new(
                ProblemKind::NotAcceptable,
                format!("This is served as {}, {} or {}.", JSON, CSV, XLSX),
            )),
        }
    }

    /// Without parameters, as Accept has it.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Csv => CSV,
            Self::Xlsx => XLSX,
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => XLSX,
        }
    }

    /// One entry of an Accept header, with its weight in thousandths.
    fn wished(entry: &str) -> Option<(Self, u32)> {
        let mut parts = entry.split(';').map(str::trim);
        let media = parts.next()?;
        let format = match media.to_ascii_lowercase().as_str() {
            JSON | "application/*" | "*/*" => Self::Json,
            CSV | "text/*" => Self::Csv,
            XLSX => Self::Xlsx,
            _ => return None,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some((format, quality.map_or(1000, thousandths)))
    }
}

/// `0.85` is 850; what is no weight counts as 1.
fn thousandths(quality: &str) -> u32 {
    let (whole, fraction) = quality.split_once('.').unwrap_or((quality, ""));
    let digits: String = whole.chars().chain(fraction.chars().chain("000".chars()).take(3)).collect();
    digits.parse().map_or(1000, |weight: u32| weight.min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(accept: &str) -> Option<Format> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        ReadInput { headers, query: None }.format().ok()
    }

    #[test]
    fn the_best_liked_format_is_served() {
        assert_eq!(ReadInput { headers: HeaderMap::new(), query: None }.format().unwrap(), Format::Json);
        assert_eq!(format("text/csv"), Some(Format::Csv));
        assert_eq!(format("text/csv;q=0.5, application/json"), Some(Format::Json));
        assert_eq!(format("text/csv, application/json"), Some(Format::Csv));
        assert_eq!(format(XLSX), Some(Format::Xlsx));
        assert_eq!(format("text/html,application/xhtml+xml,*/*;q=0.8"), Some(Format::Json));
        assert_eq!(format("text/html"), None);
        assert_eq!(format("text/csv;q=0"), None);
    }

    #[test]
    fn a_position_can_be_asked_for_in_the_query_or_in_a_header() {
        let mut headers = HeaderMap::new();
        headers.insert("tallybook-min-position", "7".parse().unwrap());
        let input = ReadInput { headers, query: Some("wait_ms=10".into()) };
        let fresh = input.finish(input.query()).unwrap().unwrap();
        assert_eq!(fresh, Freshness { min_position: 7, wait: Duration::from_millis(10) });
        let input =
            ReadInput { headers: HeaderMap::new(), query: Some("min_position=x&wait_ms=-1&limt=5".into()) };
        assert!(input.finish(input.query()).is_err());
    }
}
