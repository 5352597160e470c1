//! Asking for a rebuild.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tallybook_projector::{
    Asked, NewRebuild, RebuildError, RebuildRecord, RebuildRequest, every, list_rebuilds,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::projection::not_found;
use crate::access::{Action, Caller};
use crate::answer::REPLAYED;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, CommandInput, PathId, ReadBody};
use crate::state::ApiState;

/// How to rebuild.
#[derive(Debug, ToSchema)]
pub(super) struct RebuildOptions {
    /// Any difference between the old and the new tables is a failure, and nothing is swapped. `false` if left out.
    expect_equal: Option<bool>,
}

impl ReadBody for RebuildOptions {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { expect_equal: body.optional("expect_equal", |value| value.boolean()) })
    }
}

/// Rebuild a projection
///
/// New tables are folded from the journal beside the ones in use, compared with them and swapped in, while people read
/// and write. A running projector begins with it within a second or, if it is at another, when that is over; `Location`
/// is where to see how far it is. A dry run makes and compares the new tables, and drops them. The same
/// `Idempotency-Key` gets the same rebuild again, as it is by then.
#[utoipa::path(post, path = "/v1/projections/{name}/rebuild", tag = "operation", request_body = RebuildOptions,
    params(("name" = String, Path, description = "The projection's name", example = "wallets"),
        ("dry_run" = Option<bool>, Query, description = "Make and compare the new tables, then drop them.")),
    responses((status = 202, body = RebuildRecord)))]
pub(super) async fn request_rebuild(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::RebuildProjections)?;
    let name: String = path.parse(ProblemKind::ProjectionNotFound)?;
    let Some(projection) = every().into_iter().find(|known| known.name == name).map(|known| known.name)
    else {
        return Err(not_found(name));
    };
    let (context, options) = input.command::<RebuildOptions>(&caller)?;
    let expect_equal = options.expect_equal.unwrap_or(false);
    let request = RebuildRequest { dry_run: context.dry_run, expect_equal };
    let id = context.idempotency_key.as_deref().map_or_else(fresh_id, id_of);
    let new = NewRebuild { id, projection, request, by: context.actor.as_str() };
    match tallybook_projector::request_rebuild(state.book().pool(), new).await {
        Ok(Asked::Now(rebuild)) => {
            tracing::info!(projection, rebuild = %id, by = %context.actor, request_id = context.request_id, "a rebuild is asked for");
            Ok(accepted(rebuild, false))
        }
        Ok(Asked::Before(rebuild)) if rebuild.projection == projection && rebuild.request() == request => {
            Ok(accepted(rebuild, true))
        }
        Ok(Asked::Before(_)) => {
            let kind = ProblemKind::IdempotencyKeyReused;
            Err(Problem::new(kind, format!("{}.", kind.title())))
        }
        Err(RebuildError::UnderWay { name }) => Err(under_way(&state, name).await?),
        Err(RebuildError::Database(error)) => Err(error.into()),
        Err(error) => Err(Problem::internal(error)),
    }
}

fn accepted(rebuild: RebuildRecord, replayed: bool) -> Response {
    let location = format!("/v1/projections/rebuilds/{}", rebuild.id);
    let mut response = (StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(rebuild)).into_response();
    if replayed {
        response.headers_mut().insert(REPLAYED, header::HeaderValue::from_static("true"));
    }
    response
}

async fn under_way(state: &ApiState, name: String) -> Result<Problem, Problem> {
    let detail = format!("A rebuild of {name} is asked for or under way already. Wait for it, or cancel it.");
    let latest = list_rebuilds(state.book().pool(), Some(&name), None, 1).await?.pop();
    let problem = Problem::new(ProblemKind::RebuildUnderWay, detail).with("projection", name);
    Ok(match latest {
        Some(rebuild) => problem.with("rebuild", rebuild.id.to_string()),
        None => problem,
    })
}

/// The same for the same key.
fn id_of(key: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(key)[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[expect(clippy::disallowed_methods, reason = "a request that brings no key gets an id at this edge")]
fn fresh_id() -> Uuid {
    Uuid::now_v7()
}
