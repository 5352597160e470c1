//! Freezing a wallet, and unfreezing it.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::risk::{self as commands, FreezeWallet, UnfreezeWallet};
use tallybook_domain::text::Reason;
use utoipa::ToSchema;

use super::schema::FreezeOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, text};
use crate::state::ApiState;

/// Why.
#[derive(Debug, ToSchema)]
pub(super) struct FreezeBody {
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    reason: Reason,
}

impl ReadBody for FreezeBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        Some(Self { reason: body.required("reason", text)? })
    }
}

/// Freeze a wallet
///
/// It takes deposits and gives nothing: no withdrawal of it is requested, approved or submitted, and nothing goes back to a
/// receipt. What pays bills may still be taken. Frozen again, the first reason stands.
#[utoipa::path(post, path = "/v1/wallets/{id}/freeze", tag = "risk", request_body = FreezeBody,
    params(("id" = String, Path, description = "The wallet's id", example = "C00042.CNY")),
    responses((status = 200, body = FreezeOutcome)))]
pub(super) async fn freeze_wallet(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, wallet, FreezeBody { reason }) =
        input.read(Action::FreezeWallets, ProblemKind::WalletNotFound)?;
    done(&commands::freeze_wallet(state.book(), context, FreezeWallet { wallet, reason }).await?)
}

/// Unfreeze a wallet
///
/// Money may leave it again. Only an approver says so, never whoever asks for the money.
#[utoipa::path(post, path = "/v1/wallets/{id}/unfreeze", tag = "risk", request_body = FreezeBody,
    params(("id" = String, Path, description = "The wallet's id", example = "C00042.CNY")),
    responses((status = 200, body = FreezeOutcome)))]
pub(super) async fn unfreeze_wallet(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, wallet, FreezeBody { reason }) =
        input.read(Action::UnfreezeWallets, ProblemKind::WalletNotFound)?;
    done(&commands::unfreeze_wallet(state.book(), context, UnfreezeWallet { wallet, reason }).await?)
}
