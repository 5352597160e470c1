//! Judging a withdrawal: what each rule says of it, and what that comes to.
//!
//! Pure: the same rules on the same inputs judge the same, today and in ten years.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

use super::words::{self, within};
use super::{
    Assessment, Ratio, Recent, RiskInputs, RiskOutcome, RiskRule, RiskRuleName, RiskRuleSet, RuleResult,
    Window,
};
use crate::money::{Money, MoneyError};

/// Whether a rule hits, and what it says.
type Verdict = Result<(bool, String), MoneyError>;

/// Judges by the rules of this version. Refused only where the sums are more than money can be.
///
/// What was not known in time is not held against anybody, but somebody has to look.
pub fn assess(rules: &RiskRuleSet, rules_version: u32, inputs: RiskInputs) -> Result<Assessment, MoneyError> {
    let mut results = Vec::new();
    for rule in rules.rules.iter().filter(|rule| rule.is_on()) {
        let (hit, reason) = match too_small(rule, &inputs) {
            Some(reason) => (false, reason),
            None => judge(rule, &inputs)?,
        };
        let points = if hit { rule.points() } else { 0 };
        results.push(RuleResult { rule: rule.name(), window: rule.window(), hit, points, reason });
    }
    let score = results.iter().fold(0_u32, |sum, result| sum.saturating_add(result.points));
    let mut outcome = rules.outcome(score);
    if inputs.known.is_none() {
        outcome = outcome.max(RiskOutcome::Review);
        let reason = words::NOT_KNOWN.to_owned();
        results.push(RuleResult { rule: RiskRuleName::NotKnown, window: None, hit: true, points: 0, reason });
    }
    Ok(Assessment { rules_version, inputs, results, score, outcome })
}

fn too_small(rule: &RiskRule, inputs: &RiskInputs) -> Option<String> {
    let of_currency = |from: &&Money| from.currency() == inputs.amount.currency();
    let from = rule.from().iter().find(of_currency)?;
    (inputs.amount.amount() < from.amount()).then(|| words::too_small(*from))
}

fn judge(rule: &RiskRule, inputs: &RiskInputs) -> Verdict {
    match rule {
        RiskRule::WithdrawalRate { window, above, .. } => withdrawal_rate(inputs, *window, *above),
        RiskRule::AmountVelocity { window, most, .. } => amount_velocity(inputs, *window, most),
        RiskRule::CountVelocity { window, most, .. } => Ok(count_velocity(inputs, *window, *most)),
        RiskRule::FirstWithdrawal { registered_within, deposited_within, .. } => {
            Ok(first_withdrawal(inputs, *registered_within, *deposited_within))
        }
        RiskRule::InAndOut { hours, share, .. } => in_and_out(inputs, *hours, *share),
        RiskRule::NewDestination { .. } => Ok(new_destination(inputs)),
        RiskRule::SharedDestination { .. } => Ok(shared_destination(inputs)),
        RiskRule::AboveAverage { times, after, .. } => Ok(above_average(inputs, *times, *after)),
    }
}

/// What did not leave after all is not counted, this one always is. Without a deposit there is no rate low enough.
fn withdrawal_rate(inputs: &RiskInputs, window: Window, above: Ratio) -> Verdict {
    let Some(known) = &inputs.known else { return Ok((false, words::NOT_KNOWN.to_owned())) };
    let before = inputs.before.within(window).amount.checked_sub(known.given_back.within(window))?;
    let before = if before.is_negative() { Money::zero(before.currency()) } else { before };
    let withdrawn = before.checked_add(inputs.amount)?;
    let came_in = known.came_in.within(window);
    let hit = !came_in.is_positive() || withdrawn.amount() > above.times(came_in);
    Ok((hit, words::withdrawal_rate(withdrawn, came_in, (window, above))))
}

fn amount_velocity(inputs: &RiskInputs, window: Window, most: &[Money]) -> Verdict {
    let total = inputs.before.within(window).amount.checked_add(inputs.amount)?;
    let within = within(window);
    let Some(most) = most.iter().find(|most| most.currency() == total.currency()) else {
        return Ok((false, format!("{total} asked for {within}: there is no limit in this currency")));
    };
    let hit = total.amount() > most.amount();
    Ok((hit, format!("{total} asked for {within}, the limit is {most}")))
}

fn count_velocity(inputs: &RiskInputs, window: Window, most: u32) -> (bool, String) {
    let count = inputs.before.within(window).count.saturating_add(1);
    (count > most, format!("{count} asked for {}, the limit is {most}", within(window)))
}

fn first_withdrawal(inputs: &RiskInputs, registered: Option<u32>, deposited: Option<u32>) -> (bool, String) {
    let Some(known) = &inputs.known else { return (false, words::NOT_KNOWN.to_owned()) };
    if inputs.before.ever > 0 || known.withdrew_before {
        return (false, "not the first withdrawal".to_owned());
    }
    let since = |at: Option<DateTime<Utc>>| at.map(|at| inputs.requested_at.signed_duration_since(at));
    let times = [
        (since(known.registered_at), registered, "registration"),
        (since(known.first_deposit_at), deposited, "first deposit"),
    ];
    for (since, limit, what) in times {
        if let (Some(since), Some(limit)) = (since, limit)
            && since < TimeDelta::hours(i64::from(limit))
        {
            let hours = since.num_hours().max(0);
            return (
                true,
                format!("the first withdrawal, {hours} hours after the {what}, the limit is {limit}"),
            );
        }
    }
    (false, "the first withdrawal, but not in a hurry".to_owned())
}

/// What the customer asked for before on this day goes out too, so that nothing is gained by asking twice.
fn in_and_out(inputs: &RiskInputs, hours: Recent, share: Ratio) -> Verdict {
    let Some(known) = &inputs.known else { return Ok((false, words::NOT_KNOWN.to_owned())) };
    let came_in = known.came_in.lately(hours);
    let out = inputs.before.day.amount.checked_add(inputs.amount)?;
    let about_equal = out.amount() >= share.times(came_in) && came_in.amount() >= share.times(out);
    let hit = came_in.is_positive() && about_equal;
    let hours = hours.hours();
    let reason = format!(
        "{came_in} came in within {hours} hours, {out} goes out today; about the same is {share} of each other"
    );
    Ok((hit, reason))
}

fn new_destination(inputs: &RiskInputs) -> (bool, String) {
    let used = inputs.destination;
    let reason = match (used.used_before, used.others_used) {
        (true, true | false) => "the customer has used the account before",
        (false, true) => "the customer has used other accounts, and never this one",
        (false, false) => "the first account the customer uses",
    };
    (!used.used_before && used.others_used, reason.to_owned())
}

fn shared_destination(inputs: &RiskInputs) -> (bool, String) {
    let others = inputs.destination.other_customers;
    (others > 0, format!("{others} other customers have used the account"))
}

fn above_average(inputs: &RiskInputs, times: Ratio, after: u32) -> (bool, String) {
    let (before, amount) = (inputs.before.month, inputs.amount);
    if before.in_currency < after {
        return (
            false,
            format!("{} withdrawals within 30 days, an average takes {after}", before.in_currency),
        );
    }
    let count = Decimal::from(before.in_currency);
    let together = amount.amount().checked_mul(count).unwrap_or(Decimal::MAX);
    let average = words::average(before.amount, before.in_currency);
    (
        together > times.times(before.amount),
        format!("{amount}, the average is {average}, the limit {times} times that"),
    )
}
