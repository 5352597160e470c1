//! `tallybook audit key`, `seal`, `prove`, `check-proof`, and sealing at night.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use running::{Up, in_book, place, stderr, stdout, tallybook};
use serde_json::Value;
use sqlx::{ConnectOptions, Executor};
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_commands::customers::{RegisterCustomer, register_customer};
use tallybook_event_store::seal::{PrivateKey, seal};

/// Seals the book with its own key as if it were another day.
fn seal_days_from_now(up: &Up, days: i64) {
    let key = std::fs::read_to_string(up.data.join("keys/main.key")).unwrap();
    let key: PrivateKey = key.trim_end().parse().unwrap();
    let then = tallybook::environment::now() + chrono::TimeDelta::days(days);
    in_book(up, async |book, _| seal(book.pool(), &key, &[], then).await).unwrap();
}

fn register(up: &Up, name: &str) {
    let name = name.parse().unwrap();
    in_book(up, async |book, context| {
        let keys = PersonalKeys::without_master(book);
        register_customer(book, &keys, context, RegisterCustomer::named(name)).await
    })
    .unwrap();
}

fn seals(up: &Up) -> Vec<Value> {
    serde_json::from_str(&stdout(&up.beside(&["audit", "seals", "--json"]))).unwrap()
}

/// Whether it comes to be so within ten seconds.
fn soon(mut so: impl FnMut() -> bool) -> bool {
    (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        so()
    })
}

#[test]
fn a_proof_is_checked_without_a_database_and_only_with_the_right_key() {
    let Some(place) = place() else { return };
    let up = Up::start(&place.path().join("data"), &["--demo"]);
    let key = up.data.join("keys/main.key");
    let other = place.path().join("other.key");
    let dry = up.beside(&["audit", "key", "--dry-run", "--seal-key", other.to_str().unwrap()]);
    assert!(stdout(&dry).contains("Would make a key called "), "{}", stderr(&dry));
    assert!(!other.exists());
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
    // PRIVATE+KEY+name+id+base64, which may have a plus of its own.
    assert!(!stdout(&shown).contains(secret.trim().splitn(5, '+').nth(4).unwrap()));
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
    seal_days_from_now(&up, -1);
    let outside = place.path().join("kept-elsewhere");
    let into = ["audit", "seal", "--seal-file", outside.to_str().unwrap()];
    for gone in [true, false] {
        let refused = up.beside(&into);
        assert_eq!(refused.status.code(), Some(1), "{}", stdout(&refused));
        assert!(stderr(&refused).contains("--new-seal-file"), "{}", stderr(&refused));
        let dry = up.beside(&[&into[..], &["--dry-run", "--new-seal-file"]].concat());
        assert_eq!((dry.status.code(), outside.exists()), (Some(0), !gone), "{}", stderr(&dry));
        std::fs::write(&outside, "").unwrap();
    }
    let begun = up.beside(&[&into[..], &["--new-seal-file"]].concat());
    assert_eq!(begun.status.code(), Some(0), "{}", stderr(&begun));
    register(&up, "Acme");
    drop(up);

    let up = Up::start(&place.path().join("data"), &["--seal-file", outside.to_str().unwrap()]);
    assert!(soon(|| seals(&up).len() == 2), "the book was not sealed");
    let kept = || tallybook::seals::kept_in(&outside).unwrap();
    assert!(soon(|| kept().len() == 2), "{:?}", kept());
    let seals = seals(&up);
    assert_eq!(seals.len(), 2, "{seals:?}");
    assert_eq!(kept(), [&seals[0], &seals[1]].map(|seal| seal["note"].as_str().unwrap()));
}

#[test]
fn what_a_verification_was_compared_with_is_said_and_a_lost_file_is_a_finding() {
    let Some(place) = place() else { return };
    let up = Up::start(&place.path().join("data"), &["--demo"]);
    let outside = place.path().join("kept-elsewhere");
    let outside = outside.to_str().unwrap();
    let verify = |more: &[&str]| {
        let verified = up.beside(&[&["audit", "verify"], more].concat());
        (verified.status.code(), stdout(&verified))
    };
    let (code, said) = verify(&["--seal-file", outside]);
    assert!(code == Some(0) && said.contains("Seals: none was compared"), "{said}");
    assert!(said.contains("none    seals") && !said.contains("ok      seals"), "{said}");

    assert_eq!(up.beside(&["audit", "seal", "--seal-file", outside]).status.code(), Some(0));
    let (code, said) = verify(&[]);
    assert!(code == Some(0) && said.contains("Seals: 1 compared, none of them kept outside"), "{said}");
    let (code, said) = verify(&["--seal-file", outside]);
    assert!(code == Some(0) && said.contains("Seals: 2 compared, 1 of them kept outside"), "{said}");
    assert!(said.contains("ok      seals") && said.contains("the keys beside the book's own"), "{said}");
    let public = stdout(&up.beside(&["audit", "key"]));
    let (_, said) = verify(&["--key", public.trim(), "--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&report["keys_from"], &report["compared"]["in_book"]), (&"given".into(), &1.into()));

    for (gone, why) in [(false, "there is no seal in"), (true, "there is no file")] {
        if gone { std::fs::remove_file(outside) } else { std::fs::write(outside, "") }.unwrap();
        for option in ["--seal-file", "--seals"] {
            let (code, said) = verify(&[option, outside]);
            assert!(code == Some(1) && said.contains("FAILED  seals") && said.contains(why), "{said}");
        }
    }
}

/// Someone who can only add rows to the table of seals must not be able to end sealing by a date.
#[test]
fn a_seal_of_a_day_to_come_or_that_nobody_signed_does_not_end_sealing() {
    let Some(place) = place() else { return };
    let up = Up::start(&place.path().join("data"), &["--demo"]);
    seal_days_from_now(&up, 400);
    register(&up, "Acme");
    let mut nightly = Beside::start(&up, &place.path().join("first.log"));
    assert!(soon(|| seals(&up).len() == 2), "{}", nightly.log());
    let said = nightly.log();
    assert_eq!(said.matches("which is yet to come").count(), 1, "{said}");
    nightly.stop();

    register(&up, "Beta");
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let connect = tallybook::postgres::attach(&up.data).unwrap().options([("search_path", "book_main")]);
        let mut runtime = connect.connect().await.unwrap();
        let forged = "SET ROLE tallybook_runtime;
             INSERT INTO seals (size, root, sealed_at, note, key, frontier)
             SELECT h.position, h.root, now() + interval '400 days', s.note, s.key, h.frontier
             FROM book_head h, (SELECT * FROM seals ORDER BY size DESC LIMIT 1) s";
        runtime.execute(sqlx::raw_sql(forged)).await.unwrap();
    });
    let mut nightly = Beside::start(&up, &place.path().join("second.log"));
    assert!(soon(|| nightly.log().contains("the book was not sealed")), "{}", nightly.log());
    let said = nightly.log();
    assert_eq!(said.matches("its note says something else than its row").count(), 1, "{said}");
    nightly.stop();
}

/// A `tallybook projector run` beside a running book, and what it logs.
struct Beside {
    process: std::process::Child,
    log: std::path::PathBuf,
}

impl Beside {
    fn start(up: &Up, log: &std::path::Path) -> Self {
        let file = std::fs::File::create(log).unwrap();
        let process = tallybook(&["projector", "run", "--data"])
            .arg(&up.data)
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        Self { process, log: log.to_owned() }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if self.process.try_wait().unwrap().is_none() {
            self.stop();
        }
    }
}
