//! Rows out of PostgreSQL by binary COPY: the fastest way to read the whole journal, and the stored bytes as they
//! are.
//!
//! Owns taking the stream apart. Must never copy a row's texts, nor understand them.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use sqlx::PgPool;
use sqlx::postgres::PgPoolCopyExt;

use crate::canonical::LeafFields;

/// PostgreSQL counts microseconds from 2000-01-01, this many after the Unix epoch.
pub(crate) const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

/// What a stream in this format begins with; flags and the length of an extension follow, four bytes each.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// The columns of `events` that [`CopiedEvent::read`] takes, in its order.
pub(crate) const EVENT_COLUMNS: &str = "position, sequence, recorded_at, aggregate_type, aggregate_id, \
     event_type, event_version, payload, metadata, leaf_hash";

/// One row, column by column.
#[derive(Debug)]
pub(crate) struct CopiedRow<'a> {
    /// What follows the columns already taken.
    rest: &'a [u8],
}

/// A column that does not hold what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl<'a> CopiedRow<'a> {
    /// The next column as it is. A row whose columns are used up has no more.
    fn bytes(&mut self, name: &'static str) -> Result<&'a [u8], Malformed> {
        let (length, rest) = self.rest.split_first_chunk().ok_or(Malformed(name))?;
        let length = usize::try_from(i32::from_be_bytes(*length)).map_err(|_| Malformed(name))?;
        let (value, rest) = rest.split_at_checked(length).ok_or(Malformed(name))?;
        self.rest = rest;
        Ok(value)
    }

    pub(crate) fn bigint(&mut self, name: &'static str) -> Result<i64, Malformed> {
        let bytes = self.bytes(name)?.try_into().map_err(|_| Malformed(name))?;
        Ok(i64::from_be_bytes(bytes))
    }

    /// A position, sequence or count: never negative.
    pub(crate) fn count(&mut self, name: &'static str) -> Result<u64, Malformed> {
        u64::try_from(self.bigint(name)?).map_err(|_| Malformed(name))
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes(name)?).map_err(|_| Malformed(name))
    }

    pub(crate) fn hash(&mut self, name: &'static str) -> Result<[u8; 32], Malformed> {
        self.bytes(name)?.try_into().map_err(|_| Malformed(name))
    }

    fn time(&mut self, name: &'static str) -> Result<DateTime<Utc>, Malformed> {
        let micros = self.bigint(name)?.checked_add(POSTGRES_EPOCH_MICROS);
        micros.and_then(DateTime::from_timestamp_micros).ok_or(Malformed(name))
    }
}

/// A row of `events`, borrowed from what came over the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CopiedEvent<'a> {
    pub(crate) fields: LeafFields<'a>,
    pub(crate) leaf_hash: [u8; 32],
}

impl<'a> CopiedEvent<'a> {
    /// Reads what follows the position, which the caller has taken.
    pub(crate) fn read(position: u64, mut row: CopiedRow<'a>) -> Result<Self, Malformed> {
        let fields = LeafFields {
            position,
            sequence: row.count("sequence")?,
            recorded_at: row.time("recorded_at")?,
            aggregate_type: row.text("aggregate_type")?,
            aggregate_id: row.text("aggregate_id")?,
            event_type: row.text("event_type")?,
            event_version: row.text("event_version")?,
            payload: row.text("payload")?,
            metadata: row.text("metadata")?,
        };
        Ok(Self { fields, leaf_hash: row.hash("leaf_hash")? })
    }
}

/// Runs a query as a binary COPY and hands every row to `take`, in order.
pub(crate) async fn copy(
    pool: &PgPool,
    query: &str,
    mut take: impl FnMut(CopiedRow<'_>),
) -> Result<(), sqlx::Error> {
    let statement = format!("COPY ({query}) TO STDOUT (FORMAT binary)");
    let mut stream = pool.copy_out_raw(&statement).await?;
    let (mut begun, mut cut): (bool, Vec<u8>) = (false, Vec::new());
    while let Some(message) = stream.try_next().await? {
        // PostgreSQL sends a row in a message; the protocol does not promise it.
        let bytes: &[u8] = if cut.is_empty() {
            &message
        } else {
            cut.extend_from_slice(&message);
            &cut
        };
        let mut rest = bytes;
        if !begun {
            match after_header(rest)? {
                Some(rows) => (begun, rest) = (true, rows),
                None => {
                    cut = bytes.to_vec();
                    continue;
                }
            }
        }
        loop {
            match next(rest)? {
                Next::Row(row, more) => {
                    take(row);
                    rest = more;
                }
                Next::End(more) => rest = more,
                Next::Cut => break,
            }
        }
        cut = rest.to_vec();
    }
    if begun && cut.is_empty() { Ok(()) } else { Err(broken("the stream ended within a row")) }
}

/// What follows the header, once all of it is there.
fn after_header(bytes: &[u8]) -> Result<Option<&[u8]>, sqlx::Error> {
    let Some((start, rest)) = bytes.split_at_checked(SIGNATURE.len() + 4) else { return Ok(None) };
    if !start.starts_with(SIGNATURE) {
        return Err(broken("this is no binary COPY"));
    }
    let Some((extension, rest)) = rest.split_first_chunk() else { return Ok(None) };
    let extension = usize::try_from(i32::from_be_bytes(*extension))
        .map_err(|_| broken("the header's extension has no length"))?;
    Ok(rest.get(extension..))
}

/// What a stream goes on with, and what follows that.
enum Next<'a> {
    Row(CopiedRow<'a>, &'a [u8]),
    /// The mark at the end.
    End(&'a [u8]),
    /// It is not all there yet.
    Cut,
}

fn next(bytes: &[u8]) -> Result<Next<'_>, sqlx::Error> {
    let Some((columns, row)) = bytes.split_first_chunk() else { return Ok(Next::Cut) };
    let columns = i16::from_be_bytes(*columns);
    if columns == -1 {
        return Ok(Next::End(row));
    }
    let mut end = 0;
    for _ in 0..columns {
        let Some(length) = row.get(end..).and_then(<[u8]>::first_chunk) else { return Ok(Next::Cut) };
        // -1 is NULL, without bytes.
        let length = i32::from_be_bytes(*length).max(0);
        end += 4 + usize::try_from(length).map_err(|_| broken("a column has no length"))?;
    }
    Ok(match row.split_at_checked(end) {
        Some((rest, more)) => Next::Row(CopiedRow { rest }, more),
        None => Next::Cut,
    })
}

fn broken(what: &'static str) -> sqlx::Error {
    sqlx::Error::Protocol(what.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(rows: &[&[Option<&[u8]>]]) -> Vec<u8> {
        let mut bytes = [SIGNATURE, &[0; 8]].concat();
        for row in rows {
            bytes.extend(i16::try_from(row.len()).unwrap().to_be_bytes());
            for column in *row {
                let length = column.map_or(-1, |value| i32::try_from(value.len()).unwrap());
                bytes.extend(length.to_be_bytes());
                bytes.extend(column.unwrap_or_default());
            }
        }
        bytes.extend((-1i16).to_be_bytes());
        bytes
    }

    #[test]
    fn rows_are_taken_apart_and_a_part_of_one_waits_for_the_rest() {
        let bytes = stream(&[&[Some(b"abc"), Some(&7i64.to_be_bytes())], &[None, Some(b"")]]);
        let rows = after_header(&bytes).unwrap().unwrap();
        let Ok(Next::Row(mut row, rest)) = next(rows) else { panic!("the first row") };
        assert_eq!((row.text("a"), row.count("b")), (Ok("abc"), Ok(7)));
        assert_eq!(row.text("c"), Err(Malformed("c")), "there is no third column");
        let Ok(Next::Row(mut row, end)) = next(rest) else { panic!("the second row") };
        assert_eq!(row.text("a"), Err(Malformed("a")), "NULL is no text");
        assert!(matches!(next(end), Ok(Next::End([]))));
        for length in 0..rows.len() - rest.len() {
            assert!(matches!(next(&rows[..length]), Ok(Next::Cut)), "{length} bytes are no row");
        }
        for length in 0..19 {
            assert!(after_header(&bytes[..length]).unwrap().is_none());
        }
    }

    #[test]
    fn what_is_no_copy_is_refused() {
        assert!(after_header(&[b'x'; 40]).is_err());
    }
}
