use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::money::{Currency, Money};

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

fn requests(count: u32, amount: &str) -> Requests {
    Requests { count, in_currency: count, amount: yuan(amount) }
}

/// 100.00 of 1000.00 that lay there for long, by a customer who has withdrawn before.
fn inputs() -> RiskInputs {
    let zero = yuan("0.00");
    let none = requests(0, "0.00");
    RiskInputs {
        amount: yuan("100.00"),
        requested_at: now(),
        before: RequestsSoFar { ever: 5, day: none, week: none, month: none },
        destination: DestinationUse { used_before: true, others_used: false, other_customers: 0 },
        known: Some(Known {
            position: 9,
            registered_at: Some(now() - TimeDelta::days(400)),
            first_deposit_at: Some(now() - TimeDelta::days(300)),
            withdrew_before: true,
            came_in: CameIn {
                hour: zero,
                six_hours: zero,
                day: zero,
                three_days: zero,
                week: zero,
                month: yuan("1000.00"),
            },
            given_back: GivenBack { day: zero, week: zero, month: zero },
        }),
    }
}

fn known(change: impl FnOnce(&mut Known)) -> RiskInputs {
    let mut inputs = inputs();
    change(inputs.known.as_mut().unwrap());
    inputs
}

fn rules(rules: &[RiskRule]) -> RiskRuleSet {
    RiskRuleSet { review_from: 60, block_from: 100, rules: rules.to_vec() }
}

fn hits(rule: &RiskRule, inputs: RiskInputs) -> bool {
    let assessment = assess(&rules(std::slice::from_ref(rule)), 1, inputs).unwrap();
    assert_eq!(assessment.score, assessment.results[0].points);
    assert_eq!(assessment.results[0].points, if assessment.results[0].hit { rule.points() } else { 0 });
    assessment.results[0].hit
}

fn ratio(text: &str) -> Ratio {
    text.parse().unwrap()
}

#[test]
fn the_withdrawal_rate_hits_above_its_limit() {
    let rate = |above: &str| RiskRule::WithdrawalRate {
        on: true,
        points: 30,
        window: Window::Month,
        above: ratio(above),
        from: Vec::new(),
    };
    let mut inputs = inputs();
    inputs.before.month = requests(2, "850.00");
    assert!(!hits(&rate("0.95"), inputs.clone()), "950 of 1000 are 0.95");
    inputs.before.month = requests(2, "850.01");
    assert!(hits(&rate("0.95"), inputs.clone()));
    inputs.known.as_mut().unwrap().given_back.month = yuan("0.01");
    assert!(!hits(&rate("0.95"), inputs.clone()), "what came back did not leave");
    inputs.known.as_mut().unwrap().given_back.month = yuan("5000.00");
    inputs.known.as_mut().unwrap().came_in.month = yuan("105.00");
    assert!(hits(&rate("0.95"), inputs), "this one counts whatever came back");
    assert!(hits(&rate("99999"), known(|known| known.came_in.month = yuan("0.00"))));
    assert!(hits(&rate("99999"), known(|known| known.came_in.month = yuan("-1.00"))));
}

#[test]
fn the_amount_of_a_window_hits_above_its_limit() {
    for window in Window::ALL {
        let most =
            |most: &str| RiskRule::AmountVelocity { on: true, points: 60, window, most: vec![yuan(most)] };
        let mut inputs = inputs();
        let before = match window {
            Window::Day => &mut inputs.before.day,
            Window::Week => &mut inputs.before.week,
            Window::Month => &mut inputs.before.month,
        };
        *before = requests(1, "900.00");
        assert!(!hits(&most("1000.00"), inputs.clone()), "{window}");
        assert!(hits(&most("999.99"), inputs.clone()), "{window}");
        let euro = Money::parse("1.00", Currency::parse("EUR").unwrap()).unwrap();
        let other = RiskRule::AmountVelocity { on: true, points: 60, window, most: vec![euro] };
        assert!(!hits(&other, inputs), "no limit in this currency");
    }
}

#[test]
fn the_count_of_a_window_hits_above_its_limit() {
    for window in Window::ALL {
        let most = |most| RiskRule::CountVelocity { on: true, points: 60, window, most };
        let mut inputs = inputs();
        let before = match window {
            Window::Day => &mut inputs.before.day,
            Window::Week => &mut inputs.before.week,
            Window::Month => &mut inputs.before.month,
        };
        *before = requests(2, "1.00");
        assert!(!hits(&most(3), inputs.clone()), "{window}");
        assert!(hits(&most(2), inputs), "{window}");
    }
}

#[test]
fn a_first_withdrawal_hits_soon_after_registration_or_deposit() {
    let rule = |registered_within, deposited_within| RiskRule::FirstWithdrawal {
        on: true,
        points: 20,
        registered_within,
        deposited_within,
        from: Vec::new(),
    };
    let first = |registered: TimeDelta, deposited: TimeDelta| {
        let mut inputs = known(|known| {
            known.withdrew_before = false;
            known.registered_at = Some(now() - registered);
            known.first_deposit_at = Some(now() - deposited);
        });
        inputs.before.ever = 0;
        inputs
    };
    let (hours, short) = (TimeDelta::hours(72), TimeDelta::hours(72) - TimeDelta::microseconds(1));
    assert!(!hits(&rule(Some(72), None), first(hours, TimeDelta::zero())));
    assert!(hits(&rule(Some(72), None), first(short, TimeDelta::zero())));
    assert!(!hits(&rule(None, Some(72)), first(TimeDelta::zero(), hours)));
    assert!(hits(&rule(None, Some(72)), first(TimeDelta::zero(), short)));
    let mut judged_before = first(short, short);
    judged_before.before.ever = 1;
    assert!(!hits(&rule(Some(72), Some(72)), judged_before));
    let mut older = first(short, short);
    older.known.as_mut().unwrap().withdrew_before = true;
    assert!(!hits(&rule(Some(72), Some(72)), older), "withdrawn before the rules were there");
}

#[test]
fn in_and_out_hits_what_is_about_the_same() {
    let rule = RiskRule::InAndOut {
        on: true,
        points: 30,
        hours: Recent::Day,
        share: ratio("0.8"),
        from: Vec::new(),
    };
    let came_in = |amount: &str| known(|known| known.came_in.day = yuan(amount));
    assert!(
        hits(&rule, came_in("80.00")) && hits(&rule, came_in("100.00")) && hits(&rule, came_in("125.00"))
    );
    assert!(!hits(&rule, came_in("79.99")), "most of it lay there for longer");
    assert!(!hits(&rule, came_in("125.01")), "most of it stays");
    assert!(!hits(&rule, inputs()), "nothing came in");
    let mut twice = came_in("200.00");
    twice.before.day = requests(1, "90.00");
    assert!(hits(&rule, twice), "asked for in two parts");
    assert!(!hits(&rule, known(|known| known.came_in.three_days = yuan("100.00"))), "two days ago");
}

#[test]
fn an_account_hits_that_is_new_or_others_too() {
    let new = RiskRule::NewDestination { on: true, points: 20, from: Vec::new() };
    let shared = RiskRule::SharedDestination { on: true, points: 40, from: Vec::new() };
    let to = |used_before, others_used, other_customers| RiskInputs {
        destination: DestinationUse { used_before, others_used, other_customers },
        ..inputs()
    };
    assert!(hits(&new, to(false, true, 0)));
    assert!(!hits(&new, to(false, false, 0)), "the first account is not a change");
    assert!(!hits(&new, to(true, true, 0)));
    assert!(hits(&shared, to(true, false, 1)));
    assert!(!hits(&shared, to(true, false, 0)));
}

#[test]
fn an_amount_hits_above_so_many_times_the_average() {
    let rule = |times: &str, after| RiskRule::AboveAverage {
        on: true,
        points: 30,
        times: ratio(times),
        after,
        from: Vec::new(),
    };
    let mut inputs = inputs();
    inputs.before.month = requests(3, "60.00");
    assert!(!hits(&rule("5", 3), inputs.clone()), "five times 20.00");
    assert!(hits(&rule("4.9999", 3), inputs.clone()));
    assert!(!hits(&rule("4.9999", 4), inputs), "three make no average");
}

#[test]
fn small_amounts_do_not_count_where_a_rule_says_so() {
    let from = |from: Vec<Money>| RiskRule::SharedDestination { on: true, points: 40, from };
    let shared = || RiskInputs {
        destination: DestinationUse { used_before: true, others_used: false, other_customers: 3 },
        ..inputs()
    };
    assert!(hits(&from(vec![yuan("100.00")]), shared()));
    assert!(!hits(&from(vec![yuan("100.01")]), shared()));
    let euro = Money::parse("1000.00", Currency::parse("EUR").unwrap()).unwrap();
    assert!(hits(&from(vec![euro]), shared()), "in a currency without an amount each counts");
}

#[test]
fn points_add_up_to_an_outcome() {
    let shared = |points| RiskRule::SharedDestination { on: true, points, from: Vec::new() };
    let often = |on| RiskRule::CountVelocity { on, points: 40, window: Window::Day, most: 1 };
    let mut inputs = inputs();
    inputs.destination.other_customers = 1;
    inputs.before.day = requests(1, "1.00");
    let outcome = |rule_set: &[RiskRule]| {
        let assessment = assess(&rules(rule_set), 3, inputs.clone()).unwrap();
        (assessment.score, assessment.outcome, assessment.results.len())
    };
    assert_eq!(outcome(&[shared(59), often(false)]), (59, RiskOutcome::Pass, 1));
    assert_eq!(outcome(&[shared(60)]), (60, RiskOutcome::Review, 1));
    assert_eq!(outcome(&[shared(59), often(true)]), (99, RiskOutcome::Review, 2));
    assert_eq!(outcome(&[shared(60), often(true)]), (100, RiskOutcome::Block, 2));
}

#[test]
fn what_is_not_known_in_time_is_reviewed_and_never_held_against_anybody() {
    let unknown = RiskInputs { known: None, ..inputs() };
    let assessment = assess(&RiskRuleSet::beginning(), 0, unknown.clone()).unwrap();
    assert_eq!((assessment.score, assessment.outcome), (0, RiskOutcome::Review));
    assert_eq!(assessment.results.last().unwrap().rule, RiskRuleName::NotKnown);
    assert_eq!(assess(&RiskRuleSet::beginning(), 0, inputs()).unwrap().outcome, RiskOutcome::Pass);
    let often = RiskRule::CountVelocity { on: true, points: 100, window: Window::Month, most: 1 };
    let mut blocked = unknown;
    blocked.before.month = requests(1, "1.00");
    assert_eq!(assess(&rules(&[often]), 1, blocked).unwrap().outcome, RiskOutcome::Block);
}

#[test]
fn a_judgement_reads_back_as_it_was_written() {
    let assessment = assess(&RiskRuleSet::beginning(), 0, inputs()).unwrap();
    let text = serde_json::to_string(&assessment).unwrap();
    assert_eq!(serde_json::from_str::<Assessment>(&text).unwrap(), assessment);
    let again = assess(&RiskRuleSet::beginning(), 0, assessment.inputs.clone()).unwrap();
    assert_eq!(again, assessment);
    let rules = serde_json::to_string(&RiskRuleSet::beginning()).unwrap();
    assert_eq!(serde_json::from_str::<RiskRuleSet>(&rules).unwrap(), RiskRuleSet::beginning());
}
