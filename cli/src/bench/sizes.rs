//! What benches of a book of their own have in common: a server, one size after the other, and figures as a table or as
//! JSON. Must never know what is measured.

use std::ffi::OsStr;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;

use crate::output::{say, say_json};
use crate::postgres::{DataDirectory, EmbeddedPostgres, Tuning};

/// What is measured of one size.
pub(super) trait Figures: Serialize {
    /// The heads of the table's columns.
    fn heads() -> String;

    /// Its line of the table.
    fn line(&self) -> String;
}

/// What was asked for.
pub(super) struct Sizes<'a, N> {
    /// The option that names them.
    pub(super) option: &'static str,
    pub(super) sizes: &'a [N],
    pub(super) json: bool,
}

impl<N: Copy + PartialEq + From<u8>> Sizes<'_, N> {
    /// Measures each, on the server that is named or else on one for this alone, and prints the figures.
    pub(super) async fn measure<F: Figures>(
        &self,
        database_url: Option<&str>,
        search_path: &OsStr,
        one: impl AsyncFn(&PgConnectOptions, N) -> anyhow::Result<F>,
    ) -> anyhow::Result<()> {
        anyhow::ensure!(!self.sizes.contains(&N::from(0)), "{} must be more than 0", self.option);
        if let Some(url) = database_url {
            return self.measure_on(&PgConnectOptions::from_str(url).context("DATABASE_URL")?, one).await;
        }
        let (_directory, data) = DataDirectory::temporary()?;
        let postgres = EmbeddedPostgres::start(data, &Tuning::for_this_machine(), search_path).await?;
        let measured = self.measure_on(postgres.connect_options(), one).await;
        postgres.stop(Duration::from_secs(10)).await;
        measured
    }

    async fn measure_on<F: Figures>(
        &self,
        connect: &PgConnectOptions,
        one: impl AsyncFn(&PgConnectOptions, N) -> anyhow::Result<F>,
    ) -> anyhow::Result<()> {
        let mut all = Vec::with_capacity(self.sizes.len());
        for size in self.sizes {
            all.push(one(connect, *size).await?);
        }
        if self.json {
            return say_json(&all).context("the figures");
        }
        say(F::heads());
        for figures in all {
            say(figures.line());
        }
        Ok(())
    }
}
