//! What of settlement would keep a customer open: money that came in and is free, or asked back, and credit notes.

use std::collections::BTreeSet;

use tallybook_domain::customers::OpenItem;
use tallybook_domain::settlement::{
    CreditNote, CreditNoteId, CreditNoteRefusal, Receipt, ReceiptId, ReceiptRefusal,
};
use tallybook_domain::{CustomerId, Refusal};
use tallybook_event_store::{Book, Decision, StoreError, StreamKey};

/// The receipts and credit notes that are a customer's, or once were: whose they are by now, they say in the decision.
///
/// One that becomes the customer's between the search and the decision is not seen. It is no dead end: what is free of it
/// can be paid back to a closed customer, or settle what is owed after something was undone.
#[derive(Debug, Clone)]
pub(super) struct Credits {
    receipts: BTreeSet<ReceiptId>,
    notes: BTreeSet<CreditNoteId>,
}

impl Credits {
    pub(super) async fn of(book: &Book, customer: &CustomerId) -> Result<Self, StoreError> {
        let receipts = sqlx::query_scalar!(
            "SELECT aggregate_id FROM events
              WHERE aggregate_type = 'receipt' AND event_type IN ('ReceiptRecorded', 'ReceiptIdentified')
                AND payload -> event_type ->> 'customer' = $1",
            customer.as_str()
        );
        let receipts = receipts.fetch_all(book.pool()).await?;
        let notes = sqlx::query_scalar!(
            "SELECT aggregate_id FROM events
              WHERE aggregate_type = 'credit_note' AND event_type = 'CreditGranted'
                AND payload -> event_type ->> 'customer' = $1",
            customer.as_str()
        );
        let notes = notes.fetch_all(book.pool()).await?;
        Ok(Self { receipts: parsed(receipts, "receipt")?, notes: parsed(notes, "credit note")? })
    }

    pub(super) fn streams(&self) -> impl Iterator<Item = StreamKey> {
        let receipts = self.receipts.iter().map(StreamKey::existing::<Receipt>);
        receipts.chain(self.notes.iter().map(StreamKey::existing::<CreditNote>))
    }

    pub(super) fn open(
        &self,
        decision: &Decision<'_>,
        customer: &CustomerId,
    ) -> Result<Vec<OpenItem>, Refusal> {
        let mut open = Vec::new();
        for receipt in &self.receipts {
            let state = decision.state::<Receipt>(receipt.as_str());
            open.extend(OpenItem::of_receipt(customer, receipt, state).map_err(ReceiptRefusal::from)?);
        }
        for note in &self.notes {
            let state = decision.state::<CreditNote>(note.as_str());
            open.extend(OpenItem::of_credit_note(note, state).map_err(CreditNoteRefusal::from)?);
        }
        Ok(open)
    }
}

fn parsed<T: std::str::FromStr + Ord>(ids: Vec<String>, what: &str) -> Result<BTreeSet<T>, StoreError> {
    let parse = |id: String| {
        let corrupt = |_| StoreError::Corrupt(format!("{id:?} is the id of no {what}"));
        id.parse().map_err(corrupt)
    };
    ids.into_iter().map(parse).collect()
}
