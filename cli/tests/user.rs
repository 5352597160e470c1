//! `tallybook user` on a running book.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::io::Write;
use std::process::{Output, Stdio};

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
    let whoami = nix::unistd::User::from_uid(nix::unistd::Uid::current()).unwrap().unwrap().name;
    assert_eq!(users[1]["created_by"], format!("cli:{whoami}"));

    let passwd = up.beside(&["user", "passwd", "Li.Lei"]);
    assert!(stdout(&passwd).contains("Password: "), "{}", stderr(&passwd));
    let nobody = up.beside(&["user", "passwd", "nobody"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(stderr(&nobody).contains("no user nobody"), "{}", stderr(&nobody));
}

fn with_password(up: &Up, arguments: &[&str], password: &str) -> Output {
    let mut asked = tallybook(arguments)
        .args(["--password-stdin", "--data"])
        .arg(&up.data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    asked.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    asked.wait_with_output().unwrap()
}

#[test]
fn a_password_may_come_through_a_pipe_and_is_not_shown() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    let add = ["user", "add", "han.meimei", "--role", "auditor"];
    let short = with_password(&up, &add, "short");
    assert_eq!(short.status.code(), Some(2), "{}", stderr(&short));
    let good = with_password(&up, &add, "long enough\n");
    assert_eq!(good.status.code(), Some(0), "{}", stderr(&good));
    assert!(!stdout(&good).contains("long enough"));
}

/// Whatever is asked for: a dry run ends as the real one would, and changes nothing.
#[test]
fn a_dry_run_refuses_what_the_real_one_refuses() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    for (arguments, password, code) in [
        (&["user", "add", "a b", "--role", "finance"][..], "long enough", 2),
        (&["user", "add", "", "--role", "finance"], "long enough", 2),
        (&["user", "add", "li.lei", "--role", "finance"], "short", 2),
        (&["user", "add", "ADMIN", "--role", "finance"], "long enough", 1),
        (&["user", "passwd", "admin"], "short", 2),
        (&["user", "passwd", "a b"], "long enough", 2),
        (&["user", "passwd", "nobody"], "long enough", 1),
        (&["user", "add", " Li.Lei ", "--role", "finance"], "long enough", 0),
        (&["user", "passwd", "Admin"], "long enough", 0),
    ] {
        let dry = with_password(&up, &[arguments, &["--dry-run"]].concat(), password);
        let real = with_password(&up, arguments, password);
        assert_eq!(dry.status.code(), Some(code), "{arguments:?}: {}", stderr(&dry));
        assert_eq!(real.status.code(), Some(code), "{arguments:?}: {}", stderr(&real));
        assert_eq!(stderr(&dry), stderr(&real), "{arguments:?}");
    }
    let listed = up.beside(&["user", "list"]);
    assert_eq!(stdout(&listed).matches("li.lei").count(), 1, "{}", stdout(&listed));
}
