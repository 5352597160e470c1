//! A column of an append, written in PostgreSQL's binary format as its rows are decided: an array, or the one value
//! of a column that has just one.
//!
//! Encoding while the previous batch is being committed keeps the database from waiting for it afterwards.

use chrono::{DateTime, Utc};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

use crate::copied::POSTGRES_EPOCH_MICROS;

/// What an element is: its type's identifier (`pg_type.oid`, fixed for built-in types), the type and its array's.
#[derive(Clone, Copy)]
pub(super) struct Element {
    oid: u32,
    one: fn() -> PgTypeInfo,
    array: fn() -> PgTypeInfo,
}

impl Element {
    const fn of<T: Type<Postgres> + PgHasArrayType>(oid: u32) -> Self {
        Self { oid, one: T::type_info, array: T::array_type_info }
    }
}

pub(super) const BIGINT: Element = Element::of::<i64>(20);
pub(super) const BYTEA: Element = Element::of::<Vec<u8>>(17);
pub(super) const TEXT: Element = Element::of::<String>(25);
pub(super) const TIMESTAMPTZ: Element = Element::of::<DateTime<Utc>>(1184);

/// Whether a column holds just one value, which then goes as it is and not as an array.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Rows {
    One,
    Many,
}

pub(super) struct Column {
    element: Element,
    count: i32,
    has_nulls: bool,
    bytes: Vec<u8>,
}

impl Column {
    pub(super) fn of(element: Element) -> Self {
        Self { element, count: 0, has_nulls: false, bytes: Vec::new() }
    }

    pub(super) fn rows(&self) -> Rows {
        if self.count == 1 { Rows::One } else { Rows::Many }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes or text, as they are.
    pub(super) fn push(&mut self, value: &[u8]) {
        // A value of 2 GiB is past PostgreSQL's own limit; it would refuse the length.
        self.bytes.extend(i32::try_from(value.len()).unwrap_or(i32::MAX).to_be_bytes());
        self.bytes.extend(value);
        self.count += 1;
    }

    /// Positions and sequences count events one by one and never reach 2^63.
    pub(super) fn push_count(&mut self, value: u64) {
        self.push(&i64::try_from(value).unwrap_or(i64::MAX).to_be_bytes());
    }

    pub(super) fn push_optional_count(&mut self, value: Option<u64>) {
        match value {
            Some(value) => self.push_count(value),
            None => {
                self.bytes.extend((-1i32).to_be_bytes());
                self.count += 1;
                self.has_nulls = true;
            }
        }
    }

    pub(super) fn push_time(&mut self, value: DateTime<Utc>) {
        self.push(&(value.timestamp_micros() - POSTGRES_EPOCH_MICROS).to_be_bytes());
    }
}

impl Type<Postgres> for Column {
    /// Only a default: each column says itself what it is.
    fn type_info() -> PgTypeInfo {
        (TEXT.array)()
    }
}

impl Encode<'_, Postgres> for Column {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match self.rows() {
            Rows::One if self.has_nulls => return Ok(IsNull::Yes),
            // Its length is the parameter's own.
            Rows::One => buffer.extend(&self.bytes[size_of::<i32>()..]),
            Rows::Many => {
                let (dimensions, lower_bound) = (1i32, 1i32);
                buffer.extend(dimensions.to_be_bytes());
                buffer.extend(i32::from(self.has_nulls).to_be_bytes());
                buffer.extend(self.element.oid.to_be_bytes());
                buffer.extend(self.count.to_be_bytes());
                buffer.extend(lower_bound.to_be_bytes());
                buffer.extend(&self.bytes);
            }
        }
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(match self.rows() {
            Rows::One => (self.element.one)(),
            Rows::Many => (self.element.array)(),
        })
    }

    fn size_hint(&self) -> usize {
        self.bytes.len() + 20
    }
}
