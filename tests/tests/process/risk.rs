//! `tallybook risk`: rules shown, changed and tried on past withdrawals, from the command line.

use serde_json::{Value, json};
use tallybook_tests::bodies;
use tallybook_tests::program::done;

use crate::book::Processes;

fn told(book: &Processes, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(book.command(&[&["risk"][..], arguments].concat()))).unwrap()
}

/// At most so much a day.
fn most(amount: &str) -> Value {
    let most = [bodies::yuan(amount)];
    let rule = json!({ "rule": "amount_velocity", "on": true, "points": 60, "window": "day", "most": most });
    json!({ "review_from": 60, "block_from": 100, "rules": [rule] })
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_shown_tried_and_set_from_the_command_line() {
    let book = Processes::on_the_server();
    let projector = book.projector();
    let api = book.api();
    let people = book.people(&api.address).await;
    let registered = people.operator.post("/v1/customers", &bodies::customer("Acme")).await;
    let customer = registered.created()["id"].as_str().unwrap().to_owned();
    people.operator.post("/v1/deposits", &bodies::deposit(&customer, "500.00", "R1")).await.created();
    let file = book.place().join("rules.json");
    let name = file.to_str().unwrap();
    let beginning = told(&book, &["rules", "show"]);

    // 40.00 passes; with 60.00 it is more than 90.00 a day, which is looked at.
    std::fs::write(&file, most("90.00").to_string()).unwrap();
    done(book.command(&["risk", "rules", "set", name, "--dry-run"]));
    assert_eq!(told(&book, &["rules", "show"]), beginning, "a dry run changes nothing");
    let said = done(book.command(&["risk", "rules", "set", name, "--expected-version", "0"]));
    assert!(said.contains("version 1"), "{said}");
    for (amount, reference, alert) in [("40.00", "W1", Value::Null), ("60.00", "W2", json!("open"))] {
        let body = bodies::withdrawal(&customer, amount, reference);
        let asked = people.finance.post("/v1/withdrawals", &body).await;
        assert_eq!(asked.created()["alert"], alert, "{amount}");
    }

    let days = ["--from", "2000-01-01", "--to", "2999-12-31", "--json"];
    let replay = |rules: Value| {
        std::fs::write(&file, rules.to_string()).unwrap();
        told(&book, &[&["replay", "--rules", name][..], &days].concat())
    };
    let same = replay(most("90.00"));
    assert_eq!((&same["withdrawals"], &same["stopped"]["count"]), (&json!(2), &json!(0)));
    let strict = replay(most("39.99"));
    assert_eq!(strict["stopped"]["amounts"], json!([bodies::yuan("40.00")]));
    assert_eq!((&strict["after"]["review"], &strict["let_through"]["count"]), (&json!(2), &json!(0)));
    let lax = replay(most("100.00"));
    assert_eq!(lax["let_through"]["amounts"], json!([bodies::yuan("60.00")]));
    assert_eq!((&lax["before"]["review"], &lax["after"]["pass"]), (&json!(1), &json!(2)));
    let none = told(&book, &["replay", "--from", "2000-01-01", "--to", "2000-12-31", "--json"]);
    assert_eq!(none["withdrawals"], 0);

    std::fs::write(&file, most("0.00").to_string()).unwrap();
    for (arguments, code) in [
        (vec!["rules", "set", name], 2),
        (vec!["replay", "--rules", name, "--from", "2026-01-01", "--to", "2026-01-31"], 2),
        (vec!["replay", "--from", "2026-02-01", "--to", "2026-01-01"], 2),
    ] {
        let output = book.command(&[&["risk"][..], &arguments].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
    drop((api, projector));
}
