//! Changing the rules of approval.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::approvals::{self as commands, ChangeApprovalRules};
use tallybook_domain::approvals::{ApprovalKind, ApprovalRuleSet, ApprovalTerms, LadderStep, TermsOfKind};
use tallybook_read_models::schema;
use utoipa::ToSchema;

use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, JsonValue, ReadBody, list, money, number, object, text};
use crate::state::ApiState;

/// Steps of a ladder, in all currencies.
const STEPS: usize = 100;

/// All rules, in the place of those before.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read into ChangeApprovalRules")]
pub(super) struct ApprovalRulesBody {
    /// Of every kind that has no terms of its own.
    usual: schema::ApprovalTerms,
    /// Each kind at most once; none, if left out.
    kinds: Option<Vec<schema::TermsOfKind>>,
    /// Whether changes of price plans take a second person: new versions, and what customers are billed by. They do not, if
    /// left out.
    price_plan_changes: Option<bool>,
    /// The version that was changed: refused, if somebody else has changed it meanwhile.
    expected_version: Option<u32>,
}

/// The rules as the command left them.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::approvals::ApprovalRulesOutcome")]
pub(super) struct ApprovalRulesOutcome {
    version: u32,
    usual: schema::ApprovalTerms,
    kinds: Vec<schema::TermsOfKind>,
    price_plan_changes: bool,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// What the handler reads.
struct ReadRules(ChangeApprovalRules);

impl ReadBody for ReadRules {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let usual = body.required("usual", terms);
        let kinds = body.optional("kinds", |value| list(value, ApprovalKind::ALL.len(), terms_of_kind));
        let price_plan_changes =
            body.optional("price_plan_changes", |value| value.boolean()).unwrap_or(false);
        let expected_version = body.optional("expected_version", whole);
        let kinds = kinds.map_or(Some(Vec::new()), all)?;
        let rules = ApprovalRuleSet { usual: usual?, kinds, price_plan_changes };
        if let Err(invalid) = rules.check() {
            body.refuse(&invalid.pointer(), invalid.code(), invalid.to_string());
            return None;
        }
        Some(Self(ChangeApprovalRules { rules, expected_version }))
    }
}

fn terms_of_kind(value: JsonValue<'_, '_>) -> Option<TermsOfKind> {
    object(value, |own| {
        let (kind, terms) = (own.required("kind", text), own.required("terms", terms));
        Some(TermsOfKind { kind: kind?, terms: terms? })
    })
}

fn terms(value: JsonValue<'_, '_>) -> Option<ApprovalTerms> {
    object(value, |terms| {
        let ladder = terms.required("ladder", |value| list(value, STEPS, step));
        let (above, without_amount) =
            (terms.required("above", whole), terms.required("without_amount", whole));
        let expires_after_hours = terms.required("expires_after_hours", whole);
        Some(ApprovalTerms {
            ladder: all(ladder?)?,
            above: above?,
            without_amount: without_amount?,
            expires_after_hours: expires_after_hours?,
        })
    })
}

fn step(value: JsonValue<'_, '_>) -> Option<LadderStep> {
    object(value, |step| {
        let (up_to, approvers) = (step.required("up_to", money), step.required("approvers", whole));
        Some(LadderStep { up_to: up_to?, approvers: approvers? })
    })
}

fn whole(value: JsonValue<'_, '_>) -> Option<u32> {
    number(value, 0..=u32::MAX)
}

fn all<T>(values: Vec<Option<T>>) -> Option<Vec<T>> {
    values.into_iter().collect()
}

/// Change the rules of approval
///
/// All of them at once, as a new version; the same again changes nothing. They count for what is asked for from then on.
#[utoipa::path(post, path = "/v1/approvals/rules", tag = "approvals", request_body = ApprovalRulesBody,
    responses((status = 200, body = ApprovalRulesOutcome)))]
pub(super) async fn change_approval_rules(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageApprovalRules)?;
    let (context, ReadRules(change)) = input.command(&caller)?;
    done(&commands::change_approval_rules(state.book(), context, change).await?)
}
