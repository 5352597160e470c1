//! Of any bills and receipts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::minor::minor;
use super::*;

fn any_bills() -> impl Strategy<Value = Vec<OpenBill>> {
    let one = (1..4_u64, 1..12_u8, 1..40_u32)
        .prop_map(|(number, month, dimes)| bill(number, month, &format!("{}.{}0", dimes / 10, dimes % 10)));
    prop::collection::vec(one, 0..20).prop_map(|bills| {
        let distinct: BTreeMap<BillId, OpenBill> =
            bills.into_iter().map(|bill| (bill.bill.clone(), bill)).collect();
        distinct.into_values().collect()
    })
}

fn any_receipts() -> impl Strategy<Value = Vec<FreeReceipt>> {
    let text = prop::option::of((1..4_u64, 1..12_u8));
    let one = (prop::option::weighted(0.7, 1..4_u64), 1..100_u32, text, any::<bool>());
    prop::collection::vec(one, 1..12).prop_map(|receipts| {
        (0..)
            .zip(receipts)
            .map(|(at, (of, dimes, text, named))| {
                let mut one = receipt(of, &format!("{}.{}0", dimes / 10, dimes % 10));
                one.receipt = ReceiptId::of(&"ICBC-0123".parse().unwrap(), &format!("{at}").parse().unwrap());
                if let Some((number, month)) = text {
                    one = saying(&format!("C{number:05}.2026-{month:02}"), one);
                }
                if named { paid_by("payer 2", "6222000011112222", one) } else { one }
            })
            .collect()
    })
}

fn book(bills: Vec<OpenBill>) -> Matcher {
    let payer = |number: u64| KnownPayer {
        customer: customer(number),
        names: vec![format!("payer {number}")],
        accounts: Vec::new(),
    };
    Matcher {
        bills: bills.into_iter().collect(),
        payers: (1..4).map(payer).collect(),
        rules: RuleSet { automatic_from: Some("0.50".parse().unwrap()), rules: rules_for(&[1]) },
        rules_version: 1,
        oldest_first: BTreeSet::new(),
        taken: TakenByRules::default(),
    }
}

fn rules_for(oldest_first: &[u64]) -> Vec<MatchingRule> {
    let customers = Some(oldest_first.iter().copied().map(customer).collect());
    let mut rules = matcher(&[]).rules.rules;
    rules[4] = MatchingRule::OldestFirst { on: true, customers };
    rules
}

proptest! {
    /// Nothing is taken above what is open or free, by one proposal or by all of a run that are made; the same in, the
    /// same out, for one receipt also without a look at all bills; no leg of another customer's bill.
    #[test]
    fn proposals_keep_within_what_there_is(bills in any_bills(), receipts in any_receipts()) {
        let matcher = book(bills.clone());
        for receipt in &receipts {
            let proposals = matcher.proposals(receipt).unwrap().proposals;
            prop_assert!(proposals.len() <= 5 * 3);
            for proposal in &proposals {
                check(proposal, receipt.free, &bills)?;
            }
            prop_assert_eq!(proposals, matcher.proposals(receipt).unwrap().proposals);
            let alone = matcher.run(std::slice::from_ref(receipt)).unwrap().proposals;
            prop_assert_eq!(matcher.run_one(receipt).unwrap(), alone);
        }
        let run = matcher.run(&receipts).unwrap();
        prop_assert_eq!(&matcher.run(&receipts).unwrap(), &run);
        let mut open: BTreeMap<BillId, i128> =
            bills.iter().map(|bill| (bill.bill.clone(), minor(bill.open))).collect();
        let mut free: BTreeMap<ReceiptId, i128> =
            receipts.iter().map(|receipt| (receipt.receipt.clone(), minor(receipt.free))).collect();
        for proposal in run.proposals.iter().filter(|proposal| proposal.is_automatic(&matcher.rules)) {
            for leg in &proposal.legs {
                *open.get_mut(&leg.bill).unwrap() -= minor(leg.amount);
            }
            *free.get_mut(&proposal.receipt).unwrap() -= minor(proposal.paid().unwrap());
        }
        prop_assert!(open.values().chain(free.values()).all(|left| *left >= 0));
    }
}

fn check(proposal: &Proposal, free: Money, bills: &[OpenBill]) -> Result<(), TestCaseError> {
    let paid = proposal.paid().unwrap();
    prop_assert!(paid.is_positive());
    prop_assert_eq!(paid.checked_add(proposal.left).unwrap(), free);
    let mut taken: BTreeMap<&BillId, i128> = BTreeMap::new();
    for (number, leg) in (1..).zip(&proposal.legs) {
        prop_assert_eq!(leg.leg, number);
        prop_assert!(leg.amount.is_positive());
        prop_assert_eq!(leg.bill.customer(), proposal.customer.clone());
        *taken.entry(&leg.bill).or_default() += minor(leg.amount);
    }
    for (bill, taken) in taken {
        let open = bills.iter().find(|known| known.bill == *bill).unwrap().open;
        prop_assert!(taken <= minor(open));
    }
    Ok(())
}
