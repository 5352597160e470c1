//! Every read table is what the journal folds to: all events folded afresh, in memory, and compared row by row.

use std::collections::BTreeSet;
use std::time::Duration;

use sqlx::{Connection, PgConnection, PgPool};
use tallybook_event_store::journal;
use tallybook_projector::wait_for;
use tallybook_read_models::fold::{CopyRows, Encoding, Share, Tables, fold};
use tallybook_read_models::{
    Projection, billing, channels, customers, deposits, ledger, payouts, risk, settlement,
};

use super::Witness;

type Recorded = Vec<tallybook_domain::RecordedEvent>;

pub(super) async fn equals_live(witness: &Witness, head: u64) {
    let events = recorded(&witness.pool).await;
    let compared = [
        compare::<customers::Customers>(witness, &events, head).await,
        compare::<deposits::Wallets>(witness, &events, head).await,
        compare::<deposits::Deposits>(witness, &events, head).await,
        compare::<deposits::Withdrawals>(witness, &events, head).await,
        compare::<deposits::WalletStatements>(witness, &events, head).await,
        compare::<deposits::WalletHolds>(witness, &events, head).await,
        compare::<deposits::DailyTotals>(witness, &events, head).await,
        compare::<ledger::GeneralLedger>(witness, &events, head).await,
        compare::<billing::UsageProjection>(witness, &events, head).await,
        compare::<billing::Bills>(witness, &events, head).await,
        compare::<billing::BillRuns>(witness, &events, head).await,
        compare::<ledger::Periods>(witness, &events, head).await,
        compare::<billing::PricePlans>(witness, &events, head).await,
        compare::<billing::Subscriptions>(witness, &events, head).await,
        compare::<billing::Revenue>(witness, &events, head).await,
        compare::<billing::Receivables>(witness, &events, head).await,
        compare::<billing::Reminders>(witness, &events, head).await,
        compare::<billing::UsageRuns>(witness, &events, head).await,
        compare::<billing::UsageQuarantines>(witness, &events, head).await,
        compare::<billing::CreditAlerts>(witness, &events, head).await,
        compare::<settlement::Receipts>(witness, &events, head).await,
        compare::<settlement::Advances>(witness, &events, head).await,
        compare::<settlement::CreditNotes>(witness, &events, head).await,
        compare::<settlement::WriteOffs>(witness, &events, head).await,
        compare::<settlement::MatchingRules>(witness, &events, head).await,
        compare::<risk::RiskRulesProjection>(witness, &events, head).await,
        compare::<risk::RiskAssessments>(witness, &events, head).await,
        compare::<risk::RiskAlerts>(witness, &events, head).await,
        compare::<risk::RiskFlows>(witness, &events, head).await,
        compare::<settlement::Statements>(witness, &events, head).await,
        compare::<channels::ChannelNotifications>(witness, &events, head).await,
        compare::<payouts::Payouts>(witness, &events, head).await,
    ];
    let known: BTreeSet<_> = tallybook_projector::every().iter().map(|projection| projection.name).collect();
    assert_eq!(BTreeSet::from(compared), known, "every projection is compared");
}

async fn recorded(pool: &PgPool) -> Recorded {
    let stored = journal::page(pool, 0, i64::MAX).await.unwrap();
    let upcasters = tallybook_domain::upcasters();
    stored.iter().map(|event| event.decode(&upcasters).unwrap()).collect()
}

async fn compare<P: Projection>(witness: &Witness, events: &Recorded, head: u64) -> &'static str {
    wait_for(&witness.pool, &[P::NAME], head, Duration::from_secs(60)).await.unwrap();
    let mut tables = P::Tables::whole(Share::ALL);
    fold::<P>(events, &mut tables).unwrap();
    let mut connection = PgConnection::connect_with(&witness.connect).await.unwrap();
    for table in tables.all() {
        let mut rows = Encoding::Copy(CopyRows::default());
        table.encode_added(&mut rows);
        let Encoding::Copy(rows) = rows else { panic!("rows were to be encoded for COPY") };
        let name = table.shape().name;
        let columns: Vec<_> = table.shape().columns.iter().map(|column| column.name).collect();
        let columns = columns.join(", ");
        let folded =
            format!("CREATE TEMPORARY TABLE folded_{name} AS SELECT {columns} FROM {name} WITH NO DATA");
        sqlx::query(&folded).execute(&mut connection).await.unwrap();
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
            let rows: Vec<String> = sqlx::query_scalar(&difference).fetch_all(&mut connection).await.unwrap();
            assert!(rows.is_empty(), "{name}, {what}: {rows:#?}");
        }
    }
    P::NAME
}
