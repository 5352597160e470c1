//! The same mistake has the same words and the same exit code in every command that reads the book.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::fs::{File, OpenOptions};
use std::process::Stdio;

use running::{Up, place, stderr, stdout, tallybook};

/// A mistake, its exit code, a part of what is said about it, and the commands it is made in. `DIR` is a directory.
type Mistake = (&'static str, i32, &'static str, &'static [&'static str]);

const MISTAKES: &[Mistake] = &[
    (
        "a period that ends before it begins",
        2,
        "is before --from",
        &[
            "audit verify --from 9 --to 3",
            "audit events --from 9 --to 3",
            "audit events --from 2026-03-09 --to 2026-03-08",
            "audit events --from 2026-03-09T00:00:00Z --to 2026-03-08T00:00:00Z",
            "audit explain dashboard net --currency CNY --from 2026-03-09 --to 2026-03-08",
            "audit statement C00001 --currency CNY --from 2026-03-09 --to 2026-03-08",
            "export journal --format csv --from 2026-03-09 --to 2026-03-08",
        ],
    ),
    (
        "a date that is none",
        2,
        "must be a date such as 2026-03-31",
        &[
            "audit explain account 1002 --currency CNY --as-of 2026-99-01",
            "audit explain dashboard net --currency CNY --from yesterday",
            "audit statement C00001 --currency CNY --to 2026-03",
            "export journal --format csv --from 2026-99-01",
        ],
    ),
    (
        "a bound that is none",
        2,
        "a date (2026-03-31)",
        &["audit events --from 2026-99-01", "audit events --to 0"],
    ),
    ("a moment that is none", 2, "must be a moment", &["projector as-of --time 2026-04-05 --into v"]),
    (
        "a position that is none",
        2,
        "must be a position",
        &[
            "audit verify --from 0",
            "audit verify --to x",
            "audit prove 0",
            "audit prove 99999999999999999999",
            "projector as-of --position x --into v",
        ],
    ),
    (
        "a number of events that is none",
        2,
        "must be how many events the seal covers",
        &[
            "audit seals x",
            "audit prove 5 --seal x",
            "audit consistency x 9",
            "audit statement C00001 --currency CNY --seal x",
        ],
    ),
    (
        "an event that is not there yet",
        1,
        "there is no event 1000000 yet: the journal ends at ",
        &[
            "audit verify --from 1000000",
            "audit events --from 1000000",
            "audit prove 1000000",
            "projector as-of --position 1000000 --into v",
        ],
    ),
    (
        "a seal that is not there",
        1,
        "there is no seal of 3 events",
        &[
            "audit seals 3",
            "audit prove 5 --seal 3",
            "audit consistency 3 9",
            "audit statement C00001 --currency CNY --seal 3",
        ],
    ),
    (
        "an aggregate that is not there",
        1,
        "the journal has no ",
        &["audit events --aggregate nobody", "audit replay nobody", "audit explain wallet C99999.CNY"],
    ),
    ("a view that is not there", 1, "there is no view nobody", &["projector views drop nobody"]),
    (
        "a word of a closed list that is not in it",
        2,
        "must be ",
        &[
            "projector verify nobody",
            "projector rebuild nobody",
            "projector resume wallets nobody",
            "audit events --type Nothing",
            "audit replay C00001 --type nothing",
            "audit explain dashboard nothing --currency CNY",
            "audit explain wallet C00001.CNY --figure nothing",
            "projector rebuild wallets --jobs 0",
        ],
    ),
    (
        "a file that cannot be read",
        2,
        "cannot be read",
        &[
            "audit check-proof DIR/none --key KEY",
            "audit check-proof DIR --key KEY",
            "audit verify --seals DIR",
        ],
    ),
    (
        "a file that is no proof",
        1,
        "is no proof",
        &["audit check-proof DIR/binary --key KEY", "audit check-proof DIR/object --key KEY"],
    ),
    (
        "a key that is none",
        2,
        "is neither a public key nor a file of them",
        &["audit check-proof DIR/binary --key DIR/none", "audit verify --key none"],
    ),
    (
        "a place nobody can write to",
        2,
        "there is no directory",
        &["export journal --format csv --output DIR/none/file"],
    ),
    ("a directory for a file", 2, "is a directory", &["export journal --format csv --output DIR"]),
    ("a format given twice", 2, "cannot be used with", &["audit events --json --format csv"]),
];

const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn a_mistake_is_told_the_same_everywhere() {
    let Some(place) = place() else { return };
    let up = Up::start(&place.path().join("data"), &["--demo"]);
    assert_eq!(up.beside(&["audit", "seal"]).status.code(), Some(0));
    std::fs::write(place.path().join("binary"), [0xff, 0xfe, 0x00]).unwrap();
    std::fs::write(place.path().join("object"), "{}").unwrap();
    let directory = place.path().to_str().unwrap();
    for (mistake, code, words, commands) in MISTAKES {
        for command in *commands {
            let arguments: Vec<String> =
                command.split(' ').map(|word| word.replace("DIR", directory).replace("KEY", KEY)).collect();
            let refused = up.beside(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            let said = stderr(&refused);
            assert_eq!(refused.status.code(), Some(*code), "{mistake}: {command}: {said}");
            assert!(said.starts_with("error: ") && said.contains(words), "{mistake}: {command}: {said}");
            assert_eq!(stdout(&refused), "", "{mistake}: {command}");
        }
    }
}

const RESULTS: &[&str] = &[
    "audit verify",
    "audit events",
    "audit events --json",
    "audit replay C00001",
    "audit explain account 1002 --currency CNY",
    "audit seals",
    "audit prove 5",
    "export journal --format csv",
    "projector status",
    "projector views",
    "user list",
];

#[test]
fn a_reader_that_goes_away_is_no_failure_and_a_disk_that_is_full_is_one() {
    let Some(place) = place() else { return };
    let up = Up::start(&place.path().join("data"), &["--demo"]);
    assert_eq!(up.beside(&["audit", "seal"]).status.code(), Some(0));
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    for command in RESULTS {
        let run = |out: Stdio| {
            let arguments: Vec<&str> = command.split(' ').collect();
            tallybook(&arguments)
                .arg("--data")
                .arg(&up.data)
                .stdout(out)
                .stderr(Stdio::piped())
                .output()
                .unwrap()
        };
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let unread = run(writer.into());
        assert_eq!(unread.status.code(), Some(0), "{command}: {}", stderr(&unread));
        assert!(!stderr(&unread).contains("error"), "{command}: {}", stderr(&unread));

        let lost = run(File::try_clone(&full).unwrap().into());
        assert_eq!(lost.status.code(), Some(3), "{command}: {}", stderr(&lost));
        assert!(stderr(&lost).contains("No space left"), "{command}: {}", stderr(&lost));
    }
}

#[test]
fn moments_are_written_as_in_json() {
    let Some(place) = place() else { return };
    let up = Up::start(&place.path().join("data"), &["--demo"]);
    assert_eq!(up.beside(&["audit", "seal"]).status.code(), Some(0));
    for (command, member) in
        [("audit seals", "sealed_at"), ("user list", "created_at"), ("audit events", "recorded_at")]
    {
        let arguments: Vec<&str> = command.split(' ').collect();
        let json = stdout(&up.beside(&[&arguments[..], &["--json"]].concat()));
        let first = serde_json::Deserializer::from_str(&json).into_iter::<serde_json::Value>().next();
        let first = first.unwrap().unwrap();
        let first = first.get(0).unwrap_or(&first);
        let moment = first[member].as_str().unwrap();
        let told = stdout(&up.beside(&arguments));
        assert!(moment.ends_with('Z') && told.contains(moment), "{command}: {moment} is not in {told}");
    }
}
