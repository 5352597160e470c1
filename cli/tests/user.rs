//! `tallybook user` on a running book.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::io::Write;
use std::process::Stdio;

use running::{Up, place, stderr, stdout, tallybook};

#[test]
fn a_user_is_added_once_listed_and_given_a_new_password() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    let dry = up.beside(&["user", "add", "li.lei", "--role", "finance", "--dry-run"]);
    assert_eq!((dry.status.code(), stdout(&dry).contains("Would add")), (Some(0), true), "{}", stderr(&dry));
    let added = up.beside(&["user", "add", "li.lei", "--role", "finance"]);
    assert!(stdout(&added).contains("Password: "), "{}", stderr(&added));
    let again = up.beside(&["user", "add", "li.lei", "--role", "finance"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("li.lei already"), "{}", stderr(&again));

    let listed = up.beside(&["user", "list", "--json"]);
    let users: serde_json::Value = serde_json::from_str(&stdout(&listed)).unwrap();
    let names: Vec<&str> =
        users.as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["admin", "li.lei"]);

    let passwd = up.beside(&["user", "passwd", "li.lei"]);
    assert!(stdout(&passwd).contains("Password: "), "{}", stderr(&passwd));
    let nobody = up.beside(&["user", "passwd", "nobody"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(stderr(&nobody).contains("no user nobody"), "{}", stderr(&nobody));
}

#[test]
fn a_password_may_come_through_a_pipe_and_is_not_shown() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    let with_password = |password: &str| {
        let mut adding =
            tallybook(&["user", "add", "han.meimei", "--role", "auditor", "--password-stdin", "--data"])
                .arg(&up.data)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
        adding.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        adding.wait_with_output().unwrap()
    };
    let short = with_password("short");
    assert_eq!(short.status.code(), Some(2), "{}", stderr(&short));
    let good = with_password("long enough\n");
    assert_eq!(good.status.code(), Some(0), "{}", stderr(&good));
    assert!(!stdout(&good).contains("long enough"));
}
