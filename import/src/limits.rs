//! How much of a file is taken in.

/// What a file may have. A small archive can unpack to anything, so what it unpacks to is bounded too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub bytes: u64,
    pub rows: usize,
    pub columns: usize,
    /// Of an Excel file, all its parts together.
    pub unpacked_bytes: u64,
}

impl Limits {
    /// For who waits at a terminal.
    pub const LONG: Self = Self { bytes: 256 << 20, rows: 200_000, columns: 256, unpacked_bytes: 1 << 30 };
    /// For a request, whose sender waits for the answer.
    pub const SHORT: Self = Self { bytes: 16 << 20, rows: 20_000, columns: 100, unpacked_bytes: 256 << 20 };
}
