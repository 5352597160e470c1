//! Changing the rules of matching.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::settlement::{self as commands, ChangeMatchingRules};
use tallybook_domain::settlement::matching::{MatchingRule, RuleName, RuleSet};
use tallybook_read_models::schema;
use utoipa::ToSchema;

use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, JsonValue, ReadBody, list, money, number, object, text};
use crate::state::ApiState;

/// Rules there can be.
const RULES: usize = RuleName::ALL.len();
/// Currencies with a tolerance of their own.
const CURRENCIES: usize = 50;
/// Customers whose money pays their oldest bills.
const CUSTOMERS: usize = 1_000;

/// All rules, in the place of those before.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read into ChangeMatchingRules")]
pub(super) struct MatchingRulesBody {
    /// From this score on a proposal is posted by itself. None is, if left out.
    #[schema(example = "0.95")]
    automatic_from: Option<String>,
    /// Tried in this order; each at most once.
    rules: Vec<schema::MatchingRule>,
    /// The version that was changed: refused, if somebody else has changed it meanwhile.
    expected_version: Option<u32>,
}

/// The rules as the command left them.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::settlement::MatchingRulesOutcome")]
pub(super) struct MatchingRulesOutcome {
    version: u32,
    #[schema(nullable = false, example = "0.95")]
    automatic_from: Option<String>,
    rules: Vec<schema::MatchingRule>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// What the handler reads.
struct ReadRules(ChangeMatchingRules);

impl ReadBody for ReadRules {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let automatic_from = body.optional("automatic_from", text);
        let rules = body.required("rules", |value| list(value, RULES, rule));
        let expected_version = body.optional("expected_version", |value| number(value, 0..=u32::MAX));
        let rules = all(rules?)?;
        let rules = RuleSet { automatic_from, rules };
        if let Err(invalid) = rules.check() {
            body.refuse(&format!("/rules/{}", invalid.rule()), invalid.code(), invalid.to_string());
            return None;
        }
        Some(Self(ChangeMatchingRules { rules, expected_version }))
    }
}

/// Members only some rules have.
const OF_SOME: &[&str] = &["most", "absolute", "rate", "reason", "customers"];

fn rule(value: JsonValue<'_, '_>) -> Option<MatchingRule> {
    object(value, |rule| {
        let on = rule.required("on", |value| value.boolean());
        let Some(name) = rule.required("rule", text::<RuleName>) else {
            rule.skip(OF_SOME);
            return None;
        };
        match name {
            RuleName::Reference => Some(MatchingRule::Reference { on: on? }),
            RuleName::ExactBill => Some(MatchingRule::ExactBill { on: on? }),
            RuleName::ExactBills => {
                let most = rule.required("most", |value| number(value, 0..=u32::from(u8::MAX)));
                Some(MatchingRule::ExactBills { on: on?, most: u8::try_from(most?).ok()? })
            }
            RuleName::WithinTolerance => {
                let absolute = rule.optional("absolute", |value| list(value, CURRENCIES, money));
                let rate = rule.optional("rate", text);
                let reason = rule.required("reason", text);
                let absolute = absolute.map_or(Some(Vec::new()), all)?;
                Some(MatchingRule::WithinTolerance { on: on?, absolute, rate, reason: reason? })
            }
            RuleName::OldestFirst => {
                let customers = rule.optional("customers", |value| list(value, CUSTOMERS, text));
                let customers = match customers {
                    Some(customers) => Some(all(customers)?),
                    None => None,
                };
                Some(MatchingRule::OldestFirst { on: on?, customers })
            }
        }
    })
}

fn all<T>(values: Vec<Option<T>>) -> Option<Vec<T>> {
    values.into_iter().collect()
}

/// Change the rules of matching
///
/// All of them at once, as a new version; the same again changes nothing. `tallybook write-off backtest` tries rules on
/// past months before they count.
#[utoipa::path(post, path = "/v1/matching-rules", tag = "write-offs", request_body = MatchingRulesBody,
    responses((status = 200, body = MatchingRulesOutcome)))]
pub(super) async fn change_matching_rules(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageMatchingRules)?;
    let (context, ReadRules(change)) = input.command(&caller)?;
    done(&commands::change_matching_rules(state.book(), context, change).await?)
}
