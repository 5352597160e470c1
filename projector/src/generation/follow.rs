//! A generation that has its indexes, following the journal further.

use sqlx::{Connection, PgConnection, PgPool};
use tallybook_read_models::Projection;
use tallybook_read_models::fold::Tables;
use tokio_util::sync::CancellationToken;

use super::GenerationError;
use crate::engine::{fold_page, write_rows};
use crate::journal::read;

/// Events folded and written at a time.
const PAGE: u64 = 10_000;

/// What following is given.
pub(crate) struct Follower<'a> {
    /// Inside the generation's schema.
    pub(crate) connection: &'a mut PgConnection,
    pub(crate) pool: &'a PgPool,
    /// Everything up to here is in the tables.
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) cancelled: &'a CancellationToken,
}

/// Brings a projection's tables from one position to another, page by page.
pub(crate) async fn follow<P: Projection>(follower: Follower<'_>) -> Result<(), GenerationError> {
    let Follower { connection, pool, mut from, to, cancelled } = follower;
    let mut tables = P::Tables::cached();
    while from < to {
        if cancelled.is_cancelled() {
            return Err(GenerationError::Cancelled);
        }
        let count = PAGE.min(to - from);
        let page = read(pool, from, count, &tallybook_domain::upcasters()).await?;
        let found = page.events().len() as u64;
        if found < count {
            let end = from + found;
            return Err(GenerationError::Gap(format!(
                "the journal ends at {end}, and a projection claims to be at {to}"
            )));
        }
        let mut transaction = connection.begin().await?;
        let folded = fold_page::<P>(&mut transaction, &mut tables, page.events()).await?;
        if let Some(unfoldable) = folded.unfoldable {
            let (projection, position, reason) = (P::NAME, unfoldable.position, unfoldable.reason);
            return Err(GenerationError::Refused { projection, position, reason });
        }
        write_rows(&mut transaction, &tables.all()).await?;
        transaction.commit().await?;
        tables.settle_all(PAGE as usize);
        from = folded.position;
    }
    Ok(())
}
