//! `tallybook audit events`, `audit replay` and `audit explain` beside a running book.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use running::{Up, in_book, place, stderr, stdout, tallybook};
use serde_json::Value;
use sqlx::{ConnectOptions, Executor};

fn lines(up: &Up, arguments: &[&str]) -> Vec<Value> {
    let shown = up.beside(arguments);
    assert_eq!(shown.status.code(), Some(0), "{arguments:?}: {}", stderr(&shown));
    stdout(&shown).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn events(up: &Up, conditions: &[&str]) -> Vec<Value> {
    lines(up, &[&["audit", "events", "--format", "json"], conditions].concat())
}

fn positions(events: &[Value]) -> Vec<u64> {
    events.iter().map(|event| event["position"].as_u64().unwrap()).collect()
}

fn having(events: &[Value], condition: impl Fn(&Value) -> bool) -> Vec<u64> {
    positions(&events.iter().filter(|event| condition(event)).cloned().collect::<Vec<_>>())
}

#[test]
fn events_are_found_by_every_condition_and_by_all_together() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &["--demo"]);
    let all = events(&up, &[]);
    assert_eq!(positions(&all), (1..=all.len() as u64).collect::<Vec<_>>());

    let deposits = events(&up, &["--type", "DepositRecorded"]);
    assert_eq!(positions(&deposits), having(&all, |event| event["event_type"] == "DepositRecorded"));
    let wallet = deposits[0]["aggregate_id"].as_str().unwrap();
    let of_wallet = events(&up, &["--aggregate", wallet]);
    assert_eq!(positions(&of_wallet), having(&all, |event| event["aggregate_id"] == wallet));
    let actor = deposits[0]["metadata"]["actor"].as_str().unwrap();
    let of_actor = events(&up, &["--actor", actor]);
    assert_eq!(positions(&of_actor), having(&all, |event| event["metadata"]["actor"] == actor));
    let (from, to) = (of_wallet[1]["position"].to_string(), of_wallet[2]["position"].to_string());
    let both = events(
        &up,
        &["--aggregate", wallet, "--from", &from, "--to", &to, "--type", "DepositRecorded", "--actor", actor],
    );
    let expected = having(&of_wallet[1..=2], |event| {
        event["event_type"] == "DepositRecorded" && event["metadata"]["actor"] == actor
    });
    assert_eq!(positions(&both), expected);

    // A moment is the time of the journal, ends included.
    let middle = all.len() / 2;
    let at = all[middle]["recorded_at"].as_str().unwrap();
    let time = |event: &Value| {
        event["recorded_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    };
    let moment = time(&all[middle]);
    assert_eq!(positions(&events(&up, &["--from", at])), having(&all, |event| time(event) >= moment));
    assert_eq!(positions(&events(&up, &["--to", at])), having(&all, |event| time(event) <= moment));
    let day = moment.with_timezone(&chrono_tz::Asia::Shanghai).date_naive().to_string();
    let of_day = events(&up, &["--from", &day, "--to", &day]);
    let expected = having(&all, |event| {
        time(event).with_timezone(&chrono_tz::Asia::Shanghai).date_naive().to_string() == day
    });
    assert_eq!(positions(&of_day), expected);

    let csv = up.beside(&["audit", "events", "--aggregate", wallet, "--format", "csv"]);
    assert_eq!(stdout(&csv).lines().count(), of_wallet.len() + 1);
    let table = up.beside(&["audit", "events", "--aggregate", wallet]);
    assert_eq!(stdout(&table).lines().count(), of_wallet.len() + 1);
    assert!(stdout(&table).contains(actor), "{}", stdout(&table));

    let unknown = up.beside(&["audit", "events", "--aggregate", "C99999"]);
    assert_eq!((unknown.status.code(), stdout(&unknown).as_str()), (Some(1), ""));
    for wrong in [
        &["--from", "yesterday"][..],
        &["--type", "Everything"],
        &["--to", "0"],
        &["--from", "9", "--to", "7"],
    ] {
        let refused = up.beside(&[&["audit", "events"], wrong].concat());
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
    }
}

/// Events are read by the thousand, steps of an aggregate and lines of a figure by the five hundred.
#[test]
fn page_after_page_leaves_nothing_out() {
    let Some(place) = place() else { return };
    let filled = tallybook(&["bench", "fill", "--events", "3000", "--customers", "1", "--data"])
        .arg(place.path())
        .output()
        .unwrap();
    assert!(filled.status.success(), "{}", stderr(&filled));
    let up = Up::start(place.path(), &[]);
    let all = events(&up, &[]);
    assert_eq!(positions(&all), (1..=all.len() as u64).collect::<Vec<_>>());
    let wallet = all.iter().find(|event| event["aggregate_type"] == "wallet").unwrap();
    let wallet = wallet["aggregate_id"].as_str().unwrap();
    let expected = having(&all, |event| event["aggregate_id"] == wallet);
    assert!(expected.len() > 1000, "{} events", expected.len());
    assert_eq!(positions(&events(&up, &["--aggregate", wallet])), expected);
    let steps = lines(&up, &["audit", "replay", wallet, "--json"]);
    let replayed: Vec<_> = steps.iter().map(|step| step["event"].clone()).collect();
    assert_eq!(positions(&replayed), expected);
    for figure in [&["wallet", wallet][..], &["dashboard", "net", "--currency", "CNY"]] {
        let told = lines(&up, &[&["audit", "explain"], figure, &["--json"]].concat());
        assert_eq!((&told[0]["equal"], told.len() > 1000), (&true.into(), true), "{figure:?}");
        assert_eq!(told[0]["event_count"], told.len() - 1, "{figure:?}");
    }
}

#[test]
fn an_aggregate_is_replayed_to_the_state_it_has() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &["--demo"]);
    let wallet = events(&up, &["--type", "HoldPaidOut"])[0]["aggregate_id"].as_str().unwrap().to_owned();
    let steps = lines(&up, &["audit", "replay", &wallet, "--json"]);
    assert_eq!(steps[0]["event"]["event_type"], "DepositRecorded");
    for (sequence, step) in (1..).zip(&steps) {
        assert_eq!(step["event"]["sequence"], sequence);
        assert_eq!(step["state"]["funds"]["wallet"], wallet.as_str());
    }
    let amount = &steps[0]["event"]["payload"]["DepositRecorded"]["amount"];
    assert_eq!(&steps[0]["state"]["funds"]["balance"], amount);
    let told = up.beside(&["audit", "replay", &wallet]);
    assert_eq!(stdout(&told).lines().count(), steps.len() * 2);
    assert!(stdout(&told).starts_with("1. DepositRecorded  position "), "{}", stdout(&told));

    for (arguments, code) in [
        (&["C99999.CNY"][..], 1),
        (&[&wallet, "--type", "customer"], 1),
        (&[&wallet, "--type", "invoice"], 2),
    ] {
        let refused = up.beside(&[&["audit", "replay"], arguments].concat());
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {}", stderr(&refused));
    }
}

#[test]
fn a_figure_is_explained_or_said_not_to_be() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &["--demo"]);
    let wallet = events(&up, &["--type", "HoldPaidOut"])[0]["aggregate_id"].as_str().unwrap().to_owned();
    let deposits = ["dashboard", "deposits", "--currency", "CNY"];
    for figure in [
        &["wallet", &wallet][..],
        &["wallet", &wallet, "--figure", "held"],
        &["wallet", &wallet, "--figure", "available"],
        &["account", "1002", "--currency", "CNY"],
        &["account", "2241", "--currency", "CNY"],
        &deposits,
        &["dashboard", "net", "--currency", "CNY"],
    ] {
        let told = lines(&up, &[&["audit", "explain"], figure, &["--json"]].concat());
        let head = &told[0];
        assert_eq!((&head["equal"], &head["figure"]), (&true.into(), &head["sum"]), "{figure:?}");
        assert_eq!(head["event_count"], told.len() - 1, "{figure:?}");
        assert!(told.len() > 1 && told[1]["actor"].is_string(), "{figure:?} has events");
    }
    let told = up.beside(&[&["audit", "explain"], &deposits[..]].concat());
    assert!(stdout(&told).contains(": equal\n"), "{}", stdout(&told));

    in_book(&up, async |book, _| {
        let changed = "UPDATE wallets SET balance = balance + 1, available = available + 1 WHERE id = $1";
        sqlx::query(changed).bind(&wallet).execute(book.pool()).await.unwrap();
    });
    let found = up.beside(&["audit", "explain", "wallet", &wallet]);
    assert_eq!(found.status.code(), Some(1));
    assert!(stdout(&found).contains("NOT EQUAL") && stderr(&found).contains("its events come to"));
    let unknown = up.beside(&["audit", "explain", "wallet", "C99999.CNY"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("has no wallet C99999.CNY"), "{}", stderr(&unknown));
    for wrong in [&["wallet", "C1"][..], &["account", "9999", "--currency", "CNY"], &["dashboard", "profit"]]
    {
        let refused = up.beside(&[&["audit", "explain"], wrong].concat());
        assert_eq!(refused.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_damaged_stream_is_replayed_up_to_the_damage() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &["--demo"]);
    let wallet = events(&up, &["--type", "HoldPaidOut"])[0]["aggregate_id"].as_str().unwrap().to_owned();
    let whole = lines(&up, &["audit", "replay", &wallet, "--json"]);
    assert!(whole.len() > 3, "{wallet} has {} events", whole.len());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let connect = tallybook::postgres::attach(&up.data).unwrap().options([("search_path", "book_main")]);
        let mut owner = connect.connect().await.unwrap();
        for statement in [
            "GRANT ALL ON events TO CURRENT_USER".to_owned(),
            "ALTER TABLE events DISABLE TRIGGER USER".to_owned(),
            format!("DELETE FROM events WHERE aggregate_id = '{wallet}' AND sequence = 3"),
        ] {
            owner.execute(statement.as_str()).await.unwrap();
        }
    });
    let broken = up.beside(&["audit", "replay", &wallet, "--json"]);
    assert_eq!(broken.status.code(), Some(1));
    assert_eq!(stdout(&broken).lines().count(), 2, "what stands before the damage is shown");
    assert!(stderr(&broken).contains("event 3 of the stream is missing"), "{}", stderr(&broken));
}
