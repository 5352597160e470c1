//! The projections of a book.

use std::future::Future;
use std::pin::Pin;

use sqlx::PgPool;
use tallybook_read_models::Projection;
use tallybook_read_models::approvals::{ApprovalDelegations, ApprovalRulesProjection, Approvals};
use tallybook_read_models::billing::{
    BillRuns, Bills, CreditAlerts, PricePlans, Receivables, Reminders, Revenue, Subscriptions,
    UsageProjection, UsageQuarantines, UsageRuns,
};
use tallybook_read_models::channels::ChannelNotifications;
use tallybook_read_models::customers::Customers;
use tallybook_read_models::deposits::{
    DailyTotals, Deposits, WalletHolds, WalletStatements, Wallets, Withdrawals,
};
use tallybook_read_models::fold::{Sample, TableShape, Tables};
use tallybook_read_models::ledger::{GeneralLedger, Periods};
use tallybook_read_models::orders::{OrderRefunds, Orders, Payments};
use tallybook_read_models::payouts::Payouts;
use tallybook_read_models::risk::{RiskAlerts, RiskAssessments, RiskFlows, RiskRulesProjection};
use tallybook_read_models::settlement::{
    Advances, CreditNotes, MatchingRules, Receipts, Statements, WriteOffs,
};
use tokio_util::sync::CancellationToken;

use crate::engine::{self, Surroundings};
use crate::generation::{self, Explaining, Follower, GenerationError, Load, Remainder};

use crate::sampling::{self, Sampled, Sampling};

type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A projection that can be run, without its type.
#[derive(Debug, Clone, Copy)]
pub struct Registered {
    pub name: &'static str,
    pub version: i32,
    pub(crate) tables: fn() -> Vec<TableShape>,
    pub(crate) run: fn(Surroundings) -> Doing<'static, ()>,
    pub(crate) load: fn(Load) -> Doing<'static, Result<Option<Remainder>, GenerationError>>,
    pub(crate) follow: fn(Follower<'_>) -> Doing<'_, Result<(), GenerationError>>,
    pub(crate) check_sample: fn(Sampling<'_>) -> Doing<'_, Result<Option<Sampled>, GenerationError>>,
    pub(crate) explain: fn(Explaining<'_>) -> Doing<'_, Result<(), GenerationError>>,
}

impl Registered {
    pub fn of<P: Projection>() -> Self {
        Self {
            name: P::NAME,
            version: P::VERSION,
            tables: || P::Tables::cached().all().iter().map(|table| table.shape()).collect(),
            run: |surroundings| Box::pin(engine::run::<P>(surroundings)),
            load: |load| Box::pin(generation::load::<P>(load)),
            follow: |follower| Box::pin(generation::follow::<P>(follower)),
            check_sample: |sampling| Box::pin(sampling::check::<P>(sampling)),
            explain: |explaining| Box::pin(generation::explain::<P>(explaining)),
        }
    }

    /// Folds the rows of a sample afresh, slowly, and compares them with the live ones. `None`: the tables are of another
    /// version, or were put back meanwhile.
    pub async fn sampled(
        &self,
        pool: &PgPool,
        sample: Sample,
        cancelled: &CancellationToken,
    ) -> Result<Option<Sampled>, GenerationError> {
        (self.check_sample)(Sampling { pool, sample, cancelled }).await
    }

    /// The tables it alone writes to.
    pub fn table_names(&self) -> Vec<&'static str> {
        (self.tables)().iter().map(|table| table.name).collect()
    }
}

/// Every projection there is.
pub fn every() -> Vec<Registered> {
    vec![
        Registered::of::<Customers>(),
        Registered::of::<Wallets>(),
        Registered::of::<Deposits>(),
        Registered::of::<Withdrawals>(),
        Registered::of::<WalletStatements>(),
        Registered::of::<WalletHolds>(),
        Registered::of::<GeneralLedger>(),
        Registered::of::<DailyTotals>(),
        Registered::of::<UsageProjection>(),
        Registered::of::<Bills>(),
        Registered::of::<BillRuns>(),
        Registered::of::<Periods>(),
        Registered::of::<PricePlans>(),
        Registered::of::<Subscriptions>(),
        Registered::of::<Revenue>(),
        Registered::of::<Receivables>(),
        Registered::of::<Reminders>(),
        Registered::of::<UsageRuns>(),
        Registered::of::<UsageQuarantines>(),
        Registered::of::<CreditAlerts>(),
        Registered::of::<Receipts>(),
        Registered::of::<Advances>(),
        Registered::of::<CreditNotes>(),
        Registered::of::<WriteOffs>(),
        Registered::of::<MatchingRules>(),
        Registered::of::<RiskRulesProjection>(),
        Registered::of::<RiskAssessments>(),
        Registered::of::<RiskAlerts>(),
        Registered::of::<RiskFlows>(),
        Registered::of::<Statements>(),
        Registered::of::<ChannelNotifications>(),
        Registered::of::<Orders>(),
        Registered::of::<Payments>(),
        Registered::of::<OrderRefunds>(),
        Registered::of::<ApprovalRulesProjection>(),
        Registered::of::<Approvals>(),
        Registered::of::<ApprovalDelegations>(),
        Registered::of::<Payouts>(),
    ]
}
