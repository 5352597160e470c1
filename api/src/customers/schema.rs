//! How the answers to commands on customers look in OpenAPI. Described here only; never made or read.

use tallybook_read_models::schema::CustomerStatus;
use utoipa::ToSchema;

/// The customer as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::customers::CustomerOutcome")]
pub(crate) struct CustomerOutcome {
    #[schema(example = "C00042")]
    id: String,
    name: String,
    status: CustomerStatus,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// Who was given to another account manager.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::customers::AccountManagerOutcome")]
pub(crate) struct AccountManagerOutcome {
    /// The customers that were given to another.
    assigned: Vec<String>,
    /// How many were with the new one already.
    unchanged: u64,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::customers::{AccountManagerOutcome, CustomerOutcome};
    use tallybook_domain::CustomerId;
    use tallybook_domain::customers::CustomerStatus;

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcome_is_described_as_it_is() {
        let outcome = CustomerOutcome {
            id: CustomerId::from_number(42),
            name: "Acme".parse().unwrap(),
            status: CustomerStatus::Active,
        };
        assert_described("CustomerOutcome", &outcome);
        let given = AccountManagerOutcome { assigned: vec![outcome.id], unchanged: 0 };
        assert_described("AccountManagerOutcome", &given);
    }
}
