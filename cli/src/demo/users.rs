//! The users of the demonstration, with passwords anyone may know.

use sqlx::PgPool;
use tallybook_api::access::{self, AccessError, NewUser, Role};

use crate::environment;

/// A user to sign in with.
#[derive(Debug)]
pub struct DemoUser {
    pub name: &'static str,
    pub password: &'static str,
    pub role: Role,
    pub what: &'static str,
}

pub const USERS: &[DemoUser] = &[
    DemoUser {
        name: "finance",
        password: "finance-demo",
        role: Role::Finance,
        what: "records deposits, asks for withdrawals",
    },
    DemoUser {
        name: "approver",
        password: "approver-demo",
        role: Role::Approver,
        what: "approves withdrawals",
    },
    DemoUser {
        name: "operator",
        password: "operator-demo",
        role: Role::Operator,
        what: "registers customers, records deposits",
    },
    DemoUser { name: "auditor", password: "auditor-demo", role: Role::Auditor, what: "reads everything" },
];

/// Makes the users that are not there yet.
pub(super) async fn make(pool: &PgPool) -> Result<(), AccessError> {
    for user in USERS {
        let new = NewUser {
            name: user.name.to_owned(),
            role: user.role,
            password: user.password.to_owned(),
            created_by: "cli:demo".to_owned(),
        };
        match access::create_user(pool, new, environment::now()).await {
            Ok(_) | Err(AccessError::UserExists { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
