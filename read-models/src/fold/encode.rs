//! Rows as the database takes them: `COPY … FROM STDIN (FORMAT binary)`, or one array of texts per column.
//!
//! Format: PostgreSQL's binary `COPY` (a signature, then per row its number of fields and each field with its length);
//! the fields themselves are written by sqlx.

use std::fmt::{self, Display, Write};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgArgumentBuffer;
use sqlx::{Encode, Postgres};

/// Signature, no flags, no header extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// In place of a number of fields: there are no more rows.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// In place of a length: the field is null.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// Rows on their way to the database.
#[derive(Debug)]
pub enum Encoding {
    /// For many rows.
    Copy(CopyRows),
    /// One list of texts per column, for `unnest`, for few rows or rows that replace others.
    Columns(Vec<Vec<Option<String>>>),
}

/// Rows in the format of `COPY`, to be sent in as many parts as one likes.
#[derive(Debug)]
pub struct CopyRows {
    bytes: PgArgumentBuffer,
    fault: Option<BoxDynError>,
}

impl Default for CopyRows {
    fn default() -> Self {
        let mut bytes = PgArgumentBuffer::default();
        bytes.extend_from_slice(HEADER);
        Self { bytes, fault: None }
    }
}

impl CopyRows {
    /// Bytes, of which a few go before the first row.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.len() <= HEADER.len()
    }

    /// What was written since the last time. A value that has no binary form is a fault, told here.
    pub fn take(&mut self) -> Result<Vec<u8>, sqlx::Error> {
        match self.fault.take() {
            Some(fault) => Err(sqlx::Error::Encode(fault)),
            None => Ok(std::mem::take(&mut *self.bytes)),
        }
    }

    /// No rows, in memory that others were in: memory that is used again need not be cleared again.
    pub fn reusing(mut memory: Vec<u8>) -> Self {
        memory.clear();
        memory.extend_from_slice(HEADER);
        let mut bytes = PgArgumentBuffer::default();
        *bytes = memory;
        Self { bytes, fault: None }
    }

    /// The rows alone, without what goes before the first. A value that has no binary form is a fault, told here.
    pub(super) fn rows(&mut self) -> Result<&[u8], sqlx::Error> {
        match self.fault.take() {
            Some(fault) => Err(sqlx::Error::Encode(fault)),
            None => Ok(&self.bytes[HEADER.len()..]),
        }
    }

    /// Forgets the rows, and keeps their memory for others.
    pub(super) fn clear(&mut self) {
        self.bytes.truncate(HEADER.len());
    }

    /// Adds rows that were written elsewhere.
    pub fn extend(&mut self, rows: &[u8]) {
        self.bytes.extend_from_slice(rows);
    }

    /// What is left to send when there are no more rows.
    pub fn finish(mut self) -> Result<Vec<u8>, sqlx::Error> {
        self.bytes.extend_from_slice(&TRAILER);
        self.take()
    }

    /// Puts a field after its length, which is known only once it is written.
    fn field(&mut self, write: impl FnOnce(&mut PgArgumentBuffer) -> Result<(), BoxDynError>) {
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(&NULL);
        let written = write(&mut self.bytes);
        let length = i32::try_from(self.bytes.len() - begin - NULL.len());
        match (written, length) {
            (Ok(()), Ok(length)) => {
                self.bytes[begin..begin + NULL.len()].copy_from_slice(&length.to_be_bytes())
            }
            (Err(fault), _) => self.fault = Some(fault),
            (_, Err(too_long)) => self.fault = Some(too_long.into()),
        }
    }
}

impl Encoding {
    pub fn columns(count: usize) -> Self {
        Self::Columns(vec![Vec::new(); count])
    }

    /// Adds a row of this many fields: `write` puts them.
    pub fn row(&mut self, count: usize, write: impl FnOnce(&mut Fields<'_>)) {
        if let Self::Copy(rows) = self {
            // PostgreSQL allows 1,600 columns.
            rows.bytes.extend_from_slice(&(count as i16).to_be_bytes());
        }
        let mut fields = Fields { encoding: self, written: 0 };
        write(&mut fields);
        assert_eq!(fields.written, count, "a row has a field for each column");
    }
}

/// Shows a value as its JSON.
struct Json<'a, T>(&'a T);

impl<T: Serialize> Display for Json<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self.0).map_err(|_| fmt::Error)?)
    }
}

/// The fields of one row, one after the other.
#[derive(Debug)]
pub struct Fields<'a> {
    encoding: &'a mut Encoding,
    written: usize,
}

impl Fields<'_> {
    /// A text.
    pub fn put(&mut self, value: impl Display) {
        match self.encoding {
            Encoding::Copy(rows) => rows.field(|bytes| Ok(write!(Text(bytes), "{value}")?)),
            Encoding::Columns(columns) => columns[self.written].push(Some(value.to_string())),
        }
        self.written += 1;
    }

    pub fn put_option(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.put(value),
            None => self.put_null(),
        }
    }

    /// A value as the text of its JSON.
    pub fn put_json(&mut self, value: &impl Serialize) {
        self.put(Json(value));
    }

    pub fn put_amount(&mut self, amount: Decimal) {
        match self.encoding {
            Encoding::Copy(rows) => rows.field(|bytes| {
                numeric(amount, bytes);
                Ok(())
            }),
            Encoding::Columns(columns) => columns[self.written].push(Some(amount.to_string())),
        }
        self.written += 1;
    }

    /// A position, a sequence or a number of things: never near 2^63.
    pub fn put_count(&mut self, count: u64) {
        self.typed(i64::try_from(count).unwrap_or(i64::MAX), |count| count.to_string());
    }

    pub fn put_flag(&mut self, flag: bool) {
        self.typed(flag, |flag| flag.to_string());
    }

    pub fn put_date(&mut self, date: NaiveDate) {
        self.typed(date, |date| date.to_string());
    }

    pub fn put_optional_date(&mut self, date: Option<NaiveDate>) {
        match date {
            Some(date) => self.put_date(date),
            None => self.put_null(),
        }
    }

    pub fn put_moment(&mut self, at: DateTime<Utc>) {
        self.typed(at, |at| at.to_rfc3339_opts(SecondsFormat::Micros, true));
    }

    pub fn put_null(&mut self) {
        match self.encoding {
            Encoding::Copy(rows) => rows.bytes.extend_from_slice(&NULL),
            Encoding::Columns(columns) => columns[self.written].push(None),
        }
        self.written += 1;
    }

    fn typed<T: for<'q> Encode<'q, Postgres>>(&mut self, value: T, text: impl FnOnce(T) -> String) {
        match self.encoding {
            Encoding::Copy(rows) => rows.field(|bytes| match value.encode_by_ref(bytes)? {
                IsNull::No => Ok(()),
                IsNull::Yes => Err("a value that is not null was written as null".into()),
            }),
            Encoding::Columns(columns) => columns[self.written].push(Some(text(value))),
        }
        self.written += 1;
    }
}

/// A `numeric` with all of its decimals, also those of zero, so that it reads back as it was written.
///
/// Four decimal digits make a group: number of groups, power of 10,000 of the first, sign, decimals, groups.
fn numeric(amount: Decimal, bytes: &mut Vec<u8>) {
    const NEGATIVE: u16 = 0x4000;
    const GROUP: u128 = 10_000;
    // 28 decimals at most, so a mantissa of 96 bits keeps room for three digits more.
    let decimals = amount.scale() as u16;
    let groups_of_decimals = decimals.div_ceil(4);
    let mut rest =
        amount.mantissa().unsigned_abs() * 10_u128.pow(u32::from(groups_of_decimals * 4 - decimals));
    let mut groups = [0_u16; 10];
    let mut first = groups.len();
    while rest > 0 {
        first -= 1;
        groups[first] = (rest % GROUP) as u16;
        rest /= GROUP;
    }
    let count = (groups.len() - first) as u16;
    let weight = if count == 0 { 0 } else { count as i16 - groups_of_decimals as i16 - 1 };
    let sign = if amount.is_sign_negative() && count > 0 { NEGATIVE } else { 0 };
    bytes.extend_from_slice(&count.to_be_bytes());
    bytes.extend_from_slice(&weight.to_be_bytes());
    bytes.extend_from_slice(&sign.to_be_bytes());
    bytes.extend_from_slice(&decimals.to_be_bytes());
    for group in &groups[first..] {
        bytes.extend_from_slice(&group.to_be_bytes());
    }
}

/// Writes text as it is.
struct Text<'a>(&'a mut PgArgumentBuffer);

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups, power, sign, decimals, groups: as PostgreSQL's numeric_send writes them.
    #[test]
    fn amounts_keep_their_decimals() {
        let cases: [(&str, &[i32]); 7] = [
            ("0.00", &[0, 0, 0, 2]),
            ("12.30", &[2, 0, 0, 2, 12, 3000]),
            ("-0.05", &[1, -1, 0x4000, 2, 500]),
            ("100000000", &[3, 2, 0, 0, 1, 0, 0]),
            ("12345.678", &[3, 1, 0, 3, 1, 2345, 6780]),
            ("0.0000", &[0, 0, 0, 4]),
            ("-98765432109876.54", &[5, 3, 0x4000, 2, 98, 7654, 3210, 9876, 5400]),
        ];
        for (amount, expected) in cases {
            let mut bytes = Vec::new();
            numeric(amount.parse().unwrap(), &mut bytes);
            let words: Vec<i32> =
                bytes.chunks(2).map(|pair| i32::from(i16::from_be_bytes([pair[0], pair[1]]))).collect();
            assert_eq!(words, expected, "{amount}");
        }
    }
}
