//! Every read table is what the journal folds to: all events folded afresh, in memory, and compared row by row.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::{Connection, PgConnection, PgPool};
use tallybook_event_store::journal;
use tallybook_projector::wait_for;
use tallybook_read_models::fold::{CopyRows, Encoding, Share, Table, Tables, fold};
use tallybook_read_models::{
    Projection, approvals, billing, channels, customers, deposits, ledger, orders, payouts, risk, settlement,
};

use super::Witness;

type Recorded = Vec<tallybook_domain::RecordedEvent>;

pub(super) async fn equals_live(witness: &Witness, head: u64) {
    let names: Vec<_> = tallybook_projector::every().iter().map(|projection| projection.name).collect();
    wait_for(&witness.pool, &names, head, Duration::from_secs(60)).await.unwrap();
    let events = recorded(&witness.pool).await;
    let mut connection = PgConnection::connect_with(&witness.connect).await.unwrap();
    let compared = [
        compare::<customers::Customers>(&mut connection, &events).await,
        compare::<deposits::Wallets>(&mut connection, &events).await,
        compare::<deposits::Deposits>(&mut connection, &events).await,
        compare::<deposits::Withdrawals>(&mut connection, &events).await,
        compare::<deposits::WalletStatements>(&mut connection, &events).await,
        compare::<deposits::WalletHolds>(&mut connection, &events).await,
        compare::<deposits::DailyTotals>(&mut connection, &events).await,
        compare::<ledger::GeneralLedger>(&mut connection, &events).await,
        compare::<billing::UsageProjection>(&mut connection, &events).await,
        compare::<billing::Bills>(&mut connection, &events).await,
        compare::<billing::BillRuns>(&mut connection, &events).await,
        compare::<ledger::Periods>(&mut connection, &events).await,
        compare::<billing::PricePlans>(&mut connection, &events).await,
        compare::<billing::Subscriptions>(&mut connection, &events).await,
        compare::<billing::Revenue>(&mut connection, &events).await,
        compare::<billing::Receivables>(&mut connection, &events).await,
        compare::<billing::Reminders>(&mut connection, &events).await,
        compare::<billing::UsageRuns>(&mut connection, &events).await,
        compare::<billing::UsageQuarantines>(&mut connection, &events).await,
        compare::<billing::CreditAlerts>(&mut connection, &events).await,
        compare::<settlement::Receipts>(&mut connection, &events).await,
        compare::<settlement::Advances>(&mut connection, &events).await,
        compare::<settlement::CreditNotes>(&mut connection, &events).await,
        compare::<settlement::WriteOffs>(&mut connection, &events).await,
        compare::<settlement::MatchingRules>(&mut connection, &events).await,
        compare::<risk::RiskRulesProjection>(&mut connection, &events).await,
        compare::<risk::RiskAssessments>(&mut connection, &events).await,
        compare::<risk::RiskAlerts>(&mut connection, &events).await,
        compare::<risk::RiskFlows>(&mut connection, &events).await,
        compare::<settlement::Statements>(&mut connection, &events).await,
        compare::<channels::ChannelNotifications>(&mut connection, &events).await,
        compare::<orders::Orders>(&mut connection, &events).await,
        compare::<orders::Payments>(&mut connection, &events).await,
        compare::<orders::OrderRefunds>(&mut connection, &events).await,
        compare::<approvals::ApprovalRulesProjection>(&mut connection, &events).await,
        compare::<approvals::Approvals>(&mut connection, &events).await,
        compare::<approvals::ApprovalDelegations>(&mut connection, &events).await,
        compare::<payouts::Payouts>(&mut connection, &events).await,
    ];
    connection.close().await.unwrap();
    assert_eq!(BTreeSet::from(compared), BTreeSet::from_iter(names), "every projection is compared");
}

async fn recorded(pool: &PgPool) -> Recorded {
    let stored = journal::page(pool, 0, i64::MAX).await.unwrap();
    let upcasters = tallybook_domain::upcasters();
    stored.iter().map(|event| event.decode(&upcasters).unwrap()).collect()
}

async fn compare<P: Projection>(connection: &mut PgConnection, events: &Recorded) -> &'static str {
    let mut tables = P::Tables::whole(Share::ALL);
    fold::<P>(events, &mut tables).unwrap();
    for table in tables.all() {
        // Nothing of most tables happens in most scenarios.
        if table.added() > 0 || is_live(connection, table.shape().name).await {
            compare_rows(connection, table).await;
        }
    }
    P::NAME
}

/// Whether the live table has any row.
async fn is_live(connection: &mut PgConnection, table: &str) -> bool {
    let any = format!("SELECT EXISTS (SELECT FROM {table})");
    sqlx::query_scalar(&any).fetch_one(connection).await.unwrap()
}

async fn compare_rows(connection: &mut PgConnection, table: &dyn Table) {
    let mut rows = Encoding::Copy(CopyRows::default());
    table.encode_added(&mut rows);
    let Encoding::Copy(rows) = rows else { panic!("rows were to be encoded for COPY") };
    let name = table.shape().name;
    let columns: Vec<_> = table.shape().columns.iter().map(|column| column.name).collect();
    let columns = columns.join(", ");
    let folded = format!("CREATE TEMPORARY TABLE folded_{name} AS SELECT {columns} FROM {name} WITH NO DATA");
    sqlx::query(&folded).execute(&mut *connection).await.unwrap();
    let statement = format!("COPY folded_{name} ({columns}) FROM STDIN (FORMAT binary)");
    let mut copy = connection.copy_in_raw(&statement).await.unwrap();
    copy.send(rows.finish().unwrap()).await.unwrap();
    copy.finish().await.unwrap();
    for (what, left, right) in
        [("folded but not live", "folded_", ""), ("live but not folded", "", "folded_")]
    {
        let difference = format!(
            "SELECT row_to_json(difference)::text FROM (
                 SELECT {columns} FROM {left}{name} EXCEPT ALL SELECT {columns} FROM {right}{name}) difference"
        );
        let rows: Vec<String> = sqlx::query_scalar(&difference).fetch_all(&mut *connection).await.unwrap();
        assert!(rows.is_empty(), "{name}, {what}: {rows:#?}");
    }
}
