//! What goes in and what comes out of matching.

use sha2::{Digest, Sha256};
use smol_str::format_smolstr;
use uuid::Uuid;

use super::{MatchEvidence, MatchGround, RuleName, RuleSet, Score};
use crate::billing::BillId;
use crate::deposits::BankReference;
use crate::ids::{CustomerId, WriteOffId};
use crate::money::{Money, MoneyError};
use crate::settlement::receipt::{Payer, ReceiptId, RemittanceText};
use crate::settlement::write_off::{Leg, LegSource};

/// A receipt of which something is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeReceipt {
    pub receipt: ReceiptId,
    /// `None` before somebody has said whose it is.
    pub customer: Option<CustomerId>,
    /// Rules have said whose it is, and no person: what speaks for the customer is what spoke for it then.
    pub by_rules: bool,
    /// A person has undone or rejected a write-off of it: nothing more of it is written off by itself.
    pub undone: bool,
    /// Where in the journal it was recorded.
    pub position: u64,
    /// Bills it pays already.
    pub pays: Vec<BillId>,
    pub free: Money,
    pub reference: BankReference,
    pub payer: Payer,
    pub text: Option<RemittanceText>,
}

/// What a receipt may pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub receipt: ReceiptId,
    pub customer: CustomerId,
    pub legs: Vec<Leg>,
    /// What of the receipt stays free.
    pub left: Money,
    pub rule: RuleName,
    pub rules_version: u32,
    pub score: Score,
    pub grounds: Vec<MatchGround>,
}

impl Proposal {
    /// Whether it is written off by itself.
    pub fn is_automatic(&self, rules: &RuleSet) -> bool {
        rules.posts(self.score) && !self.grounds.iter().any(MatchGround::needs_person)
    }

    /// What it takes of the receipt.
    pub fn paid(&self) -> Result<Money, MoneyError> {
        let zero = Money::zero(self.left.currency());
        let money = self.legs.iter().filter(|leg| matches!(leg.source, LegSource::Receipt(_)));
        money.map(|leg| leg.amount).try_fold(zero, |sum, amount| sum.checked_add(amount))
    }

    /// The write-off it would become. The same legs of the same receipt are the same write-off whenever they are
    /// proposed, so that it is made once, however many ask at once.
    pub fn write_off(&self) -> WriteOffId {
        let mut hash = Sha256::new().chain_update("match").chain_update([0]);
        hash.update(self.receipt.as_str());
        for Leg { source, bill, amount, .. } in &self.legs {
            let source = match source {
                LegSource::Receipt(receipt) => receipt.as_str(),
                LegSource::Wallet(wallet) => wallet.as_str(),
                LegSource::CreditNote(note) => note.as_str(),
                LegSource::Difference(reason) => reason.as_str(),
            };
            hash.update(format!("\0{source}\0{bill}\0{amount}"));
        }
        let bits = hash.finalize().iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        WriteOffId::from_uuid(Uuid::from_u128(bits))
    }

    /// The reasons in words, as one sentence.
    pub fn reasons(&self) -> String {
        let reasons: Vec<String> = self.grounds.iter().map(MatchGround::to_string).collect();
        reasons.join("; ")
    }

    /// What a write-off made of it keeps.
    pub fn evidence(&self) -> MatchEvidence {
        MatchEvidence {
            rule: self.rule,
            rules_version: self.rules_version,
            score: self.score,
            reasons: self.grounds.iter().map(|ground| format_smolstr!("{ground}")).collect(),
        }
    }
}

/// What is proposed for one receipt or for many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposals {
    pub proposals: Vec<Proposal>,
    pub given_up: Vec<GivenUp>,
}

/// A search that has not tried everything. Shows itself in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    pub receipt: ReceiptId,
    pub customer: CustomerId,
    pub rule: RuleName,
    /// How many bills were looked at, and how many there are.
    pub looked_at: usize,
    pub bills: usize,
}

impl std::fmt::Display for GivenUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { customer, rule, looked_at, bills, .. } = self;
        let steps = super::subset::STEPS;
        write!(
            f,
            "{rule} gave up on {customer}: the {looked_at} oldest of {bills} bills, {steps} steps at most"
        )
    }
}
