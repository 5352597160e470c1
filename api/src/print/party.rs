//! Whom a page is for.

use sqlx::PgPool;
use tallybook_domain::CustomerId;
use tallybook_read_models::customers::find_customer;

use crate::problem::Problem;

/// A customer, as far as one stands on a page.
pub(crate) struct Party {
    pub(crate) id: CustomerId,
    pub(crate) name: String,
    pub(crate) tax_number: Option<String>,
}

impl Party {
    /// Whoever something was recorded for was registered before.
    pub(crate) async fn find(pool: &PgPool, id: &CustomerId) -> Result<Self, Problem> {
        let customer = find_customer(pool, id).await?.data;
        let customer =
            customer.ok_or_else(|| Problem::internal(format_args!("there is no customer {id}")))?;
        let tax_number = customer.profile.tax_number.map(|number| number.to_string());
        Ok(Self { id: id.clone(), name: customer.name.to_string(), tax_number })
    }
}
