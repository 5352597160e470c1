//! How a customer and we stand: what is owed of bills, and what is left of the money that came in.

use serde::Serialize;
use tallybook_domain::settlement::statement::Standing;
use tallybook_domain::{Money, MoneyError};
use utoipa::ToSchema;

use crate::query::{ReadError, Total};
use crate::schema;

/// How a customer and we stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerBalance {
    /// What the customer owes of bills.
    #[schema(value_type = schema::Money)]
    pub receivable: Total,
    /// What is left of the customer's receipts and credit notes.
    #[schema(value_type = schema::Money)]
    pub advance: Total,
    /// `receivable` less `advance`; negative where we owe the customer.
    #[schema(value_type = schema::Money)]
    pub balance: Total,
}

impl CustomerBalance {
    pub(super) fn of(standing: &Standing) -> Result<Self, MoneyError> {
        let [receivable, advance, balance] =
            [standing.receivable, standing.advance, standing.balance()?].map(Total::from);
        Ok(Self { receivable, advance, balance })
    }

    pub(super) fn between(receivable: Total, advance: Total) -> Result<Self, ReadError> {
        Ok(Self { receivable, advance, balance: receivable.minus(advance)? })
    }

    /// As a statement that is issued has it.
    pub fn standing(&self) -> Result<Standing, MoneyError> {
        let [receivable, advance] =
            [self.receivable, self.advance].map(|total| Money::new(total.amount(), total.currency()));
        Ok(Standing { receivable: receivable?, advance: advance? })
    }
}
