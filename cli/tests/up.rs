//! `tallybook up` and what stops, kills or hinders it.

mod running;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use running::{Up, in_book, is_alive, place, stderr, stdout, tallybook};
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_commands::customers::{RegisterCustomer, register_customer};

#[test]
fn it_says_how_to_sign_in_and_stops_cleanly_on_sigterm_and_ctrl_c() {
    let Some(place) = place() else { return };
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let mut up = Up::start(place.path(), &[]);
        assert!(up.greeting.contains("admin"), "{}", up.greeting);
        assert!(up.greeting.contains(&format!("{}/docs", up.url)), "{}", up.greeting);
        let postgres = up.postgres();
        up.signal(signal);
        let (status, took) = up.wait();
        assert_eq!(status.code(), Some(0), "{signal}");
        assert!(took < Duration::from_secs(10), "{signal} took {took:?}");
        assert!(!is_alive(postgres));
    }
}

#[test]
fn the_first_password_is_made_up_once_or_taken_from_the_environment() {
    let Some(place) = place() else { return };
    let first = Up::start(place.path(), &[]);
    assert!(first.greeting.contains("admin / "), "{}", first.greeting);
    drop(first);
    let second = Up::start(place.path(), &[]);
    assert!(!second.greeting.contains("admin / "), "{}", second.greeting);
}

#[test]
fn the_first_password_is_told_though_it_cannot_start() {
    let Some(place) = place() else { return };
    let settings = place.path().join("tallybook.toml");
    let source = r#"
[[usage_sources]]
name = "meters"
kind = "http"
url = "https://meters.example/v1/usage/{customer_code}?month={month}"
[usage_sources.headers]
Authorization = { env = "NO_SUCH_VARIABLE" }
[usage_sources.records]
path = "data"
meter = "meter"
date = "day"
quantity = "quantity"
reference = "id"
"#;
    std::fs::write(&settings, source).unwrap();
    let data = place.path().join("data");
    let mut up = tallybook(&["up", "--port", "0", "--data"]);
    let failed = up.arg(&data).arg("--config").arg(&settings).output().unwrap();
    assert_eq!(failed.status.code(), Some(2), "{}", stderr(&failed));
    assert!(stderr(&failed).contains("NO_SUCH_VARIABLE"), "{}", stderr(&failed));
    assert!(stdout(&failed).contains("admin / "), "{}", stdout(&failed));
}

#[test]
fn a_second_one_on_the_same_data_is_refused_with_the_firsts_address() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    let second = up.beside(&["up", "--port", "0"]);
    assert_eq!(second.status.code(), Some(3));
    assert!(stderr(&second).contains(&up.url), "{}", stderr(&second));
}

#[test]
fn a_port_in_use_is_said_before_anything_is_made() {
    let Some(place) = place() else { return };
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused =
        tallybook(&["up", "--port", &port, "--data"]).arg(place.path().join("data")).output().unwrap();
    assert_eq!(refused.status.code(), Some(3));
    assert!(stderr(&refused).contains("--port"), "{}", stderr(&refused));
    assert!(!place.path().join("data").exists());
}

#[test]
fn killed_outright_it_starts_again_on_the_server_it_left() {
    let Some(place) = place() else { return };
    let mut up = Up::start(place.path(), &[]);
    let postgres = up.postgres();
    up.signal(Signal::SIGKILL);
    up.wait();
    assert!(is_alive(postgres));
    let mut again = Up::start(place.path(), &[]);
    assert_eq!(again.postgres(), postgres);
    again.signal(Signal::SIGTERM);
    again.wait();
    assert!(!is_alive(postgres));
}

#[test]
fn the_demonstration_is_told_once() {
    let Some(place) = place() else { return };
    let position = |up: &Up| {
        let status = up.beside(&["projector", "status", "--json"]);
        let statuses: serde_json::Value = serde_json::from_str(&stdout(&status)).unwrap();
        statuses[0]["head"].as_u64().unwrap()
    };
    let first = Up::start(place.path(), &["--demo"]);
    assert!(first.greeting.contains("finance / finance-demo"), "{}", first.greeting);
    let told = position(&first);
    assert!(told > 200, "{told} events");
    drop(first);
    let second = Up::start(place.path(), &["--demo"]);
    assert_eq!(position(&second), told);
}

#[test]
fn a_book_with_data_of_its_own_gets_no_demonstration() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &[]);
    let name = "Real Customer Ltd.".parse().unwrap();
    in_book(&up, async |book, context| {
        let keys = PersonalKeys::without_master(book);
        register_customer(book, &keys, context, RegisterCustomer::named(name)).await
    })
    .unwrap();
    drop(up);
    let refused = tallybook(&["up", "--demo", "--port", "0", "--data"]).arg(place.path()).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", stderr(&refused));
    assert!(stderr(&refused).contains("leave out --demo"), "{}", stderr(&refused));
    assert!(!place.path().join("demo").exists(), "no channel is played to it");
}

#[test]
fn ctrl_c_while_it_starts_leaves_nothing_running() {
    let Some(place) = place() else { return };
    for pause in [30, 200, 500, 900] {
        let data = place.path().join(format!("after-{pause}"));
        let mut process = tallybook(&["up", "--port", "0", "--data"])
            .arg(&data)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        let id = nix::unistd::Pid::from_raw(i32::try_from(process.id()).unwrap());
        let begun = Instant::now();
        // Pressed again if it was not heard: where the tests run in the background, Ctrl-C is ignored until the program
        // listens for it.
        while process.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(15), "after {pause} ms it does not stop");
            nix::sys::signal::kill(id, Signal::SIGINT).unwrap();
            let pressed = Instant::now();
            while process.try_wait().unwrap().is_none() && pressed.elapsed() < Duration::from_secs(10) {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        let pid_file = data.join("postgres/postmaster.pid");
        let (gone, stopped) = (|| !pid_file.exists(), Instant::now());
        while !gone() && stopped.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(gone(), "a server is left after {pause} ms");
    }
}
