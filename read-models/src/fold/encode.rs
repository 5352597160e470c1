//! Rows as text: one encoding, carried either by `COPY … FROM STDIN` or as one array per column.
//!
//! Format: PostgreSQL's text format of `COPY` (tab between fields, `\N` for null, backslash escapes).

use std::fmt::{self, Display, Write};

use chrono::{DateTime, SecondsFormat, Utc};

/// Rows on their way to the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encoding {
    /// Lines of `COPY`, for many rows.
    Copy(String),
    /// One list of texts per column, for `unnest`, for few rows or rows that replace others.
    Columns(Vec<Vec<Option<String>>>),
}

impl Encoding {
    pub fn columns(count: usize) -> Self {
        Self::Columns(vec![Vec::new(); count])
    }

    /// Adds a row: `write` puts its fields.
    pub fn row(&mut self, write: impl FnOnce(&mut Fields<'_>)) {
        let mut fields = Fields { encoding: self, written: 0 };
        write(&mut fields);
        if let Self::Copy(text) = self {
            text.push('\n');
        }
    }
}

/// The fields of one row, one after the other.
#[derive(Debug)]
pub struct Fields<'a> {
    encoding: &'a mut Encoding,
    written: usize,
}

impl Fields<'_> {
    pub fn put(&mut self, value: impl Display) {
        match self.encoding {
            Encoding::Copy(text) => {
                if self.written > 0 {
                    text.push('\t');
                }
                write!(Escaped(text), "{value}").expect("writing into memory cannot fail");
            }
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

    pub fn put_moment(&mut self, at: DateTime<Utc>) {
        self.put(at.to_rfc3339_opts(SecondsFormat::Micros, true));
    }

    pub fn put_null(&mut self) {
        match self.encoding {
            Encoding::Copy(text) => text.push_str(if self.written > 0 { "\t\\N" } else { "\\N" }),
            Encoding::Columns(columns) => columns[self.written].push(None),
        }
        self.written += 1;
    }
}

/// Puts a backslash before what `COPY` would read as something else.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.bytes().any(|byte| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r')) {
            self.0.push_str(text);
            return Ok(());
        }
        for char in text.chars() {
            match char {
                '\\' => self.0.push_str("\\\\"),
                '\t' => self.0.push_str("\\t"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}
