//! Checking a sample of the read tables again and again, in the background.
//!
//! Folds the rows of a sample afresh in memory and compares them with the live ones as of one position. Must never
//! hold anybody up: it takes a fifth of a core, locks no more than a reader does, and makes no tables.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::time::Duration;

use futures::TryStreamExt;
use metrics::{counter, gauge};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tallybook_event_store::journal::unsigned;
use tallybook_event_store::schema::patient_connection;
use tallybook_read_models::Projection;
use tallybook_read_models::fold::{self, Encoding, Sample, Share, Table, TableShape, Tables, Texts};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Registered;
use crate::generation::{GenerationError, as_text};
use crate::journal::{PageEvent, read};

/// Events read at a time.
const PAGE: u64 = 2_000;
/// Rest for each moment of folding.
const REST: u32 = 4;
/// Between two rounds: a small book is not checked without pause.
const BETWEEN_ROUNDS: Duration = Duration::from_secs(60);

/// What a check of a sample found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampled {
    /// Both sides were read as of here.
    pub position: u64,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Rows of the sample, on either side.
    pub rows: u64,
    /// Those that only one side has, or that differ.
    pub differences: u64,
}

/// What sampling is given.
pub(crate) struct Sampling<'a> {
    pub(crate) pool: &'a PgPool,
    pub(crate) sample: Sample,
    pub(crate) cancelled: &'a CancellationToken,
}

/// One round after the other, each with the next sample, until shutdown.
pub(crate) struct Sampler {
    pub(crate) pool: PgPool,
    pub(crate) projections: Vec<Registered>,
    pub(crate) one_in: NonZeroU64,
    pub(crate) shutdown: CancellationToken,
}

impl Sampler {
    pub(crate) async fn run(self) {
        let mut sample = Sample::new(self.one_in, 0);
        // There from the beginning, so that the first difference is seen as a rise.
        for projection in &self.projections {
            counter!(DIFFERENCES, "projection" => projection.name).increment(0);
        }
        loop {
            for projection in &self.projections {
                match projection.sampled(&self.pool, sample, &self.shutdown).await {
                    Ok(Some(sampled)) => tell(projection.name, sampled),
                    Ok(None) | Err(GenerationError::Cancelled) => {}
                    Err(error) => {
                        tracing::warn!(projection = projection.name, %error, "a sample could not be checked");
                    }
                }
            }
            sample = sample.next();
            if self.shutdown.run_until_cancelled(tokio::time::sleep(BETWEEN_ROUNDS)).await.is_none() {
                return;
            }
        }
    }
}

/// All that were found since the process began: a later round without any does not make them undone.
const DIFFERENCES: &str = "tallybook_sample_differences_total";

#[expect(clippy::cast_precision_loss, reason = "gauges are floats by format; all of these stay below 2^53")]
fn tell(projection: &'static str, sampled: Sampled) {
    gauge!("tallybook_sample_checked_at_seconds", "projection" => projection).set(sampled.at as f64);
    gauge!("tallybook_sample_position", "projection" => projection).set(sampled.position as f64);
    gauge!("tallybook_sample_rows", "projection" => projection).set(sampled.rows as f64);
    gauge!("tallybook_sample_differences", "projection" => projection).set(sampled.differences as f64);
    counter!(DIFFERENCES, "projection" => projection).increment(sampled.differences);
    if sampled.differences > 0 {
        gauge!("tallybook_sample_differed_at_seconds", "projection" => projection).set(sampled.at as f64);
    }
    let Sampled { position, rows, differences, .. } = sampled;
    if differences == 0 {
        tracing::debug!(projection, position, rows, "the rows of a sample are as the journal folds to");
    } else {
        tracing::error!(
            projection,
            position,
            rows,
            differences,
            "read tables are not what the journal folds to: `tallybook projector verify {projection}` tells the rows"
        );
    }
}

/// Checks one sample of a projection. `None`: its tables are of another version, or were put back meanwhile.
pub(crate) async fn check<P: Projection>(sampling: Sampling<'_>) -> Result<Option<Sampled>, GenerationError> {
    let mut tables = P::Tables::whole(Share::ALL);
    for table in tables.all() {
        table.sample(sampling.sample);
    }
    let mut folding = Folding { sampling: &sampling, tables, rows: HashMap::new(), at: 0 };
    let Some(standing) = stands::<P>(&mut *sampling.pool.acquire().await?).await? else { return Ok(None) };
    folding.fold::<P>(standing.position, REST).await?;
    let mut connection = patient_connection(sampling.pool).await?;
    let mut moment = connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    // Before the moment is fixed, so that no other tables take their names afterwards.
    let shapes: Vec<TableShape> = folding.tables.all().iter().map(|table| table.shape()).collect();
    let names: Vec<&str> = shapes.iter().map(|shape| shape.name).collect();
    moment.execute(format!("LOCK TABLE {} IN ACCESS SHARE MODE", names.join(", ")).as_str()).await?;
    let Some(standing) = stands::<P>(&mut moment).await? else { return Ok(None) };
    if standing.position < folding.at {
        return Ok(None);
    }
    folding.fold::<P>(standing.position, 0).await?;
    let mut sampled = Sampled { position: standing.position, at: standing.now, rows: 0, differences: 0 };
    for shape in shapes {
        let expected = folding.rows_of(shape);
        compare(&mut moment, (shape, sampling.sample), expected, &mut sampled).await?;
    }
    moment.rollback().await?;
    connection.close().await?;
    Ok(Some(sampled))
}

struct Standing {
    position: u64,
    now: i64,
}

async fn stands<P: Projection>(connection: &mut PgConnection) -> Result<Option<Standing>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT position, extract(epoch FROM clock_timestamp())::bigint AS "now!"
             FROM projections WHERE name = $1 AND version = $2"#,
        P::NAME,
        P::VERSION
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| Ok(Standing { position: unsigned(row.position)?, now: row.now })).transpose()
}

/// The rows of a sample, folded as far as `at`.
struct Folding<'a, T> {
    sampling: &'a Sampling<'a>,
    tables: T,
    /// Rows that are only ever added, by table.
    rows: HashMap<&'static str, Rows>,
    at: u64,
}

/// Rows by their keys, or by themselves where they have none.
type Rows = HashMap<Texts, Texts>;

impl<T: Tables> Folding<'_, T> {
    async fn fold<P: Projection<Tables = T>>(&mut self, to: u64, rest: u32) -> Result<(), GenerationError> {
        while self.at < to {
            let begun = Instant::now();
            let count = PAGE.min(to - self.at);
            let page = read(self.sampling.pool, self.at, count, &tallybook_domain::upcasters()).await?;
            if (page.events().len() as u64) < count {
                return Err(GenerationError::Gap(format!("the journal ends before position {to}")));
            }
            for event in page.concerning(P::READS) {
                apply::<P>(event, &mut self.tables)?;
            }
            for table in self.tables.all().into_iter().filter(|table| table.shape().key_columns == 0) {
                let shape = table.shape();
                self.rows.entry(shape.name).or_default().extend(taken(table));
            }
            self.at += count;
            let resting = tokio::time::sleep(begun.elapsed() * rest);
            if self.sampling.cancelled.run_until_cancelled(resting).await.is_none() {
                return Err(GenerationError::Cancelled);
            }
        }
        Ok(())
    }

    fn rows_of(&mut self, shape: TableShape) -> Rows {
        let table = self.tables.all().into_iter().find(|table| table.shape() == shape);
        let mut rows: Rows = table.map(taken).into_iter().flatten().collect();
        rows.extend(self.rows.remove(shape.name).into_iter().flatten());
        rows
    }
}

fn apply<P: Projection>(event: &PageEvent, tables: &mut P::Tables) -> Result<(), GenerationError> {
    match &event.decoded {
        Ok(event) => Ok(fold::fold::<P>([&**event], tables)?),
        Err(reason) => {
            let (projection, position, reason) = (P::NAME, event.position, reason.clone());
            Err(GenerationError::Unreadable { projection, position, reason })
        }
    }
}

/// The rows a table holds, which it lets go of.
fn taken(table: &mut dyn Table) -> Vec<(Texts, Texts)> {
    let shape = table.shape();
    let mut encoded = Encoding::columns(shape.columns.len());
    table.drain_added(&mut encoded, usize::MAX);
    let Encoding::Columns(columns) = encoded else { return Vec::new() };
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let count = columns.first().map_or(0, ExactSizeIterator::len);
    let row = |_| columns.iter_mut().map(|column| column.next().flatten()).collect::<Texts>();
    (0..count).map(row).map(|row| (name(shape, &row), row)).collect()
}

fn name(shape: TableShape, row: &Texts) -> Texts {
    match shape.key_columns {
        0 => row.clone(),
        count => row[..count].to_vec(),
    }
}

/// Reads a live table through and counts what is not as expected.
async fn compare(
    moment: &mut PgConnection,
    (shape, sample): (TableShape, Sample),
    mut expected: Rows,
    sampled: &mut Sampled,
) -> Result<(), sqlx::Error> {
    let texts: Vec<String> = shape.columns.iter().map(|column| as_text("t", column)).collect();
    let texts = texts.join(", ");
    let read = format!("SELECT ARRAY[{texts}] FROM {} AS t", shape.name);
    let mut live = sqlx::query_scalar::<_, Texts>(&read).fetch(moment);
    while let Some(row) = live.try_next().await? {
        let name = name(shape, &row);
        if !sample.has(&name) {
            continue;
        }
        sampled.rows += 1;
        sampled.differences += u64::from(expected.remove(&name).as_ref() != Some(&row));
    }
    let only_folded = expected.len() as u64;
    sampled.rows += only_folded;
    sampled.differences += only_folded;
    Ok(())
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    /// Whoever looks once an hour must see what an early round found.
    #[test]
    fn a_round_without_differences_does_not_hide_those_of_an_earlier_one() {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            tell("wallets", Sampled { position: 9, at: 1_700_000_000, rows: 4, differences: 2 });
            tell("wallets", Sampled { position: 9, at: 1_700_000_100, rows: 4, differences: 0 });
        });
        let shown = recorder.handle().render();
        for line in [
            r#"tallybook_sample_differences_total{projection="wallets"} 2"#,
            r#"tallybook_sample_differences{projection="wallets"} 0"#,
            r#"tallybook_sample_differed_at_seconds{projection="wallets"} 1700000000"#,
            r#"tallybook_sample_checked_at_seconds{projection="wallets"} 1700000100"#,
        ] {
            assert!(shown.contains(line), "{line}: {shown}");
        }
    }
}
