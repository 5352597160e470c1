//! `tallybook audit key`, `seal`, `prove`, `check-proof`, and sealing at night.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use running::{Up, in_book, place, stderr, stdout, tallybook};
use serde_json::Value;
use sqlx::{ConnectOptions, Executor};
use tallybook_commands::customers::{RegisterCustomer, register_customer};

#[test]
fn a_proof_is_checked_without_a_database_and_only_with_the_right_key() {
    let Some(place) = place() else { return };
    let up = Up::start(&place.path().join("data"), &["--demo"]);
    let key = up.data.join("keys/main.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let unsealed = up.beside(&["audit", "prove", "7"]);
    assert_eq!(unsealed.status.code(), Some(1), "{}", stdout(&unsealed));
    assert!(stderr(&unsealed).contains("audit seal"), "{}", stderr(&unsealed));
    assert_eq!(up.beside(&["audit", "seal"]).status.code(), Some(0));
    let public = stdout(&up.beside(&["audit", "key"]));
    let proof = place.path().join("proof.json");
    std::fs::write(&proof, stdout(&up.beside(&["audit", "prove", "7"]))).unwrap();
    let secret = std::fs::read_to_string(&key).unwrap();
    let shown = up.beside(&["check-config"]);
    assert!(!stdout(&shown).contains(secret.trim().rsplit('+').next().unwrap()));
    drop(up);

    let check = |key: &str| {
        tallybook(&["audit", "check-proof", "--key", key, "--data", "/nonexistent"])
            .arg(&proof)
            .output()
            .unwrap()
    };
    let proved = check(public.trim());
    assert_eq!(proved.status.code(), Some(0), "{}", stderr(&proved));
    assert!(stdout(&proved).contains("Event 7 was in the journal") && stdout(&proved).contains("Not proved"));
    let other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let refused = check(other);
    assert_eq!(refused.status.code(), Some(1), "{}", stdout(&refused));
    assert_eq!(check("no key").status.code(), Some(2));
    let text = std::fs::read_to_string(&proof).unwrap();
    std::fs::write(&proof, text.replacen("demo/", "Demo/", 1)).unwrap();
    assert_eq!(check(public.trim()).status.code(), Some(1));
}

#[test]
fn a_night_that_was_missed_is_made_up_for() {
    let Some(place) = place() else { return };
    let up = Up::start(&place.path().join("data"), &["--demo"]);
    assert_eq!(up.beside(&["audit", "seal"]).status.code(), Some(0));
    let name = "Acme".parse().unwrap();
    in_book(&up, async |book, context| register_customer(book, context, RegisterCustomer { name }).await)
        .unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let connect = tallybook::postgres::attach(&up.data).unwrap().options([("search_path", "book_main")]);
        let mut owner = connect.connect().await.unwrap();
        let yesterday = "ALTER TABLE seals DISABLE TRIGGER USER; GRANT ALL ON seals TO CURRENT_USER;
                         UPDATE seals SET sealed_at = sealed_at - interval '1 day';
                         ALTER TABLE seals ENABLE TRIGGER USER";
        owner.execute(sqlx::raw_sql(yesterday)).await.unwrap();
    });
    drop(up);

    let outside = place.path().join("kept-elsewhere");
    let up = Up::start(&place.path().join("data"), &["--seal-file", outside.to_str().unwrap()]);
    let seals = || -> Vec<Value> {
        serde_json::from_str(&stdout(&up.beside(&["audit", "seals", "--json"]))).unwrap()
    };
    for _ in 0..100 {
        if outside.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let seals = seals();
    assert_eq!(seals.len(), 2, "{seals:?}");
    assert_eq!(
        std::fs::read_to_string(&outside).unwrap().trim_end(),
        seals[1]["note"].as_str().unwrap().trim_end()
    );
}
