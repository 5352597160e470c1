//! Rows that lie together in a table made at once, though they come one here and one there.

use std::collections::HashMap;

use super::CopyRows;

/// Rows in the format of `COPY`, kept apart by their first fields. Within a group they stay in the order they came in,
/// so rows that come in the order of a key's last columns leave in the order of the whole key.
#[derive(Debug)]
pub struct GroupedRows {
    /// How many of the first fields make a group.
    fields: usize,
    groups: HashMap<Vec<u8>, Vec<u8>>,
    bytes: usize,
}

impl GroupedRows {
    pub fn by(fields: usize) -> Self {
        Self { fields, groups: HashMap::new(), bytes: 0 }
    }

    /// Takes rows in.
    pub fn add(&mut self, rows: CopyRows) -> Result<(), sqlx::Error> {
        let rows = rows.into_rows()?;
        let mut rest = rows.as_slice();
        let mut key = Vec::new();
        while !rest.is_empty() {
            key.clear();
            let (row, others) = split_row(rest, self.fields, &mut key)
                .ok_or_else(|| sqlx::Error::Encode(CUT_SHORT.into()))?;
            self.bytes += row.len();
            rest = others;
            if let Some(group) = self.groups.get_mut(&key) {
                group.extend_from_slice(row);
            } else {
                self.bytes += key.len();
                self.groups.insert(key.clone(), row.to_vec());
            }
        }
        Ok(())
    }

    /// The memory the rows take, roughly.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Lets go of all groups, in order.
    pub fn take(&mut self) -> impl Iterator<Item = Vec<u8>> + use<> {
        let mut groups: Vec<_> = self.groups.drain().collect();
        groups.sort_unstable();
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
