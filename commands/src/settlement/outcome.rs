//! What a command on receipts, credit notes, write-offs and statements answers: the thing itself, and what is left of what
//! it is about.

use serde::{Deserialize, Serialize};
use tallybook_domain::billing::{Bill, BillId, BillRefusal};
use tallybook_domain::deposits::Wallet;
use tallybook_domain::settlement::credit_note::CreditNoteState;
use tallybook_domain::settlement::receipt::ReceiptState;
use tallybook_domain::settlement::statement::StatementFigures;
use tallybook_domain::settlement::write_off::{Leg, LegSource};
use tallybook_domain::settlement::{
    CreditNote, CreditNoteId, CreditNoteRefusal, Receipt, ReceiptId, ReceiptRefusal, Statement, StatementId,
    StatementRefusal, StatementState, WriteOff, WriteOffId, WriteOffRefusal, WriteOffState,
};
use tallybook_domain::{CustomerId, Money, Refusal};
use tallybook_event_store::Decision;

/// The receipt as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptOutcome {
    pub id: ReceiptId,
    pub state: ReceiptState,
    pub customer: Option<CustomerId>,
    pub amount: Money,
    /// What is free of it now.
    pub unapplied: Money,
    /// How often it was recorded, with this time: more than once after a reversal.
    pub entry: u32,
    /// How many have still to approve that it is paid back, while that waits for somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u32>,
}

impl ReceiptOutcome {
    pub(super) fn of(decision: &Decision<'_>, id: &ReceiptId) -> Result<Self, Refusal> {
        let receipt = decision.state::<Receipt>(id.as_str());
        let unapplied = receipt.unapplied().map_err(ReceiptRefusal::from)?;
        let (Some(state), Some(amount), Some(unapplied)) = (receipt.state(), receipt.amount(), unapplied)
        else {
            return Err(ReceiptRefusal::NotFound { receipt: id.clone() }.into());
        };
        let (customer, entry) = (receipt.customer().cloned(), receipt.entry());
        Ok(Self { id: id.clone(), state, customer, amount, unapplied, entry, missing_approvals: None })
    }
}

/// A receipt that was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedReceipt {
    #[serde(flatten)]
    pub receipt: ReceiptOutcome,
    /// The same money had been entered before: this is that receipt.
    pub known: bool,
}

/// A receipt that was reversed, and what was undone with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReversedReceipt {
    #[serde(flatten)]
    pub receipt: ReceiptOutcome,
    pub write_offs: Vec<WriteOffOutcome>,
}

/// The credit note as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNoteOutcome {
    pub id: CreditNoteId,
    pub state: CreditNoteState,
    pub customer: CustomerId,
    /// With tax.
    pub amount: Money,
    /// What is free of it now.
    pub unapplied: Money,
    /// How many have still to approve it, while it waits for somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u32>,
}

impl CreditNoteOutcome {
    pub(super) fn of(decision: &Decision<'_>, id: &CreditNoteId) -> Result<Self, Refusal> {
        let note = decision.state::<CreditNote>(id.as_str());
        let unapplied = note.unapplied().map_err(CreditNoteRefusal::from)?;
        let not_found = || CreditNoteRefusal::NotFound { credit_note: id.clone() };
        let (Some(state), Some(amount), Some(unapplied)) = (note.state(), note.amount(), unapplied) else {
            return Err(not_found().into());
        };
        let customer = note.customer().cloned().ok_or_else(not_found)?;
        Ok(Self { id: id.clone(), state, customer, amount, unapplied, missing_approvals: None })
    }
}

/// The statement as the command left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementOutcome {
    pub id: StatementId,
    pub state: StatementState,
    pub customer: CustomerId,
    #[serde(flatten)]
    pub figures: StatementFigures,
}

impl StatementOutcome {
    pub(super) fn of(decision: &Decision<'_>, id: &StatementId) -> Result<Self, Refusal> {
        let statement = decision.state::<Statement>(id.as_str());
        let (Some(state), Some(customer), Some(figures)) =
            (statement.state(), statement.customer().cloned(), statement.figures().cloned())
        else {
            return Err(StatementRefusal::NotFound { statement: id.clone() }.into());
        };
        Ok(Self { id: id.clone(), state, customer, figures })
    }
}

/// The write-off as the command left it, and what is left of its sources and bills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOffOutcome {
    pub id: WriteOffId,
    pub state: WriteOffState,
    pub customer: CustomerId,
    /// All its legs.
    pub legs: Vec<Leg>,
    /// The numbers of the legs that stand.
    pub live_legs: Vec<u32>,
    pub sources: Vec<SourceLeft>,
    pub bills: Vec<BillLeft>,
    /// How many have still to approve it, while it waits for somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u32>,
}

/// What is left of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLeft {
    #[serde(flatten)]
    pub source: LegSource,
    pub left: Money,
}

/// What is still owed of a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillLeft {
    pub bill: BillId,
    pub open: Money,
}

impl WriteOffOutcome {
    pub(super) fn of(decision: &Decision<'_>, id: &WriteOffId) -> Result<Self, Refusal> {
        let paper = decision.state::<WriteOff>(id.as_str());
        let (Some(state), Some(customer)) = (paper.state(), paper.customer().cloned()) else {
            return Err(WriteOffRefusal::NotFound { write_off: id.clone() }.into());
        };
        let (mut sources, mut bills): (Vec<SourceLeft>, Vec<BillLeft>) = (Vec::new(), Vec::new());
        for Leg { source, bill, amount, .. } in paper.legs() {
            if !sources.iter().any(|known| known.source == *source) {
                let left = left_of(decision, source, *amount)?;
                sources.extend(left.map(|left| SourceLeft { source: source.clone(), left }));
            }
            if !bills.iter().any(|known| known.bill == *bill) {
                bills.push(BillLeft { bill: bill.clone(), open: open_of(decision, bill, *amount)? });
            }
        }
        let live_legs = paper.live_legs().map(|leg| leg.leg).collect();
        let legs = paper.legs().to_vec();
        let missing_approvals = None;
        Ok(Self { id: id.clone(), state, customer, legs, live_legs, sources, bills, missing_approvals })
    }
}

/// `None` of a difference, of which there is no end.
fn left_of(decision: &Decision<'_>, source: &LegSource, like: Money) -> Result<Option<Money>, Refusal> {
    Ok(match source {
        LegSource::Receipt(id) => {
            decision.state::<Receipt>(id.as_str()).unapplied().map_err(ReceiptRefusal::from)?
        }
        LegSource::CreditNote(id) => {
            decision.state::<CreditNote>(id.as_str()).unapplied().map_err(CreditNoteRefusal::from)?
        }
        LegSource::Wallet(id) => Some(decision.state::<Wallet>(id.as_str()).available(like.currency())),
        LegSource::Difference(_) => None,
    })
}

/// Nothing of one that was voided since.
fn open_of(decision: &Decision<'_>, bill: &BillId, like: Money) -> Result<Money, Refusal> {
    let open = decision.state::<Bill>(bill.as_str()).open().map_err(BillRefusal::from)?;
    Ok(open.unwrap_or_else(|| Money::zero(like.currency())))
}
