//! What speaks against a proposal.

use super::*;

#[test]
fn an_account_many_pay_from_is_nobodys() {
    let mut matcher = matcher(&[bill(1, 10, "100.00"), bill(6, 10, "100.00")]);
    let agent = |number: u64| KnownPayer {
        customer: customer(number),
        names: Vec::new(),
        accounts: vec!["6222000099998888".parse().unwrap()],
    };
    matcher.payers = (1..=6).map(agent).collect();
    let paid = paid_by("代理", "6222000099998888", receipt(None, "100.00"));
    assert_eq!(
        told(&matcher, &paid),
        [
            "exact_bill 0.60 [amount equal; payer account ••••8888 remembered; customer C00002 fits nearly as well] \
          C00001.2026-10 100.00"
        ]
    );
    let named = saying("C00006.2026-10", paid);
    assert_eq!(
        told(&matcher, &named)[0],
        "reference 1.00 [amount equal; payer account ••••8888 remembered; bill number C00006.2026-10 in text] \
         C00006.2026-10 100.00",
        "the sixth is one of them all the same"
    );
}

#[test]
fn an_account_of_one_customer_under_the_name_of_another_is_doubted() {
    let mut matcher = matcher(&[bill(1, 10, "100.00")]);
    matcher.payers = [
        KnownPayer {
            customer: customer(1),
            names: vec!["青松贸易有限公司".to_owned()],
            accounts: vec!["6222000099998888".parse().unwrap()],
        },
        KnownPayer {
            customer: customer(2),
            names: vec!["白石物流有限公司".to_owned()],
            accounts: Vec::new(),
        },
    ]
    .into_iter()
    .collect();
    let first = |name: &str, account: &str| {
        told(&matcher, &paid_by(name, account, receipt(None, "100.00")))[0].clone()
    };
    let doubted = first("白石物流有限公司", "6222 0000 9999 8888");
    assert!(doubted.starts_with("exact_bill 0.60"), "{doubted}");
    assert!(doubted.contains("customer C00002 fits nearly as well"), "{doubted}");
    for name in ["青松贸易有限公司", "一家代理"] {
        let sure = first(name, "6222-0000-9999-8888");
        assert!(sure.starts_with("exact_bill 0.80"), "{sure}");
    }
}

#[test]
fn of_namesakes_the_number_of_the_bill_decides() {
    let mut matcher = matcher(&[bill(1, 10, "100.00"), bill(6, 10, "100.00")]);
    matcher.payers = namesakes(6);
    let paid = paid_by("张伟", "9999", receipt(None, "100.00"));
    let doubted =
        "exact_bill 0.60 [amount equal; payer name 1.00 alike; customer C00002 fits nearly as well]";
    assert!(told(&matcher, &paid)[0].starts_with(doubted));
    assert_eq!(
        told(&matcher, &saying("C00006.2026-10", paid))[0],
        "reference 1.00 [amount equal; payer name 1.00 alike; bill number C00006.2026-10 in text] \
         C00006.2026-10 100.00"
    );
}

#[test]
fn a_number_beside_anothers_or_from_anothers_account_is_doubted() {
    let matcher = matcher(&[bill(7, 10, "50.00"), bill(42, 10, "50.00")]);
    let two = saying("C00007.2026-10 C00042.2026-10", receipt(None, "50.00"));
    let first = &told(&matcher, &two)[0];
    assert!(
        first.starts_with("reference 0.50") && first.contains("the payer names C00042.2026-10"),
        "{first}"
    );
    let strange = paid_by("刘芳", "6222000011112222", saying("C00007.2026-10", receipt(None, "50.00")));
    let all = told(&matcher, &strange);
    assert!(
        all.iter().any(|told| told.starts_with(
            "reference 0.50 [amount equal; payer name 0.00 alike; customer \
            C00042 fits nearly as well; bill number C00007.2026-10 in text]"
        )),
        "{all:?}"
    );
}

#[test]
fn the_only_bill_of_an_amount_is_not_that_of_a_payer_who_is_known() {
    let matcher = matcher(&[bill(7, 10, "50.00"), bill(42, 10, "60.00")]);
    let known = paid_by("刘芳", "6222000011112222", receipt(None, "50.00"));
    assert_eq!(
        told(&matcher, &known),
        ["exact_bill 0.30 [amount equal; payer name 0.00 alike; customer C00042 fits nearly as well] \
          C00007.2026-10 50.00"]
    );
}

#[test]
fn where_more_names_are_like_it_than_are_compared_nobody_is_sure() {
    let best = ("甲乙丙丁戊己庚壬".to_owned(), 1);
    let filler = |number: u64| char::from_u32(0x5000 + u32::try_from(number).unwrap()).unwrap();
    let others = (2..260).map(|number| (format!("甲乙丙{0}{0}{0}{0}{0}", filler(number)), number));
    let payer = |(name, number): (String, u64)| KnownPayer {
        customer: customer(number),
        names: vec![name],
        accounts: Vec::new(),
    };
    let mut matcher = matcher(&[bill(1, 10, "50.00")]);
    matcher.payers = others.chain([best.clone()]).map(payer).collect();
    let paid = paid_by("甲乙丙丁戊己庚辛", "9999", receipt(None, "50.00"));
    assert_eq!(
        told(&matcher, &paid),
        ["exact_bill 0.56 [amount equal; payer name 0.87 alike; more names are like it than were compared] \
          C00001.2026-10 50.00"]
    );
    matcher.payers = [payer(best)].into_iter().collect();
    assert!(told(&matcher, &paid)[0].starts_with("exact_bill 0.76"));
}

/// A set is found at once, and the search for another one is given up.
#[test]
fn a_set_that_may_not_be_the_only_one_is_doubted_and_said() {
    let found: Vec<OpenBill> = (1..=40_u32).map(|at| numbered(at, 200 + at * 2)).collect();
    let found = matcher(&found).proposals(&receipt(Some(7), "406.00")).unwrap();
    assert!(
        tell(&found.proposals[0]).contains("2 bills together; of customer C00007]"),
        "every set was tried"
    );
    assert!(found.given_up.is_empty());
    let many: Vec<OpenBill> = [numbered(1, 1), numbered(2, 2602)]
        .into_iter()
        .chain((3..=60).map(|at| numbered(at, 200 + at * 4)))
        .collect();
    let mut many = matcher(&many);
    many.rules.rules.retain(|rule| rule.name() != RuleName::WithinTolerance);
    let many = many.proposals(&receipt(Some(7), "2603.00")).unwrap();
    let first = tell(&many.proposals[0]);
    assert!(first.starts_with("exact_bills 0.55") && first.contains("other bills fit as well"), "{first}");
    assert_eq!(many.given_up.len(), 1);
}

/// Of so many the sixty oldest are looked at: another set may be among the others.
#[test]
fn a_set_among_more_bills_than_are_looked_at_is_doubted() {
    let bills =
        |count: u32| -> Vec<OpenBill> { (1..=count).map(|at| numbered(at, 1 << at.min(20))).collect() };
    let of = |count| matcher(&bills(count)).proposals(&receipt(Some(7), "6.00")).unwrap();
    assert!(tell(&of(20).proposals[0]).starts_with("exact_bills 0.75"));
    let small: Vec<OpenBill> = bills(2).into_iter().chain((3..=62).map(|at| numbered(at, 5))).collect();
    let found = matcher(&small).proposals(&receipt(Some(7), "6.00")).unwrap();
    assert!(tell(&found.proposals[0]).starts_with("exact_bills 0.55"), "{}", tell(&found.proposals[0]));
    assert_eq!(found.given_up.len(), 1);
}

/// The bill is paid already, or another customer's: the money may be meant for it all the same.
#[test]
fn a_bill_that_is_named_and_not_paid_is_for_a_person() {
    let mut matcher = matcher(&[bill(42, 9, "0.00"), bill(42, 10, "77.00"), bill(7, 10, "88.00")]);
    matcher.rules.automatic_from = Some("0.10".parse().unwrap());
    let from = |receipt| paid_by("上海青松贸易有限公司", "6222000011112222", receipt);
    let cases = [
        (from(receipt(None, "77.00")), "C00042.2026-09", "payer account ••••2222 remembered"),
        (from(receipt(None, "77.00")), "账单 2026-004209", "payer account ••••2222 remembered"),
        (receipt(Some(42), "77.00"), "付 C00007.2026-10", "of customer C00042"),
        (receipt(Some(42), "77.00"), "C00099.2026-10", "of customer C00042"),
    ];
    for (paid, text, who) in cases {
        let paid = saying(text, paid);
        let run = matcher.run(std::slice::from_ref(&paid)).unwrap().proposals;
        let named = if text.contains('C') { text.trim_start_matches("付 ") } else { "2026-004209" };
        let doubted = format!(
            "exact_bill 0.60 [amount equal; {who}; the payer names {named}, which it does not pay] \
             C00042.2026-10 77.00"
        );
        assert_eq!(run.iter().map(tell).collect::<Vec<_>>(), [doubted], "{text}");
        assert!(!run[0].is_automatic(&matcher.rules), "{text}: whatever the score");
    }
    let both = saying("C00042.2026-09 C00042.2026-10", receipt(Some(42), "77.00"));
    let run = matcher.run(std::slice::from_ref(&both)).unwrap().proposals;
    assert!(tell(&run[0]).starts_with("reference 0.80") && !run[0].is_automatic(&matcher.rules));
}

/// What rules have said of whose money it is counts as it did then, not as what a person has said.
#[test]
fn what_rules_have_identified_is_as_sure_as_it_was() {
    let mut matcher = matcher(&[bill(7, 10, "50.00")]);
    let by_rules =
        |name: &str| paid_by(name, "9999", FreeReceipt { by_rules: true, ..receipt(Some(7), "50.00") });
    let first = |matcher: &Matcher, name: &str| told(matcher, &by_rules(name))[0].clone();
    assert!(
        first(&matcher, "北京自云科技公司")
            .starts_with("exact_bill 0.74 [amount equal; payer name 0.83 alike]")
    );
    assert!(first(&matcher, "刘芳").starts_with("exact_bill 0.50 [amount equal; payer name 0.00 alike]"));
    matcher.payers = (7..9).map(namesake).collect();
    assert!(first(&matcher, "张伟").contains("customer C00008 fits nearly as well"));
}

#[test]
fn a_difference_is_never_more_than_what_pays() {
    let with = |rate: Option<&str>, owed: &str| {
        let mut matcher = matcher(&[bill(7, 10, owed)]);
        matcher.rules.rules[3] = MatchingRule::WithinTolerance {
            on: true,
            absolute: vec![yuan("25.00")],
            rate: rate.map(|rate| rate.parse().unwrap()),
            reason: DifferenceReason::BankFee,
        };
        matcher
    };
    let fits = |matcher: &Matcher, paid: &str| !told(matcher, &receipt(Some(7), paid)).is_empty();
    assert!(fits(&with(None, "1000.00"), "980.00") && !fits(&with(None, "1000.00"), "974.99"));
    assert!(!fits(&with(None, "25.00"), "0.01"));
    assert!(fits(&with(None, "25.00"), "20.00") && !fits(&with(None, "25.00"), "19.99"), "a fifth");
    assert!(fits(&with(Some("0.9"), "25.00"), "12.50") && !fits(&with(Some("0.9"), "25.00"), "12.49"));
    let named = saying("C00007.2026-10", receipt(Some(7), "0.01"));
    let first = &told(&with(None, "25.00"), &named)[0];
    assert!(first.contains("24.99 CNY of the bills named stays open"), "{first}");
}

fn numbered(at: u32, open: u32) -> OpenBill {
    OpenBill {
        bill: format!("C00007.{}-{:02}", 2016 + at / 12, 1 + at % 12).parse().unwrap(),
        number: None,
        due_date: "2026-11-30".parse().unwrap(),
        open: yuan(&format!("{open}.00")),
    }
}
