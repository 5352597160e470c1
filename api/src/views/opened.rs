//! The connections into views.
//!
//! They are inside the view's schema alone, so that what is not in a view is an error there, and never quietly the
//! live table.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tallybook_event_store::Book;
use tallybook_event_store::schema::pool_elsewhere;
use tallybook_projector::{ViewName, find_view, fits_program, view_made_at, view_schema};

use crate::problem::{Problem, ProblemKind};

/// Connections into one view.
const CONNECTIONS: u32 = 4;
/// Views with connections at a time; of more, the one not used for longest lets go of its.
const VIEWS: usize = 8;

/// The views read in lately, the last one at the end.
#[derive(Debug, Default)]
pub(crate) struct OpenedViews(Mutex<Vec<Opened>>);

#[derive(Debug, Clone)]
struct Opened {
    name: ViewName,
    /// Tells a view from one that had its name before.
    made_at: DateTime<Utc>,
    pool: PgPool,
}

impl OpenedViews {
    /// Connections into a view, which close by themselves when they are not used.
    pub(crate) async fn pool(&self, book: &Book, name: &ViewName) -> Result<PgPool, Problem> {
        let Some(made_at) = view_made_at(book.pool(), book.schema(), name).await? else {
            return Err(self.not_there(name));
        };
        if let Some(pool) = self.used(name, made_at) {
            return Ok(pool);
        }
        let pool = pool_elsewhere(book.pool(), &view_schema(book.schema(), name), CONNECTIONS);
        if !fits_program(&pool).await? {
            let detail = format!(
                "The view {name} was made by another version of Tallybook, with other tables: make it anew."
            );
            return Err(Problem::new(ProblemKind::ViewOutdated, detail).with("view", name.as_str()));
        }
        self.keep(|view| view.name != *name);
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if views.len() >= VIEWS {
            views.remove(0);
        }
        views.push(Opened { name: name.clone(), made_at, pool: pool.clone() });
        Ok(pool)
    }

    /// Up to which event a view goes.
    pub(crate) async fn position(&self, book: &Book, name: &ViewName) -> Result<u64, Problem> {
        let view = find_view(book.pool(), book.schema(), name).await?;
        view.map(|view| view.position).ok_or_else(|| self.not_there(name))
    }

    fn not_there(&self, name: &ViewName) -> Problem {
        self.keep(|view| view.name != *name);
        Problem::new(ProblemKind::ViewNotFound, format!("There is no view {name}."))
            .with("view", name.as_str())
    }

    fn used(&self, name: &ViewName, made_at: DateTime<Utc>) -> Option<PgPool> {
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = views.iter().position(|view| view.name == *name && view.made_at == made_at)?;
        let view = views.remove(at);
        views.push(view.clone());
        Some(view.pool)
    }

    /// A pool closes with the last request that reads through it.
    fn keep(&self, which: impl Fn(&Opened) -> bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(which);
    }
}
