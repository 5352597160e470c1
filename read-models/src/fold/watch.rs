//! Following single rows through their events, to tell which event made of them what they are.

use std::collections::HashSet;

use super::{Encoding, Fields};

/// A key or a row as text, field by field.
pub type Texts = Vec<Option<String>>;

/// The rows that are followed, and those that have changed since someone looked.
#[derive(Debug)]
pub(super) struct Watch<K> {
    keys: HashSet<Texts>,
    touched: Vec<K>,
}

impl<K: Clone + Eq> Watch<K> {
    pub(super) fn on(keys: HashSet<Texts>) -> Self {
        Self { keys, touched: Vec::new() }
    }

    pub(super) fn has(&self, key: &Texts) -> bool {
        self.keys.contains(key)
    }

    pub(super) fn touch(&mut self, key: &K) {
        if !self.touched.contains(key) {
            self.touched.push(key.clone());
        }
    }

    pub(super) fn take_touched(&mut self) -> Vec<K> {
        std::mem::take(&mut self.touched)
    }
}

/// The fields that `write` puts, as text.
pub(super) fn texts(count: usize, write: impl FnOnce(&mut Fields<'_>)) -> Texts {
    let mut columns = Encoding::columns(count);
    columns.row(count, write);
    match columns {
        Encoding::Columns(columns) => columns.into_iter().map(|mut one| one.pop().flatten()).collect(),
        Encoding::Copy(_) => unreachable!("it was begun as columns"),
    }
}
