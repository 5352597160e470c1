//! From where in the book's two times a reader looks: `as_of`, a business date, and `known_at`, what the book had
//! recorded by then.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use tallybook_event_store::journal::position_at;
use tallybook_projector::ViewName;
use tallybook_read_models::{AsOf, Standpoint};
use utoipa::{IntoParams, ToSchema};

use super::days::{day_after, day_begins};
use super::query::QueryReader;
use super::read::{Freshness, Listing};
use crate::problem::Problem;
use crate::state::ApiState;

/// What a request that can look back takes.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what QueryReader::seen_from reads")]
pub(crate) struct StandpointParameters {
    /// As it stood at the end of this business date: what is dated later does not count.
    as_of: Option<NaiveDate>,
    /// As the book knew it then: what was recorded after this position, or after this moment, does not count.
    #[param(example = "2026-04-05T18:00:00+08:00")]
    known_at: Option<String>,
}

/// As it was asked, and as it is said again in the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct SeenFrom {
    /// As it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    as_of: Option<NaiveDate>,
    /// As it was asked for; `position` is what it came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    known_at: Option<KnownAt>,
}

/// A position, or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum KnownAt {
    Position(u64),
    Moment(DateTime<Utc>),
}

impl QueryReader<'_> {
    pub(crate) fn seen_from(&mut self) -> SeenFrom {
        SeenFrom { as_of: self.date("as_of"), known_at: self.known_at("known_at") }
    }

    /// A position, or a moment like `2026-04-05T18:00:00+08:00`.
    pub(crate) fn known_at(&mut self, name: &'static str) -> Option<KnownAt> {
        let given = self.raw(name)?;
        let known_at = KnownAt::read(&given);
        if known_at.is_none() {
            self.refuse(name, "malformed", "must be a position, or a moment like 2026-04-05T18:00:00+08:00");
        }
        known_at
    }
}

impl KnownAt {
    fn read(text: &str) -> Option<Self> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(Self::Position);
        }
        // Nearly everyone forgets that + is a blank in an address.
        let text = match text.rsplit_once(' ') {
            Some((moment, zone)) => format!("{moment}+{zone}"),
            None => text.to_owned(),
        };
        DateTime::parse_from_rfc3339(&text).ok().map(|moment| Self::Moment(moment.to_utc()))
    }

    /// The last position known then. What the book cannot know yet is refused, and in a view what it does not have.
    pub(crate) async fn position(
        self,
        name: &'static str,
        state: &ApiState,
        view: Option<&ViewName>,
    ) -> Result<u64, Problem> {
        let position = self.in_the_book(name, state).await?;
        let Some(view) = view else { return Ok(position) };
        let last = state.last_position(Some(view)).await?;
        if position > last {
            return Err(Problem::out_of_range(name, format!("the view {view} ends at position {last}")));
        }
        Ok(position)
    }

    async fn in_the_book(self, name: &'static str, state: &ApiState) -> Result<u64, Problem> {
        let head = state.last_position(None).await?;
        match self {
            Self::Position(position) if position > head => {
                Err(Problem::out_of_range(name, format!("the last position of the book is {head}")))
            }
            Self::Position(position) => Ok(position),
            Self::Moment(moment) => {
                let now = state.book().now();
                let position = position_at(state.book().pool(), moment).await?;
                // Another process may write by a clock that is ahead of ours.
                if moment > now && position >= head {
                    return Err(Problem::out_of_range(
                        name,
                        format!("lies in the future: it is {}", now.to_rfc3339()),
                    ));
                }
                Ok(position)
            }
        }
    }
}

impl SeenFrom {
    /// What that is in this book. The list waits until its read model has come so far, and says it again. A view need
    /// not be waited for.
    pub(crate) async fn resolve(
        self,
        state: &ApiState,
        view: Option<&ViewName>,
        listing: &mut Listing,
    ) -> Result<Standpoint, Problem> {
        listing.seen_from = self;
        let known_at = match self.known_at {
            Some(known_at) => Some(known_at.position("known_at", state, view).await?),
            None => None,
        };
        if let (Some(position), None) = (known_at, view) {
            listing.fresh = Some(Freshness::at_least(position, listing.fresh));
        }
        let as_of = match self.as_of {
            Some(date) => Some(ending(date, state.book().time_zone())?),
            None => None,
        };
        Ok(Standpoint { as_of, known_at })
    }
}

pub(crate) fn ending(date: NaiveDate, zone: Tz) -> Result<AsOf, Problem> {
    let ends_at = day_after(date).and_then(|next| day_begins(next, zone));
    let ends_at = ends_at.ok_or_else(|| Problem::out_of_range("as_of", "the calendar does not go on"))?;
    Ok(AsOf { date, ends_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_may_be_written_as_an_address_garbles_it() {
        let moment = KnownAt::Moment("2026-04-05T10:00:00Z".parse().unwrap());
        for text in ["2026-04-05T18:00:00+08:00", "2026-04-05T18:00:00 08:00", "2026-04-05T10:00:00.000Z"] {
            assert_eq!(KnownAt::read(text), Some(moment), "{text}");
        }
        assert_eq!(KnownAt::read("0"), Some(KnownAt::Position(0)));
        for bad in ["", "-1", "1.5", "2026-04-05", "2026-04-05T18:00:00", "99999999999999999999", "now"] {
            assert_eq!(KnownAt::read(bad), None, "{bad}");
        }
    }
}
