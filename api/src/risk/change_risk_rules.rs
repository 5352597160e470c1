//! Changing the rules of risk.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::risk::{self as commands, ChangeRiskRules};
use tallybook_domain::Money;
use tallybook_domain::risk::{MOST_POINTS, Recent, RiskRule, RiskRuleName, RiskRuleSet, Window};
use tallybook_read_models::schema;
use utoipa::ToSchema;

use crate::access::{Action, Caller};
use crate::answer::done;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, JsonValue, ReadBody, list, money, number, object, text};
use crate::state::ApiState;

/// Rules there can be: each at most once for each window.
const RULES: usize = RiskRuleName::ALL.len() * Window::ALL.len();
/// Currencies with an amount of their own.
const CURRENCIES: usize = 50;

/// All rules, in the place of those before.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what is read into ChangeRiskRules")]
pub(super) struct RiskRulesBody {
    /// From this score on somebody has to look at a withdrawal before it is approved.
    #[schema(minimum = 1, maximum = 1000)]
    review_from: u32,
    /// From this score on, and who lets it go may not be the one who approves it.
    #[schema(minimum = 1, maximum = 1000)]
    block_from: u32,
    /// Each at most once, those with a window once for each.
    rules: Vec<schema::RiskRule>,
    /// The version that was changed: refused, if somebody else has changed it meanwhile.
    expected_version: Option<u32>,
}

/// The rules as the command left them.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::risk::RiskRulesOutcome")]
pub(super) struct RiskRulesOutcome {
    version: u32,
    review_from: u32,
    block_from: u32,
    rules: Vec<schema::RiskRule>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// What the handler reads.
struct ReadRules(ChangeRiskRules);

impl ReadBody for ReadRules {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let review_from = body.required("review_from", whole);
        let block_from = body.required("block_from", whole);
        let rules = body.required("rules", |value| list(value, RULES, rule));
        let expected_version = body.optional("expected_version", whole);
        let rules = all(rules?)?;
        let rules = RiskRuleSet { review_from: review_from?, block_from: block_from?, rules };
        if let Err(invalid) = rules.check() {
            body.refuse(&invalid.pointer(), invalid.code(), invalid.to_string());
            return None;
        }
        Some(Self(ChangeRiskRules { rules, expected_version }))
    }
}

/// Members only some rules have.
const OF_SOME: &[&str] = &[
    "window",
    "above",
    "most",
    "registered_within",
    "deposited_within",
    "hours",
    "share",
    "times",
    "after",
    "from",
];

fn rule(value: JsonValue<'_, '_>) -> Option<RiskRule> {
    object(value, |rule| {
        let on = rule.required("on", |value| value.boolean());
        let points = rule.required("points", |value| number(value, 0..=MOST_POINTS));
        let Some(name) = rule.required("rule", text::<RiskRuleName>) else {
            rule.skip(OF_SOME);
            return None;
        };
        read_rule(name, rule, (on, points))
    })
}

fn read_rule(
    name: RiskRuleName,
    rule: &mut BodyReader<'_, '_>,
    (on, points): (Option<bool>, Option<u32>),
) -> Option<RiskRule> {
    match name {
        RiskRuleName::WithdrawalRate => {
            let (window, above) = (rule.required("window", text), rule.required("above", text));
            let (from, on, points) = (from(rule)?, on?, points?);
            Some(RiskRule::WithdrawalRate { on, points, window: window?, above: above?, from })
        }
        RiskRuleName::AmountVelocity => {
            let (window, most) = (rule.required("window", text), rule.required("most", amounts));
            Some(RiskRule::AmountVelocity { on: on?, points: points?, window: window?, most: most? })
        }
        RiskRuleName::CountVelocity => {
            let (window, most) = (rule.required("window", text), rule.required("most", whole));
            Some(RiskRule::CountVelocity { on: on?, points: points?, window: window?, most: most? })
        }
        RiskRuleName::FirstWithdrawal => {
            let registered_within = rule.optional("registered_within", whole);
            let deposited_within = rule.optional("deposited_within", whole);
            let (from, on, points) = (from(rule)?, on?, points?);
            Some(RiskRule::FirstWithdrawal { on, points, registered_within, deposited_within, from })
        }
        RiskRuleName::InAndOut => {
            let (hours, share) = (recent(rule), rule.required("share", text));
            let (from, on, points) = (from(rule)?, on?, points?);
            Some(RiskRule::InAndOut { on, points, hours: hours?, share: share?, from })
        }
        RiskRuleName::NewDestination => {
            Some(RiskRule::NewDestination { from: from(rule)?, on: on?, points: points? })
        }
        RiskRuleName::SharedDestination => {
            Some(RiskRule::SharedDestination { from: from(rule)?, on: on?, points: points? })
        }
        RiskRuleName::AboveAverage => {
            let (times, after) = (rule.required("times", text), rule.required("after", whole));
            let (from, on, points) = (from(rule)?, on?, points?);
            Some(RiskRule::AboveAverage { on, points, times: times?, after: after?, from })
        }
        // Read from no text.
        RiskRuleName::NotKnown => None,
    }
}

/// Nothing, if it is left out.
fn from(rule: &mut BodyReader<'_, '_>) -> Option<Vec<Money>> {
    rule.optional("from", |value| list(value, CURRENCIES, money)).map_or(Some(Vec::new()), all)
}

fn amounts(value: JsonValue<'_, '_>) -> Option<Vec<Money>> {
    list(value, CURRENCIES, money).and_then(all)
}

fn whole(value: JsonValue<'_, '_>) -> Option<u32> {
    number(value, 0..=u32::MAX)
}

/// One of the few spans that are known of every withdrawal.
fn recent(rule: &mut BodyReader<'_, '_>) -> Option<Recent> {
    match Recent::try_from(rule.required("hours", whole)?) {
        Ok(recent) => Some(recent),
        Err(invalid) => {
            rule.refuse("/hours", invalid.code(), invalid.to_string());
            None
        }
    }
}

fn all<T>(values: Vec<Option<T>>) -> Option<Vec<T>> {
    values.into_iter().collect()
}

/// Change the rules of risk
///
/// All of them at once, as a new version; the same again changes nothing. They count for withdrawals that are asked for
/// from then on.
#[utoipa::path(post, path = "/v1/risk/rules", tag = "risk", request_body = RiskRulesBody,
    responses((status = 200, body = RiskRulesOutcome)))]
pub(super) async fn change_risk_rules(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageRiskRules)?;
    let (context, ReadRules(change)) = input.command(&caller)?;
    done(&commands::change_risk_rules(state.book(), context, change).await?)
}
