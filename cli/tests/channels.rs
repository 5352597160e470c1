//! `tallybook channels play`: what it prints is WeChat Pay's word to a book that lists the key.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

mod running;

use std::io::{Read, Write};
use std::net::TcpStream;

use running::{Up, place, stderr, stdout, tallybook};
use serde_json::Value;

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../channels/tests/keys");
const API_V3_KEY: &str = "Tallybook0Tests0Only0Key0AAAA001";

fn play(api_v3_key: &str, more: &[&str]) -> std::process::Output {
    let private_key = format!("{KEYS}/wechat-pay.key.pem");
    play_with([&private_key, "0A5157F09EFDC096DE15EBE81A47057A7201", api_v3_key], more)
}

fn play_with([private_key, serial, api_v3_key]: [&str; 3], more: &[&str]) -> std::process::Output {
    let arguments = [
        "channels",
        "play",
        "--private-key",
        private_key,
        "--serial",
        serial,
        "--api-v3-key",
        api_v3_key,
        "--merchant",
        "1230000109",
        "--app",
        "wxd678efh567hg6787",
        "--reference",
        "SO-1-001",
        "--transaction",
        "4200001234202611225678901234",
    ];
    tallybook(&[&arguments, more].concat()).output().unwrap()
}

/// The status line of the answer.
fn post(url: &str, played: &Value) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let body = played["body"].as_str().unwrap();
    let mut head = format!(
        "POST /v1/channels/wechat_pay/notifications HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in played["headers"].as_object().unwrap() {
        head.push_str(&format!("{name}: {}\r\n", value.as_str().unwrap()));
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn what_is_played_is_taken_for_the_channels_word() {
    let Some(place) = place() else { return };
    let api_v3_key = place.path().join("api-v3-key");
    std::fs::write(&api_v3_key, format!("{API_V3_KEY}\n")).unwrap();
    let api_v3_key = api_v3_key.to_str().unwrap();
    let settings = place.path().join("tallybook.toml");
    let text = format!(
        "[channels.wechat_pay]\nmerchant = \"1230000109\"\napps = [\"wxd678efh567hg6787\"]\n\
         api_v3_key = {{ file = \"{api_v3_key}\" }}\n\
         [[channels.wechat_pay.keys]]\nfile = \"{KEYS}/wechat-pay.crt.pem\"\n"
    );
    std::fs::write(&settings, text).unwrap();
    let up = Up::start(&place.path().join("data"), &["--config", settings.to_str().unwrap()]);
    let played = play(api_v3_key, &["--amount", "99.00", "--json"]);
    let played: Value = serde_json::from_str(&stdout(&played)).unwrap();
    for _ in 0..2 {
        assert_eq!(post(&up.url, &played), "HTTP/1.1 204 No Content");
    }
    let mut touched = played.clone();
    touched["body"] = played["body"].as_str().unwrap().replace("TRANSACTION", "TRANSACTI0N").into();
    assert_eq!(post(&up.url, &touched), "HTTP/1.1 401 Unauthorized");

    // For curl, the same: each text in quotes.
    let curl = stdout(&play(api_v3_key, &["--amount", "99.00"]));
    let lines: Vec<&str> = curl.lines().collect();
    assert_eq!(lines.len(), 6, "{curl}");
    assert!(lines[0].starts_with("header = \"Wechatpay-Timestamp: ") && lines[0].ends_with('"'), "{curl}");
    assert!(lines[5].starts_with("data-binary = \"{\\\""), "{curl}");
}

/// With keys of its own: those of these tests, which anybody may have, are not among them.
#[test]
fn the_demonstration_has_a_channel_to_try() {
    let Some(place) = place() else { return };
    let data = place.path().join("data");
    let up = Up::start(&data, &["--demo"]);
    assert!(up.greeting.contains("WeChat    played"), "{}", up.greeting);
    let [own, stranger] = [data.join("demo").to_str().unwrap(), KEYS]
        .map(|directory| format!("{directory}/wechat-pay.key.pem"));
    let api_v3_key = format!("{}/demo/wechat-pay-api-v3-key", data.display());
    for (private_key, status) in [(&own, "204 No Content"), (&stranger, "401 Unauthorized")] {
        let more = ["--amount", "99.00", "--json"];
        let played = play_with([private_key, "PUB_KEY_ID_DEMO", &api_v3_key], &more);
        let played: Value = serde_json::from_str(&stdout(&played)).unwrap();
        assert_eq!(post(&up.url, &played), format!("HTTP/1.1 {status}"));
    }
    let key = std::fs::read(&own).unwrap();
    drop(up);
    // Without --demo nobody is believed; with it again, the same key is.
    let plain = Up::start(&data, &[]);
    let more = ["--amount", "99.00", "--json"];
    let played: Value =
        serde_json::from_str(&stdout(&play_with([&own, "PUB_KEY_ID_DEMO", &api_v3_key], &more))).unwrap();
    assert_eq!(post(&plain.url, &played), "HTTP/1.1 404 Not Found");
    drop(plain);
    let again = Up::start(&data, &["--demo"]);
    assert_eq!(post(&again.url, &played), "HTTP/1.1 204 No Content");
    assert_eq!(std::fs::read(&own).unwrap(), key);
}

#[test]
fn what_cannot_be_played_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let short = folder.path().join("short");
    std::fs::write(&short, "s3cret").unwrap();
    let refused = play(short.to_str().unwrap(), &["--amount", "99.00"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("32 characters") && !stderr(&refused).contains("s3cret"));
    let refused = play("/nowhere/key", &["--amount", "99.00"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("/nowhere/key"), "{}", stderr(&refused));
    let refused = play("/nowhere/key", &["--amount", "99.001"]);
    assert_eq!(refused.status.code(), Some(2));
}
