//! Why a user, a key or a session is not what was asked for.

use super::Role;
use crate::problem::{FieldError, Problem, ProblemKind, sentence};

#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    #[error("there is a user {name} already")]
    UserExists { name: String },
    #[error("there is no user {name}")]
    UserNotFound { name: String },
    #[error("a user name has 1 to 64 letters, digits or the signs . _ - @")]
    InvalidName,
    #[error("a password has 8 to 200 characters")]
    InvalidPassword,
    #[error("the user {name} is the last administrator that is not disabled; make another one first")]
    LastAdmin { name: String },
    #[error("there is no API key {id}")]
    ApiKeyNotFound { id: String },
    #[error("there is, or was, an API key called {name}; every key has a name of its own")]
    ApiKeyNameTaken { name: String },
    #[error("the stored role {0:?} is not one of {all:?}", all = Role::ALL)]
    UnknownRole(String),
    #[error("hashing failed: {0}")]
    Hashing(String),
    #[error("the operating system gave no random numbers: {0}")]
    Randomness(String),
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let detail = sentence(&error);
        match error {
            AccessError::UserExists { name } => Self::new(ProblemKind::UserExists, detail).with("name", name),
            AccessError::UserNotFound { name } => {
                Self::new(ProblemKind::UserNotFound, detail).with("name", name)
            }
            AccessError::InvalidName => invalid("/name", "malformed", error.to_string()),
            AccessError::InvalidPassword => invalid("/password", "length", error.to_string()),
            AccessError::LastAdmin { name } => Self::new(ProblemKind::LastAdmin, detail).with("name", name),
            AccessError::ApiKeyNotFound { id } => {
                Self::new(ProblemKind::ApiKeyNotFound, detail).with("id", id)
            }
            AccessError::ApiKeyNameTaken { name } => {
                Self::new(ProblemKind::ApiKeyNameTaken, detail).with("name", name)
            }
            AccessError::UnknownRole(_) | AccessError::Hashing(_) | AccessError::Randomness(_) => {
                Self::internal(error)
            }
            AccessError::Database(error) => error.into(),
        }
    }
}

fn invalid(pointer: &str, code: &'static str, detail: String) -> Problem {
    Problem::validation(vec![FieldError { pointer: pointer.into(), code, detail }])
}
