//! Rows that lie together in a table made at once, though they come one here and one there.

use std::collections::HashMap;

use lru::DefaultHasher;

use super::CopyRows;

/// Rows in the format of `COPY`, kept apart by their first fields. Within a group they stay in the order they came in,
/// so rows that come in the order of a key's last columns leave in the order of the whole key.
#[derive(Debug)]
pub struct GroupedRows {
    /// How many of the first fields make a group.
    fields: usize,
    groups: HashMap<Vec<u8>, Group, DefaultHasher>,
    bytes: usize,
}

/// Rows one after the other, in pieces: a group that grows is not moved.
#[derive(Debug, Default)]
pub struct Group(Vec<Vec<u8>>);

/// A group's first piece, and the longest: each is twice as long as the one before.
const SHORTEST: usize = 512;
const LONGEST: usize = 16 << 10;

impl Group {
    /// Its rows, in pieces that end where a row ends.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// Answers how much memory it took for that.
    fn push(&mut self, row: &[u8]) -> usize {
        if let Some(last) = self.0.last_mut()
            && last.capacity() - last.len() >= row.len()
        {
            last.extend_from_slice(row);
            return 0;
        }
        let capacity = self.0.last().map_or(SHORTEST, |last| (2 * last.capacity()).min(LONGEST));
        let mut piece = Vec::with_capacity(capacity.max(row.len()));
        piece.extend_from_slice(row);
        let taken = piece.capacity();
        self.0.push(piece);
        taken
    }
}

impl GroupedRows {
    pub fn by(fields: usize) -> Self {
        Self { fields, groups: HashMap::default(), bytes: 0 }
    }

    /// Takes rows out of where they were written.
    pub fn add(&mut self, rows: &mut CopyRows) -> Result<(), sqlx::Error> {
        let mut rest = rows.rows()?;
        let mut key = Vec::new();
        while !rest.is_empty() {
            key.clear();
            let (row, others) = split_row(rest, self.fields, &mut key)
                .ok_or_else(|| sqlx::Error::Encode(CUT_SHORT.into()))?;
            rest = others;
            if let Some(group) = self.groups.get_mut(&key) {
                self.bytes += group.push(row);
            } else {
                let mut group = Group::default();
                self.bytes += key.len() + group.push(row);
                self.groups.insert(key.clone(), group);
            }
        }
        rows.clear();
        Ok(())
    }

    /// The memory the rows take, roughly.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Lets go of all groups, in order.
    pub fn take(&mut self) -> impl Iterator<Item = Group> + use<> {
        let mut groups: Vec<_> = self.groups.drain().collect();
        groups.sort_unstable_by(|(key, _), (other, _)| key.cmp(other));
        self.bytes = 0;
        groups.into_iter().map(|(_, rows)| rows)
    }
}

const CUT_SHORT: &str = "a row in the format of COPY ends too early";

/// The first row, and what comes after it. Puts the row's first fields into `key`, texts in bytewise order.
fn split_row<'r>(rows: &'r [u8], fields: usize, key: &mut Vec<u8>) -> Option<(&'r [u8], &'r [u8])> {
    let (count, mut rest) = rows.split_first_chunk()?;
    for field in 0..usize::try_from(i16::from_be_bytes(*count)).ok()? {
        let (length, value) = rest.split_first_chunk()?;
        // A null has no length and no bytes.
        let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
        let value_and_rest = value.split_at_checked(length)?;
        rest = value_and_rest.1;
        if field < fields {
            key.extend_from_slice(value_and_rest.0);
            key.push(0);
        }
    }
    Some(rows.split_at(rows.len() - rest.len()))
}
