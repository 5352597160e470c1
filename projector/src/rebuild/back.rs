//! Going back to the generation that was replaced.

use sqlx::PgConnection;
use tallybook_event_store::journal::unsigned;
use tallybook_event_store::schema::patient_connection;

use super::blockers::InTheWay;
use super::dependents::dependents;
use super::logbook::{Logbook, Undertaking};
use super::run::Held;
use super::swap::{BETWEEN_TRIES, Generation, Swap, Way, in_use, locked, previous};
use super::sweep::sweep_first;
use super::takeover::Takeover;
use super::{Blocker, RebuildError, RebuildOutcome, RebuildRequest, Rebuilder, Unfinished};
use crate::Registered;
use crate::generation::Phase;

impl Rebuilder {
    /// Swaps the tables in use with those kept from the last swap, which then follow the journal from where they were
    /// left. Doing it twice changes nothing but that. Who reads the tables is waited for.
    pub async fn back(&self, projection: Registered) -> Result<RebuildOutcome, RebuildError> {
        sweep_first(&self.pool, &self.schema).await;
        let held = self.hold(&[projection]).await?;
        let request = RebuildRequest::default();
        let undertaking = Undertaking { run: held.site.run, request, back: true, by: &self.by };
        let logbook = match Logbook::begin(&self.pool, &[projection], undertaking).await {
            Ok(logbook) => logbook,
            Err(error) => {
                self.let_go(held).await;
                return Err(error);
            }
        };
        let done = tokio::select! {
            done = self.go_back(projection, (&held, &logbook)) => done,
            never = logbook.follow(&self.progress, &self.cancelled) => match never {},
        };
        logbook.end(projection.name, &self.progress, done.as_ref()).await;
        self.let_go(held).await;
        done
    }

    /// The same for several, one after the other, up to the first that cannot go back.
    pub async fn back_all(&self, projections: &[Registered]) -> Result<Vec<RebuildOutcome>, Unfinished> {
        let mut outcomes = Vec::with_capacity(projections.len());
        for (done, projection) in projections.iter().enumerate() {
            match self.back(*projection).await {
                Ok(outcome) => outcomes.push(outcome),
                Err(cause) => return Err(Unfinished::after(&outcomes, &projections[done..], cause)),
            }
        }
        Ok(outcomes)
    }

    async fn go_back(
        &self,
        projection: Registered,
        (held, logbook): (&Held, &Logbook),
    ) -> Result<RebuildOutcome, RebuildError> {
        let mut connection = patient_connection(&self.pool).await?;
        let new = self.way_back(&mut connection, projection).await?;
        let swap = Swap {
            projection,
            way: Way::Back,
            site: &held.site.place,
            lock: &held.lock,
            logbook,
            progress: &self.progress,
            new,
            outcome: RebuildOutcome {
                projection: projection.name.to_owned(),
                position: new.position,
                differences: None,
                swapped: false,
                replaced_position: None,
                dependents: dependents(&self.pool, &in_use(&self.schema, projection)).await?,
            },
        };
        self.progress.enter(Phase::Swapping);
        let mut in_the_way = InTheWay::of(locked(&self.schema, projection));
        loop {
            if in_the_way.still(&mut connection).await?.is_empty() {
                let takeover = Takeover::begin(&self.pool, projection.name).await?;
                let tried = swap.attempt(&mut connection, &takeover).await;
                let looked = in_the_way.look(&mut connection).await.map(<[Blocker]>::to_vec);
                takeover.end().await;
                if let Some(outcome) = tried? {
                    return Ok(outcome);
                }
                self.progress.wait_for(looked?);
            }
            self.pause(BETWEEN_TRIES).await?;
        }
    }

    /// What the tables are that are kept, if they can be used again.
    async fn way_back(
        &self,
        connection: &mut PgConnection,
        projection: Registered,
    ) -> Result<Generation, RebuildError> {
        let name = || projection.name.to_owned();
        let kept = sqlx::query!(
            "SELECT version, position FROM previous_generations WHERE projection = $1",
            projection.name
        )
        .fetch_optional(&self.pool)
        .await?;
        let kept = kept.ok_or_else(|| RebuildError::NoPrevious { name: name() })?;
        let place = previous(&self.schema);
        for table in projection.table_names() {
            let there: bool = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
                .bind(place.table(table))
                .fetch_one(&self.pool)
                .await?;
            if !there {
                return Err(RebuildError::NoPrevious { name: name() });
            }
        }
        if kept.version != projection.version {
            return Err(RebuildError::PreviousIsDifferent { name: name() });
        }
        for table in projection.table_names() {
            let kept = definition(connection, place.table(table)).await?;
            if kept != definition(connection, place.books(table)).await? {
                return Err(RebuildError::PreviousIsDifferent { name: name() });
            }
        }
        Ok(Generation { version: kept.version, position: unsigned(kept.position)? })
    }
}

/// Columns, constraints and indexes of a table, whatever schema it is in. Migrations change those of the tables in use
/// only, and programs rely on them.
async fn definition(connection: &mut PgConnection, table: String) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
           FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
          WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
         UNION ALL
         SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
          WHERE conrelid = $1::regclass AND contype IN ('c', 'p', 'u')
         UNION ALL
         SELECT replace(pg_get_indexdef(indexrelid), ' ON ' || $1 || ' ', ' ') FROM pg_index
          WHERE indrelid = $1::regclass
          ORDER BY 1",
    )
    .bind(table)
    .fetch_all(connection)
    .await
}
