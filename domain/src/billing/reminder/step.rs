//! The steps of the schedule, the ways a reminder goes out, and how far it is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::text::{self, InvalidText};

/// When a customer is reminded, counted from the day on which the bill is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReminderStep {
    #[serde(rename = "before_due")]
    BeforeDue,
    #[serde(rename = "due")]
    Due,
    #[serde(rename = "overdue_7")]
    Overdue7,
    #[serde(rename = "overdue_15")]
    Overdue15,
    #[serde(rename = "overdue_30")]
    Overdue30,
}

impl ReminderStep {
    /// In the order of their days.
    pub const ALL: [Self; 5] = [Self::BeforeDue, Self::Due, Self::Overdue7, Self::Overdue15, Self::Overdue30];

    /// Days after the due date; before it, if negative.
    pub fn days(self) -> i64 {
        match self {
            Self::BeforeDue => -3,
            Self::Due => 0,
            Self::Overdue7 => 7,
            Self::Overdue15 => 15,
            Self::Overdue30 => 30,
        }
    }

    /// The latest step a bill has come to: those before it are passed over. `None`: it is not time yet.
    pub fn reached(due_date: NaiveDate, today: NaiveDate) -> Option<Self> {
        let days = today.signed_duration_since(due_date).num_days();
        Self::ALL.into_iter().rfind(|step| step.days() <= days)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BeforeDue => "before_due",
            Self::Due => "due",
            Self::Overdue7 => "overdue_7",
            Self::Overdue15 => "overdue_15",
            Self::Overdue30 => "overdue_30",
        }
    }
}

/// A way out of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderChannel {
    Email,
    Webhook,
}

impl ReminderChannel {
    pub const ALL: [Self; 2] = [Self::Email, Self::Webhook];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
        }
    }
}

/// How far a reminder is on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderStatus {
    /// Not delivered yet, or nobody knows.
    Pending,
    Sent,
    /// Given up.
    Failed,
    /// There was no reason to send it any more.
    Withdrawn,
}

impl ReminderStatus {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Sent, Self::Failed, Self::Withdrawn];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl std::str::FromStr for ReminderStatus {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "pending, sent, failed or withdrawn")
    }
}

macro_rules! shown_as_word {
    ($($name:ident),+) => {
        $(impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        })+
    };
}

shown_as_word!(ReminderStep, ReminderChannel, ReminderStatus);
