//! What is heard of a payout: an answer, that nobody knows it, or nothing that can be used.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::deposits::ChannelReference;
use crate::money::Money;
use crate::payouts::PayoutId;
use crate::text::{self, InvalidText, Reason};

/// What came of sending it, or of asking about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    Answer(PayoutAnswer),
    /// Who was asked does not know this payout.
    NotFound,
    /// Whoever sent it got nothing that says what became of it. Who asks and gets nothing has heard nothing.
    Nothing(UnknownCause),
}

/// An answer that could be read. Whether it can be believed is the payout's to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutAnswer {
    /// `None`: the id it names is no payout's.
    pub payout: Option<PayoutId>,
    /// `None` only where a refusal need not repeat it.
    pub amount: Option<Money>,
    pub status: AnsweredStatus,
    /// The bank's number of the payment.
    pub bank_reference: Option<ChannelReference>,
    /// Why it failed, or came back.
    pub reason: Option<Reason>,
    pub paid_date: Option<NaiveDate>,
}

impl PayoutAnswer {
    /// Its reason, or that it gives none.
    pub fn explained(&self) -> Reason {
        self.reason.clone().unwrap_or_else(|| {
            let text = format!("the bank says {} and no reason", self.status.as_str());
            text.parse().expect("it is a line of a few words")
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredStatus {
    Accepted,
    Succeeded,
    Failed,
    Returned,
}

impl AnsweredStatus {
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Succeeded, Self::Failed, Self::Returned];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Returned => "returned",
        }
    }
}

impl std::str::FromStr for AnsweredStatus {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "accepted, succeeded, failed or returned")
    }
}

/// Why it is not known what became of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownCause {
    Unreachable,
    /// The connection ended before the answer did.
    BrokenOff,
    TimedOut,
    /// An answer that says it is not one, such as 500.
    NotAnswered,
    /// An answer that cannot be read.
    Unreadable,
    /// The process that sent it ended before it could record an answer.
    Interrupted,
    /// It was sent, and who was asked does not know it.
    NotFound,
}

impl UnknownCause {
    pub const ALL: [Self; 7] = [
        Self::Unreachable,
        Self::BrokenOff,
        Self::TimedOut,
        Self::NotAnswered,
        Self::Unreadable,
        Self::Interrupted,
        Self::NotFound,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::BrokenOff => "broken_off",
            Self::TimedOut => "timed_out",
            Self::NotAnswered => "not_answered",
            Self::Unreadable => "unreadable",
            Self::Interrupted => "interrupted",
            Self::NotFound => "not_found",
        }
    }
}

impl std::fmt::Display for UnknownCause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an answer is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum PayoutDoubt {
    /// It names another payout.
    AnotherPayout,
    /// It names another amount, or another currency.
    AnotherAmount { amount: Money },
    /// It says that it was paid on a day on which that cannot be.
    PaidDate { paid_date: NaiveDate },
    /// It contradicts what was recorded before.
    Contradiction { status: AnsweredStatus },
    /// It had been accepted, and now nobody knows it.
    Forgotten,
}
