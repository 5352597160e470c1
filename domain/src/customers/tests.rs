use cqrs_es::test::TestFramework;

use super::*;
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, WalletId};
use crate::money::{Currency, Money};

fn customer() -> CustomerId {
    CustomerId::from_number(42)
}

fn name(text: &str) -> CustomerName {
    text.parse().unwrap()
}

fn registered() -> CustomerEvent {
    CustomerEvent::CustomerRegistered { customer: customer(), name: name("Acme") }
}

fn suspended() -> CustomerEvent {
    CustomerEvent::CustomerSuspended { customer: customer(), reason: "chargebacks".parse().unwrap() }
}

fn reactivated() -> CustomerEvent {
    CustomerEvent::CustomerReactivated { customer: customer(), reason: None }
}

fn given(events: Vec<CustomerEvent>) -> cqrs_es::test::AggregateTestExecutor<Customer> {
    TestFramework::with(()).given(events)
}

fn register() -> CustomerCommand {
    register_with(ProfileEdits::default())
}

fn rename(to: &str) -> CustomerCommand {
    CustomerCommand::Change {
        customer: customer(),
        name: Some(name(to)),
        account_manager: Edit::Keep,
        profile: Box::default(),
    }
}

fn register_with(profile: ProfileEdits) -> CustomerCommand {
    let profile = Box::new(profile);
    CustomerCommand::Register { customer: customer(), name: name("Acme"), account_manager: None, profile }
}

fn change(profile: ProfileEdits) -> CustomerCommand {
    let (account_manager, profile) = (Edit::Keep, Box::new(profile));
    CustomerCommand::Change { customer: customer(), name: None, account_manager, profile }
}

fn changed(changes: ProfileChanges) -> CustomerEvent {
    CustomerEvent::CustomerProfileChanged { customer: customer(), changes: Box::new(changes) }
}

fn industry(from: Option<&str>, to: Option<&str>) -> CustomerEvent {
    let read = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    let industry = Some(Change { from: read(from), to: read(to) });
    changed(ProfileChanges { industry, ..ProfileChanges::default() })
}

fn phone(sealed: &str) -> ProfileEdits {
    ProfileEdits { phone: Edit::Set(sealed.parse().unwrap()), ..ProfileEdits::default() }
}

fn assign(from: Option<&str>, to: Option<&str>) -> CustomerCommand {
    let read = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    CustomerCommand::AssignAccountManager { customer: customer(), from: read(from), to: read(to) }
}

fn assigned(from: Option<&str>, to: Option<&str>) -> CustomerEvent {
    let read = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    CustomerEvent::AccountManagerAssigned { customer: customer(), from: read(from), to: read(to) }
}

fn close(open: Vec<OpenItem>) -> CustomerCommand {
    CustomerCommand::Close { customer: customer(), reason: "moved away".parse().unwrap(), open }
}

fn closed() -> CustomerEvent {
    CustomerEvent::CustomerClosed { customer: customer(), reason: "moved away".parse().unwrap() }
}

fn erase() -> CustomerCommand {
    CustomerCommand::ErasePersonalData { customer: customer(), reason: "asked to".parse().unwrap() }
}

fn erased() -> CustomerEvent {
    CustomerEvent::PersonalDataErased { customer: customer(), reason: "asked to".parse().unwrap() }
}

fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount, currency.parse().unwrap()).unwrap()
}

fn suspend() -> CustomerCommand {
    CustomerCommand::Suspend { customer: customer(), reason: "chargebacks".parse().unwrap() }
}

fn reactivate() -> CustomerCommand {
    CustomerCommand::Reactivate { customer: customer(), reason: None }
}

#[test]
fn a_customer_is_registered() {
    given(vec![]).when(register()).then_expect_events(vec![registered()]);
}

#[test]
fn a_second_registration_is_refused() {
    given(vec![registered()])
        .when(register())
        .then_expect_error(CustomerRefusal::AlreadyRegistered { customer: customer() });
}

#[test]
fn a_customer_is_renamed() {
    given(vec![registered()]).when(rename("Acme Ltd")).then_expect_events(vec![
        CustomerEvent::CustomerRenamed {
            customer: customer(),
            old_name: name("Acme"),
            new_name: name("Acme Ltd"),
        },
    ]);
}

#[test]
fn the_name_a_customer_has_already_is_no_change() {
    given(vec![registered()]).when(rename("Acme")).then_expect_events(vec![]);
}

#[test]
fn a_name_that_differs_only_in_case_is_a_change() {
    assert_eq!(given(vec![registered()]).when(rename("ACME")).inspect_result().unwrap().len(), 1);
}

#[test]
fn a_customer_is_suspended_and_reactivated() {
    given(vec![registered()]).when(suspend()).then_expect_events(vec![suspended()]);
    given(vec![registered(), suspended()]).when(reactivate()).then_expect_events(vec![reactivated()]);
    given(vec![registered(), suspended(), reactivated()])
        .when(suspend())
        .then_expect_events(vec![suspended()]);
}

#[test]
fn a_second_suspension_decides_nothing_whatever_its_reason() {
    let again = CustomerCommand::Suspend { customer: customer(), reason: "again".parse().unwrap() };
    given(vec![registered(), suspended()]).when(again).then_expect_events(vec![]);
}

#[test]
fn to_reactivate_who_is_not_suspended_decides_nothing() {
    given(vec![registered()]).when(reactivate()).then_expect_events(vec![]);
    given(vec![registered(), suspended(), reactivated()]).when(reactivate()).then_expect_events(vec![]);
}

#[test]
fn nothing_can_be_asked_of_a_customer_that_does_not_exist() {
    let not_found = CustomerRefusal::NotFound { customer: customer() };
    for command in [
        rename("Acme"),
        suspend(),
        reactivate(),
        close(vec![]),
        erase(),
        assign(None, None),
        change(phone("AAAA")),
    ] {
        given(vec![]).when(command).then_expect_error(not_found.clone());
    }
    assert_eq!(Customer::default().check_registered(&customer()), Err(not_found));
}

#[test]
fn the_state_tells_whether_money_may_leave() {
    let state = |events: Vec<CustomerEvent>| {
        events.iter().fold(Customer::default(), |mut state, event| {
            state.evolve(event).unwrap();
            state
        })
    };
    assert!(!state(vec![]).may_withdraw());
    assert!(!state(vec![]).is_registered());
    let active = state(vec![registered()]);
    assert!(active.may_withdraw() && active.is_registered());
    assert_eq!(active.name(), Some(&name("Acme")));
    assert_eq!(active.status(), Some(CustomerStatus::Active));
    assert!(!state(vec![registered(), suspended()]).may_withdraw());
    assert!(state(vec![registered(), suspended(), reactivated()]).may_withdraw());
    let end = state(vec![registered(), closed()]);
    assert!(end.may_withdraw(), "what the bank sends back must be able to go out again");
    assert_eq!(end.check_open(&customer()), Err(CustomerRefusal::Closed { customer: customer() }));
    assert_eq!(end.check_registered(&customer()), Ok(()));
}

#[test]
fn a_stream_that_cannot_be_is_corrupt() {
    let other = CustomerEvent::CustomerSuspended {
        customer: CustomerId::from_number(43),
        reason: "x".parse().unwrap(),
    };
    for history in [
        vec![suspended()],
        vec![registered(), registered()],
        vec![registered(), other],
        vec![registered(), suspended(), suspended()],
        vec![registered(), reactivated()],
        vec![registered(), closed(), closed()],
        vec![registered(), closed(), reactivated()],
        vec![registered(), erased(), erased()],
        vec![registered(), industry(Some("retail"), None)],
        vec![registered(), assigned(Some("王芳"), None)],
    ] {
        let mut state = Customer::default();
        assert!(history.iter().any(|event| state.evolve(event).is_err()), "{history:?}");
    }
}

#[test]
fn a_snapshot_is_the_state() {
    let mut state = Customer::default();
    for event in [registered(), industry(None, Some("retail")), assigned(None, Some("王芳")), erased()] {
        state.evolve(&event).unwrap();
    }
    let snapshot = serde_json::to_value(&state).unwrap();
    assert_eq!(serde_json::from_value::<Customer>(snapshot).unwrap(), state);
}

#[test]
fn a_snapshot_of_an_earlier_program_is_a_customer_without_a_profile() {
    let stored = r#"{"registered":{"customer":"C00042","name":"Acme","status":"active"}}"#;
    let mut state = Customer::default();
    state.evolve(&registered()).unwrap();
    assert_eq!(serde_json::from_str::<Customer>(stored).unwrap(), state);
}

#[test]
fn a_profile_comes_after_the_registration_it_came_with() {
    let profile = ProfileEdits {
        industry: Edit::Set("retail".parse().unwrap()),
        short_name: Edit::Clear,
        ..ProfileEdits::default()
    };
    let command = CustomerCommand::Register {
        customer: customer(),
        name: name("Acme"),
        account_manager: Some("王芳".parse().unwrap()),
        profile: Box::new(profile),
    };
    given(vec![]).when(command).then_expect_events(vec![
        registered(),
        industry(None, Some("retail")),
        assigned(None, Some("王芳")),
    ]);
}

#[test]
fn a_change_says_from_what_to_what_and_nothing_of_the_rest() {
    let edits = |industry| ProfileEdits { industry, ..ProfileEdits::default() };
    let history = vec![registered(), industry(None, Some("retail"))];
    let set = |text: &str| Edit::Set(text.parse().unwrap());
    given(history.clone())
        .when(change(edits(set("logistics"))))
        .then_expect_events(vec![industry(Some("retail"), Some("logistics"))]);
    given(history.clone())
        .when(change(edits(Edit::Clear)))
        .then_expect_events(vec![industry(Some("retail"), None)]);
    given(history.clone()).when(change(edits(set("retail")))).then_expect_events(vec![]);
    given(history).when(change(edits(Edit::Keep))).then_expect_events(vec![]);
    given(vec![registered()]).when(change(edits(Edit::Clear))).then_expect_events(vec![]);
}

#[test]
fn a_name_a_profile_and_a_manager_change_together() {
    let command = CustomerCommand::Change {
        customer: customer(),
        name: Some(name("Acme Ltd")),
        account_manager: Edit::Set("王芳".parse().unwrap()),
        profile: Box::new(ProfileEdits {
            industry: Edit::Set("retail".parse().unwrap()),
            ..ProfileEdits::default()
        }),
    };
    let renamed = CustomerEvent::CustomerRenamed {
        customer: customer(),
        old_name: name("Acme"),
        new_name: name("Acme Ltd"),
    };
    given(vec![registered()]).when(command).then_expect_events(vec![
        renamed,
        industry(None, Some("retail")),
        assigned(None, Some("王芳")),
    ]);
}

#[test]
fn a_credit_limit_is_not_negative_and_in_the_customers_currency() {
    let limit = |amount, currency, billed: Edit<Currency>| {
        let credit_limit = Edit::Set(money(amount, currency));
        ProfileEdits { credit_limit, currency: billed, ..ProfileEdits::default() }
    };
    let credit_limit = money("-0.01", "CNY");
    given(vec![registered()])
        .when(change(limit("-0.01", "CNY", Edit::Keep)))
        .then_expect_error(CustomerRefusal::CreditLimitNegative { credit_limit });
    let usd = Currency::parse("USD").unwrap();
    let mismatch = CustomerRefusal::CreditLimitCurrency { expected: usd, given: Currency::CNY };
    given(vec![]).when(register_with(limit("5", "CNY", Edit::Set(usd)))).then_expect_error(mismatch.clone());
    let before = changed(ProfileChanges {
        currency: Some(Change { from: None, to: Some(usd) }),
        ..Default::default()
    });
    given(vec![registered(), before]).when(change(limit("5", "CNY", Edit::Keep))).then_expect_error(mismatch);
    let events = given(vec![registered()]).when(change(limit("0", "CNY", Edit::Set(Currency::CNY))));
    assert_eq!(events.inspect_result().unwrap().len(), 1);
}

#[test]
fn an_account_manager_is_assigned_and_a_customer_given_to_another() {
    given(vec![registered()])
        .when(assign(None, Some("王芳")))
        .then_expect_events(vec![assigned(None, Some("王芳"))]);
    let with = vec![registered(), assigned(None, Some("王芳"))];
    given(with.clone())
        .when(assign(Some("王芳"), Some("李雷")))
        .then_expect_events(vec![assigned(Some("王芳"), Some("李雷"))]);
    given(with.clone())
        .when(assign(Some("王芳"), None))
        .then_expect_events(vec![assigned(Some("王芳"), None)]);
    given(with.clone()).when(assign(Some("张伟"), Some("王芳"))).then_expect_events(vec![]);
    given(with).when(assign(Some("张伟"), Some("李雷"))).then_expect_error(
        CustomerRefusal::WithAnotherManager {
            customer: customer(),
            expected: "张伟".parse().unwrap(),
            actual: Some("王芳".parse().unwrap()),
        },
    );
}

#[test]
fn a_customer_with_something_open_is_not_closed() {
    let wallet = WalletId::new(&customer(), Currency::CNY);
    let open = vec![OpenItem::Wallet { wallet, balance: money("1", "CNY"), held: money("0", "CNY") }];
    let refusal = CustomerRefusal::StillOpen { customer: customer(), open: open.clone() };
    assert!(refusal.to_string().contains("C00042.CNY has 1.00 CNY"), "{refusal}");
    given(vec![registered()]).when(close(open.clone())).then_expect_error(refusal.clone());
    given(vec![registered(), suspended()]).when(close(open.clone())).then_expect_error(refusal);
    given(vec![registered()]).when(close(vec![])).then_expect_events(vec![closed()]);
    given(vec![registered(), suspended()]).when(close(vec![])).then_expect_events(vec![closed()]);
    given(vec![registered(), closed()]).when(close(open)).then_expect_events(vec![]);
}

#[test]
fn closed_is_the_end() {
    let refusal = CustomerRefusal::Closed { customer: customer() };
    for command in
        [rename("Acme Ltd"), change(phone("AAAA")), assign(None, Some("王芳")), suspend(), reactivate()]
    {
        given(vec![registered(), closed()]).when(command).then_expect_error(refusal.clone());
    }
    given(vec![registered(), closed()]).when(erase()).then_expect_events(vec![erased()]);
}

#[test]
fn what_was_erased_is_not_taken_in_again() {
    let known = changed(ProfileChanges {
        phone: Some(Change { from: None, to: Some("AAAA".parse().unwrap()) }),
        ..ProfileChanges::default()
    });
    given(vec![registered(), known.clone()]).when(erase()).then_expect_events(vec![erased()]);
    given(vec![registered(), known.clone(), erased()]).when(erase()).then_expect_events(vec![]);
    given(vec![registered(), known.clone(), erased()])
        .when(change(phone("BBBB")))
        .then_expect_error(CustomerRefusal::PersonalDataErased { customer: customer() });
    let mut state = Customer::default();
    for event in [registered(), known, industry(None, Some("retail")), erased()] {
        state.evolve(&event).unwrap();
    }
    let profile = state.profile().unwrap();
    assert!(PersonalField::ALL.into_iter().all(|field| profile.personal(field).is_none()));
    assert!(state.is_erased() && profile.industry.is_some(), "what is the company's stays");
}
