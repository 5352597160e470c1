//! A command on one thing that is there: a customer, a deposit, a withdrawal.

use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Request};
use tallybook_commands::CommandContext;

use super::body::ReadBody;
use super::command::CommandInput;
use super::path::PathId;
use crate::access::{Action, Caller};
use crate::problem::{Problem, ProblemKind};
use crate::state::ApiState;

/// Who sends it, what it names, and the raw parts of the rest.
#[derive(Debug)]
pub(crate) struct ChangeInput {
    caller: Caller,
    path: PathId,
    command: CommandInput,
}

impl FromRequest<ApiState> for ChangeInput {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, state).await?;
        let path = PathId::from_request_parts(&mut parts, state).await?;
        let command = CommandInput::from_request(Request::from_parts(parts, body), state).await?;
        Ok(Self { caller, path, command })
    }
}

impl ChangeInput {
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// May the caller, is there such an id, and what is asked for: in this order.
    pub(crate) fn read<Id: FromStr, Body: ReadBody>(
        &self,
        action: Action,
        unknown: ProblemKind,
    ) -> Result<(CommandContext, Id, Body), Problem> {
        self.caller.may(action)?;
        let id = self.path.parse(unknown)?;
        let (context, body) = self.command.command(&self.caller)?;
        Ok((context, id, body))
    }
}
