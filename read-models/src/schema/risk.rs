//! How rules of risk and judgements look in OpenAPI. Described here only; never made or read.

use chrono::{DateTime, Utc};
use serde_json::Value;
use utoipa::ToSchema;

use super::Money;

/// A rule of risk: what it is called, whether it is on, what a hit counts, and its own parameters.
#[derive(Debug, ToSchema)]
#[schema(as = RiskRule)]
pub struct RiskRule {
    pub rule: RiskRuleName,
    pub on: bool,
    /// What a hit counts, at most 1000.
    pub points: u32,
    /// Of `withdrawal_rate`, `amount_velocity` and `count_velocity`, which may be there once for each.
    #[schema(nullable = false)]
    pub window: Option<RiskWindow>,
    /// Of `withdrawal_rate`: the part of what came in above which it hits.
    #[schema(nullable = false, example = "0.95")]
    pub above: Option<String>,
    /// Of `amount_velocity`: a list of amounts, one in each currency. Of `count_velocity`: a number.
    #[schema(nullable = false, example = 20)]
    pub most: Option<Value>,
    /// Of `first_withdrawal`: hours since the registration.
    #[schema(nullable = false, example = 72)]
    pub registered_within: Option<u32>,
    /// Of `first_withdrawal`: hours since the first deposit.
    #[schema(nullable = false, example = 24)]
    pub deposited_within: Option<u32>,
    /// Of `in_and_out`: 1, 6, 24 or 72.
    #[schema(nullable = false, example = 24)]
    pub hours: Option<u32>,
    /// Of `in_and_out`: which part what comes in and what goes out are of each other.
    #[schema(nullable = false, example = "0.8")]
    pub share: Option<String>,
    /// Of `above_average`: so many times the average.
    #[schema(nullable = false, example = "5")]
    pub times: Option<String>,
    /// Of `above_average`: withdrawals an average takes.
    #[schema(nullable = false, example = 3)]
    pub after: Option<u32>,
    /// Of all but the velocities: amounts, one in each currency, below which it hits nothing.
    #[schema(nullable = false)]
    pub from: Option<Vec<Money>>,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RiskRuleName {
    WithdrawalRate,
    AmountVelocity,
    CountVelocity,
    FirstWithdrawal,
    InAndOut,
    NewDestination,
    SharedDestination,
    AboveAverage,
}

/// Days, the one of the request among them: 1, 7 or 30.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RiskWindow {
    Day,
    Week,
    Month,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RiskOutcome {
    Pass,
    Review,
    Block,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RiskAlertState {
    Open,
    Claimed,
    Released,
    Rejected,
    Closed,
}

/// What somebody decided who has looked at an alert.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RiskResolution {
    Released,
    Rejected,
}

/// How a withdrawal was judged, with all it rests on.
#[derive(Debug, ToSchema)]
#[schema(as = RiskAssessment)]
pub struct Assessment {
    /// The version of the book's rules; 0 is what a book begins with.
    pub rules_version: u32,
    pub inputs: RiskInputs,
    /// Of every rule that was on, in their order.
    pub results: Vec<RiskRuleResult>,
    /// All points together.
    pub score: u32,
    pub outcome: RiskOutcome,
}

/// What one rule said.
#[derive(Debug, ToSchema)]
pub struct RiskRuleResult {
    /// A rule, or `not_known`: what came in was not known in time.
    #[schema(example = "withdrawal_rate")]
    pub rule: String,
    #[schema(nullable = false)]
    pub window: Option<RiskWindow>,
    pub hit: bool,
    pub points: u32,
    /// In words, with the figures.
    pub reason: String,
}

/// What was known of a withdrawal when it was asked for.
#[derive(Debug, ToSchema)]
pub struct RiskInputs {
    pub amount: Money,
    pub requested_at: DateTime<Utc>,
    pub before: RiskRequests,
    pub destination: RiskDestination,
    /// What the read tables knew; left out, if they were too far behind.
    #[schema(nullable = false)]
    pub known: Option<RiskKnown>,
}

/// What the customer had asked for before, whatever became of it.
#[derive(Debug, ToSchema)]
pub struct RiskRequests {
    pub ever: u64,
    pub day: RiskRequestsOfWindow,
    pub week: RiskRequestsOfWindow,
    pub month: RiskRequestsOfWindow,
}

#[derive(Debug, ToSchema)]
pub struct RiskRequestsOfWindow {
    /// From all wallets of the customer.
    pub count: u32,
    /// From this wallet.
    pub in_currency: u32,
    /// From this wallet.
    pub amount: Money,
}

/// Who had had money sent to the account.
#[derive(Debug, ToSchema)]
pub struct RiskDestination {
    pub used_before: bool,
    /// The customer had used another.
    pub others_used: bool,
    pub other_customers: u32,
}

#[derive(Debug, ToSchema)]
pub struct RiskKnown {
    /// How far the read tables had come.
    pub position: u64,
    #[schema(nullable = false)]
    pub registered_at: Option<DateTime<Utc>>,
    #[schema(nullable = false)]
    pub first_deposit_at: Option<DateTime<Utc>>,
    pub withdrew_before: bool,
    pub came_in: RiskCameIn,
    pub given_back: RiskGivenBack,
}

/// What came into the wallet, less what was taken back as a mistake.
#[derive(Debug, ToSchema)]
pub struct RiskCameIn {
    pub hour: Money,
    pub six_hours: Money,
    pub day: Money,
    pub three_days: Money,
    pub week: Money,
    pub month: Money,
}

/// What was asked for and did not leave after all, or came back.
#[derive(Debug, ToSchema)]
pub struct RiskGivenBack {
    pub day: Money,
    pub week: Money,
    pub month: Money,
}

#[cfg(test)]
mod tests {
    use tallybook_domain::risk;

    use super::super::tests::assert_words;
    use super::*;

    #[test]
    fn the_words_are_those_of_the_domain() {
        assert_words::<RiskRuleName>(&risk::RiskRuleName::ALL);
        assert_words::<RiskWindow>(&risk::Window::ALL);
        assert_words::<RiskOutcome>(&risk::RiskOutcome::ALL);
        assert_words::<RiskAlertState>(&risk::AlertState::ALL);
        assert_words::<RiskResolution>(&risk::Resolution::ALL);
    }
}
