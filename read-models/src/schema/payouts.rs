//! How payouts look in OpenAPI. Described here only; never made or read.

use chrono::NaiveDate;
use utoipa::ToSchema;

use super::Money;

/// The way in which a payout gets to the bank.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PayoutAdapterKind {
    /// In a file, by a person.
    Manual,
    Http,
}

/// How far a payout has come.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PayoutState {
    /// The order is written; nothing has been sent.
    Prepared,
    Sending,
    /// It was sent, and nobody knows whether it has arrived. It is asked about, and never sent again.
    Unknown,
    /// The bank has it, and has not paid yet.
    Accepted,
    /// What was said of it cannot be true: a person decides.
    Doubted,
    Succeeded,
    Failed,
    /// The bank had paid, and the money came back.
    Returned,
}

/// Why it is not known what became of a payout.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum UnknownCause {
    Unreachable,
    BrokenOff,
    TimedOut,
    /// Answered with a status that says that it is no answer, such as 500.
    NotAnswered,
    Unreadable,
    /// The process that sent it ended before it could record an answer.
    Interrupted,
    /// It was sent, and the endpoint does not know it.
    NotFound,
}

/// What was said of a payout that is not believed.
#[derive(Debug, ToSchema)]
#[schema(as = PayoutDoubt)]
pub struct PayoutDoubt {
    pub about: PayoutDoubtAbout,
    /// Of `another_amount`: what was said.
    #[schema(nullable = false)]
    pub amount: Option<Money>,
    /// Of `paid_date`: what was said.
    #[schema(nullable = false)]
    pub paid_date: Option<NaiveDate>,
    /// Of `contradiction`: what was said.
    #[schema(nullable = false)]
    pub status: Option<AnsweredStatus>,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PayoutDoubtAbout {
    /// The answer names another payout.
    AnotherPayout,
    AnotherAmount,
    /// Paid on a day on which that cannot be.
    PaidDate,
    /// Something else was recorded before.
    Contradiction,
    /// It had been accepted, and now it is not known.
    Forgotten,
}

/// What an endpoint says became of a payout.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum AnsweredStatus {
    Accepted,
    Succeeded,
    Failed,
    Returned,
}

/// Whose account pays.
#[derive(Debug, ToSchema)]
#[schema(as = Debtor)]
pub struct Debtor {
    pub name: String,
    pub account: String,
    /// A BIC or a CNAPS number.
    pub bank_code: String,
}

#[cfg(test)]
mod tests {
    use tallybook_domain::payouts;

    use super::super::tests::assert_words;
    use super::*;

    #[test]
    fn the_words_are_those_of_the_domain() {
        assert_words::<PayoutAdapterKind>(&payouts::PayoutAdapterKind::ALL);
        assert_words::<PayoutState>(&payouts::PayoutState::ALL);
        assert_words::<UnknownCause>(&payouts::UnknownCause::ALL);
        assert_words::<AnsweredStatus>(&payouts::AnsweredStatus::ALL);
    }
}
