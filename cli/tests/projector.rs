//! `tallybook projector` beside a running book.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::time::Duration;

use running::{Up, in_book, place, stderr, stdout};
use serde_json::Value;
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_commands::customers::{RegisterCustomer, register_customer};

/// The projection `customers` as `projector status` shows it, and that command's exit code.
fn customers(up: &Up) -> (Value, Option<i32>) {
    let shown = up.beside(&["projector", "status", "--json"]);
    let statuses: Value =
        serde_json::from_str(&stdout(&shown)).unwrap_or_else(|_| panic!("{}", stderr(&shown)));
    let customers = statuses.as_array().unwrap().iter().find(|status| status["name"] == "customers").unwrap();
    (customers.clone(), shown.status.code())
}

fn until(up: &Up, status: &str, position: u64) -> Option<i32> {
    for _ in 0..100 {
        let (customers, code) = customers(up);
        if customers["status"] == status && customers["position"] == position {
            return code;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("customers is not {status} at {position}: {}", customers(up).0);
}

/// A row that should not be there is in the way of the first event.
#[test]
fn a_stopped_projection_is_resumed_by_name() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    in_book(&up, async |book, context| {
        let stray = "INSERT INTO customers (id, name, status, created_position, created_at, created_by,
                                            updated_position, updated_at, updated_by)
                     VALUES ('C00001', 'stray', 'active', 1, now(), 'x', 1, now(), 'x')";
        sqlx::query(stray).execute(book.pool()).await.unwrap();
        let register = RegisterCustomer::named("Acme".parse().unwrap());
        register_customer(book, &PersonalKeys::without_master(book), context, register).await.unwrap();
    });
    assert_eq!(until(&up, "stopped", 0), Some(1));
    let shown = up.beside(&["projector", "status"]);
    assert!(stdout(&shown).contains("tallybook projector resume customers"), "{}", stdout(&shown));

    let dry = up.beside(&["projector", "resume", "customers", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(0), "{}", stderr(&dry));
    assert!(stdout(&dry).contains("Would let customers go on from position 0"), "{}", stdout(&dry));
    assert_eq!(customers(&up).0["status"], "stopped", "a dry run changes nothing");
    // One name that is unknown, and none is resumed.
    let unknown = up.beside(&["projector", "resume", "customers", "custommers"]);
    assert_eq!(unknown.status.code(), Some(2));
    let said = stderr(&unknown);
    assert!(said.contains("custommers") && said.contains("must be one of customers, "), "{said}");
    assert_eq!(customers(&up).0["status"], "stopped");

    in_book(&up, async |book, _| sqlx::query("DELETE FROM customers").execute(book.pool()).await.unwrap());
    let resumed = up.beside(&["projector", "resume", "customers", "wallets"]);
    assert_eq!(resumed.status.code(), Some(0), "{}", stderr(&resumed));
    let said = stdout(&resumed);
    assert!(said.contains("customers goes on from position 0"), "{said}");
    assert!(said.contains("wallets has not stopped"), "{said}");
    assert_eq!(until(&up, "running", 1), Some(0));
}

/// Machines read what a command prints, whether it succeeds or not.
#[test]
fn what_a_rebuild_says_with_json_is_json() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    in_book(&up, async |book, context| {
        let register = RegisterCustomer::named("Acme".parse().unwrap());
        register_customer(book, &PersonalKeys::without_master(book), context, register).await.unwrap();
    });
    assert_eq!(until(&up, "running", 1), Some(0));
    let run = |arguments: &[&str], code: i32| -> Value {
        let done = up.beside(&[&["projector", "rebuild", "customers", "--json"], arguments].concat());
        assert_eq!(done.status.code(), Some(code), "{}", stderr(&done));
        let told: Value =
            serde_json::from_str(&stdout(&done)).unwrap_or_else(|_| panic!("{}", stdout(&done)));
        told[0].clone()
    };
    let none = run(&["--back"], 1);
    assert_eq!(none["state"], "failed");
    assert!(none["error"].as_str().unwrap().contains("no previous generation"), "{none}");
    assert_eq!(run(&[], 0)["state"], "swapped");
    let back = run(&["--back"], 0);
    assert_eq!(
        (&back["state"], &back["position"], &back["swapped"]),
        (&"swapped".into(), &1.into(), &true.into())
    );
    in_book(&up, async |book, _| {
        sqlx::query("UPDATE customers SET name = 'other'").execute(book.pool()).await.unwrap()
    });
    let different = run(&["--expect-equal"], 1);
    assert_eq!((&different["state"], &different["differences"][0]["changed"]), (&"failed".into(), &1.into()));

    let shown = stdout(&up.beside(&["projector", "status"]));
    assert!(shown.contains("BEHIND") && shown.contains("running"), "{shown}");
}

#[test]
fn a_dry_run_makes_and_drops_no_view() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    let views = || {
        let shown = up.beside(&["projector", "views", "--json"]);
        serde_json::from_str::<Value>(&stdout(&shown)).unwrap().as_array().unwrap().len()
    };
    let make = ["projector", "as-of", "--position", "0", "--into", "march"];
    let dry = up.beside(&[&make[..], &["--dry-run"]].concat());
    assert_eq!(dry.status.code(), Some(0), "{}", stderr(&dry));
    assert!(
        stdout(&dry).contains("Would make the view march of the book as of position 0"),
        "{}",
        stdout(&dry)
    );
    assert_eq!(views(), 0);

    assert_eq!(up.beside(&make).status.code(), Some(0));
    let taken = up.beside(&[&make[..], &["--dry-run"]].concat());
    assert_eq!(taken.status.code(), Some(1), "{}", stdout(&taken));
    let drop = ["projector", "views", "drop", "march"];
    let dry = up.beside(&[&drop[..], &["--dry-run"]].concat());
    assert!(stdout(&dry).contains("Would drop the view march of position 0"), "{}", stderr(&dry));
    assert_eq!(views(), 1);
    assert_eq!(up.beside(&drop).status.code(), Some(0));
    assert_eq!(up.beside(&[&drop[..], &["--dry-run"]].concat()).status.code(), Some(1));
}
