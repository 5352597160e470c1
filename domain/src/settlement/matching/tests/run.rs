//! Many receipts at once.

use super::*;

fn another(receipt: FreeReceipt) -> FreeReceipt {
    let reference = "B-2".parse().unwrap();
    FreeReceipt { receipt: ReceiptId::of(&"ICBC-0123".parse().unwrap(), &reference), reference, ..receipt }
}

fn from(score: &str, bills: &[OpenBill]) -> Matcher {
    let mut matcher = matcher(bills);
    matcher.rules.automatic_from = Some(score.parse().unwrap());
    matcher
}

/// Whether each is written off by itself, and what it is.
fn ran(matcher: &Matcher, receipts: &[FreeReceipt]) -> Vec<(bool, String)> {
    let run = matcher.run(receipts).unwrap().proposals;
    run.iter().map(|proposal| (proposal.is_automatic(&matcher.rules), tell(proposal))).collect()
}

/// The receipt that names its bill gets it, though an older one would have fitted; what is left goes to the oldest.
#[test]
fn each_rule_goes_over_all_receipts_before_the_next() {
    let matcher = from("0.50", &[bill(42, 9, "60.00"), bill(42, 10, "50.00")]);
    let plain = receipt(Some(42), "50.00");
    let named = another(saying("C00042.2026-10", receipt(Some(42), "50.00")));
    let run = matcher.run(&[plain.clone(), named.clone()]).unwrap().proposals;
    let told: Vec<String> = run.iter().map(tell).collect();
    assert_eq!([&run[0].receipt, &run[1].receipt], [&named.receipt, &plain.receipt]);
    assert!(told[1].starts_with("oldest_first") && told[1].ends_with("C00042.2026-09 50.00"), "{told:?}");
}

#[test]
fn what_waits_takes_nothing_from_a_surer_receipt() {
    let stranger = paid_by("刘芳", "9999", receipt(None, "50.00"));
    let known = another(receipt(Some(7), "50.00"));
    let told = ran(&from("0.80", &[bill(7, 10, "50.00")]), &[stranger.clone(), known.clone()]);
    assert_eq!(
        told,
        [(true, "exact_bill 0.80 [amount equal; of customer C00007] C00007.2026-10 50.00".to_owned())]
    );
    let alike = paid_by("北京自云科技公司", "9999", receipt(None, "50.00"));
    let told = ran(&from("0.70", &[bill(42, 10, "50.00"), bill(7, 10, "50.00")]), &[alike, known]);
    assert!(told[0].0 && told[0].1.contains("of customer C00007"), "the surest first: {told:?}");
    assert_eq!(told.len(), 1, "and nothing is left for the other: {told:?}");
}

/// Two customers are called the same and owe the same: nobody knows whose transfer is whose, in whatever order they come
/// in and however often the rules are asked.
#[test]
fn the_doubt_does_not_go_with_a_proposal_that_waits() {
    let mut matcher = from("0.80", &[bill(1, 10, "100.00"), bill(2, 10, "100.00")]);
    matcher.payers = namesakes(2);
    let first = paid_by("张伟", "9999", receipt(None, "100.00"));
    let receipts = [first.clone(), another(first.clone())];
    let doubted = "exact_bill 0.60 [amount equal; payer name 1.00 alike; customer C00002 fits nearly as well] \
                   C00001.2026-10 100.00";
    assert_eq!(ran(&matcher, &receipts), [(false, doubted.to_owned()), (false, doubted.to_owned())]);
    assert_eq!(ran(&matcher, &receipts[1..]).len(), 1);
    let one = from("0.80", &[bill(1, 10, "100.00")]);
    let one = Matcher { payers: namesakes(2), ..one };
    assert_eq!(
        ran(&one, &[first]),
        [(false, doubted.to_owned())],
        "the other owes nothing, and is called so"
    );
}

#[test]
fn bills_of_one_amount_stay_doubted_while_a_run_takes_of_them() {
    let matcher = from("0.80", &[bill(7, 9, "50.00"), bill(7, 10, "50.00")]);
    let plain = receipt(Some(7), "50.00");
    let doubted = "exact_bill 0.60 [amount equal; of customer C00007; other bills fit as well]";
    let told = ran(&matcher, &[plain.clone(), another(plain.clone())]);
    assert!(told.iter().all(|(posted, told)| !posted && told.starts_with(doubted)), "{told:?}");
    let named = another(saying("C00007.2026-09", plain.clone()));
    let told = ran(&matcher, &[plain, named]);
    assert!(told[0].0 && told[0].1.starts_with("reference 1.00"), "{told:?}");
    assert_eq!(told[1], (false, format!("{doubted} C00007.2026-10 50.00")));
}

/// The first run has paid the other bill; nothing else has changed.
#[test]
fn what_a_run_has_left_waiting_waits_the_next_time_too() {
    let mut matcher = from("0.80", &[bill(7, 9, "50.00"), bill(7, 10, "50.00")]);
    let (named, plain) = (saying("C00007.2026-09", receipt(Some(7), "50.00")), receipt(Some(7), "50.00"));
    let (named, plain) = (named, FreeReceipt { position: 5, ..another(plain) });
    let doubted = "exact_bill 0.60 [amount equal; of customer C00007; other bills fit as well] \
                   C00007.2026-10 50.00";
    assert_eq!(ran(&matcher, &[named, plain.clone()])[1], (false, doubted.to_owned()));
    matcher.bills.put(bill(7, 9, "0.00"));
    let taken = |position| -> TakenByRules {
        let bill = "C00007.2026-09".parse().unwrap();
        std::iter::once(TakenOfBill { bill, amount: yuan("50.00"), position }).collect()
    };
    matcher.taken = taken(6);
    assert_eq!(ran(&matcher, std::slice::from_ref(&plain)), [(false, doubted.to_owned())]);
    assert_eq!(matcher.run_one(&plain).unwrap().iter().map(tell).collect::<Vec<_>>(), [doubted]);
    matcher.taken = taken(5);
    assert!(ran(&matcher, &[plain])[0].0, "what was taken before it came in says nothing of it");
}

/// A rule that comes later must not take the money for another bill, because the one that fitted is paid.
#[test]
fn a_bill_that_would_have_fitted_an_earlier_rule_is_not_forgotten() {
    let mut matcher = from("0.70", &[bill(7, 9, "0.00"), bill(7, 10, "1000.00")]);
    let plain = FreeReceipt { position: 5, ..receipt(Some(7), "990.00") };
    assert!(ran(&matcher, std::slice::from_ref(&plain))[0].0);
    let bill = "C00007.2026-09".parse().unwrap();
    matcher.taken.put(TakenOfBill { bill, amount: yuan("990.00"), position: 6 });
    let told = ran(&matcher, &[plain]);
    assert!(!told[0].0 && told[0].1.starts_with("within_tolerance 0.50"), "{told:?}");
}

#[test]
fn what_a_person_has_undone_is_proposed_and_never_made() {
    let matcher = from("0.10", &[bill(7, 10, "50.00")]);
    let undone = FreeReceipt { undone: true, ..receipt(Some(7), "50.00") };
    let told = ran(&matcher, &[undone, another(receipt(Some(7), "50.00"))]);
    let posted: Vec<bool> = told.iter().map(|(posted, _)| *posted).collect();
    assert_eq!(posted, [false, true], "nor does it take anything of the bill: {told:?}");
    assert!(told[0].1.contains("a person has undone or rejected a write-off of it"), "{told:?}");
}

#[test]
fn what_is_left_of_a_receipt_goes_on_to_the_next_rule() {
    let bills = [bill(7, 9, "100.00"), bill(7, 10, "30.00")];
    let over = saying("C00007.2026-09", receipt(Some(7), "130.00"));
    let rest = "exact_bill 0.80 [amount equal; of customer C00007] C00007.2026-10 30.00";
    let told = ran(&from("0.80", &bills), std::slice::from_ref(&over));
    assert_eq!((told.len(), told[1].1.as_str()), (2, rest));
    let alone: Vec<String> = from("0.80", &bills).run_one(&over).unwrap().iter().map(tell).collect();
    assert_eq!(alone, told.into_iter().map(|(_, told)| told).collect::<Vec<_>>(), "the same alone");
    assert_eq!(ran(&from("0.90", &bills), &[over]).len(), 1, "a person looks at the first before");
}

#[test]
fn the_same_legs_are_the_same_write_off_and_others_another() {
    let one = matcher(&[bill(42, 10, "50.00")]);
    let of = |matcher: &Matcher, receipt: &FreeReceipt| matcher.run_one(receipt).unwrap()[0].write_off();
    let first = of(&one, &receipt(Some(42), "50.00"));
    assert_eq!(first, of(&Matcher { rules_version: 9, ..one.clone() }, &receipt(Some(42), "50.00")));
    assert_ne!(first, of(&one, &another(receipt(Some(42), "50.00"))));
    assert_ne!(first, of(&matcher(&[bill(42, 9, "50.00")]), &receipt(Some(42), "50.00")));
}
