//! `tallybook write-off`: rules shown, changed and tried, and receipts matched, from the command line.

use serde_json::{Value, json};
use tallybook_tests::bodies;
use tallybook_tests::program::done;
use tallybook_tests::settlement::{receipt, rules};

use crate::book::Processes;

fn told(book: &Processes, arguments: &[&str]) -> Value {
    serde_json::from_str(&done(book.command(&[&["write-off"][..], arguments].concat()))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_shown_tried_and_set_from_the_command_line() {
    let book = Processes::on_the_server();
    let projector = book.projector();
    let api = book.api();
    let people = book.people(&api.address).await;
    let registered = people.operator.post("/v1/customers", &bodies::customer("Acme")).await;
    let customer = registered.created()["id"].as_str().unwrap().to_owned();
    let money = receipt(Some(&customer), "55.00", "R-1");
    people.operator.post("/v1/receipts", &money).await.created();

    let beginning = told(&book, &["rules", "show"]);
    assert_eq!(beginning["automatic_from"], Value::Null);
    let file = book.place().join("rules.json");
    let name = file.to_str().unwrap();
    std::fs::write(&file, rules("0.95").to_string()).unwrap();
    let days = ["--from", "2000-01-01", "--to", "2999-12-31", "--json"];
    let report = told(&book, &[&["backtest", "--rules", name][..], &days].concat());
    assert_eq!((&report["receipts"], &report["by_people"]), (&json!(1), &json!(0)));
    assert_eq!(told(&book, &["rules", "show"]), beginning, "trying rules changes nothing");

    done(book.command(&["write-off", "rules", "set", name, "--dry-run"]));
    assert_eq!(told(&book, &["rules", "show"]), beginning);
    let said = done(book.command(&["write-off", "rules", "set", name, "--expected-version", "0"]));
    assert!(said.contains("version 1"), "{said}");
    assert_eq!(told(&book, &["rules", "show"])["automatic_from"], "0.95");

    let run = told(&book, &["auto", "--dry-run", "--json"]);
    let seen = json!([run["dry_run"], run["receipts"], run["rules_version"], run["matches"]]);
    assert_eq!(seen, json!([true, 1, 1, []]));

    std::fs::write(&file, r#"{"automatic_form": "0.95", "rules": []}"#).unwrap();
    for (arguments, code) in [
        (vec!["rules", "set", name], 2),
        (vec!["rules", "set", name, "--expected-version", "0"], 2),
        (vec!["backtest", "--from", "2026-02-01", "--to", "2026-01-01"], 2),
    ] {
        let output = book.command(&[&["write-off"][..], &arguments].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
    std::fs::write(&file, rules("0.90").to_string()).unwrap();
    let stale = ["write-off", "rules", "set", name, "--expected-version", "0"];
    assert_eq!(book.command(&stale).output().unwrap().status.code(), Some(1));
    drop((api, projector));
}
