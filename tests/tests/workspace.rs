//! Which room may know which: `docs/architecture.md`, asserted from `cargo metadata`.
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Each room, and all the others it may know.
const ROOMS: &[(&str, &[&str])] = &[
    ("tallybook-domain", &[]),
    ("tallybook-event-store", &["tallybook-domain"]),
    ("tallybook-read-models", &["tallybook-domain"]),
    ("tallybook-commands", &["tallybook-domain", "tallybook-event-store"]),
    ("tallybook-projector", &["tallybook-domain", "tallybook-event-store", "tallybook-read-models"]),
    (
        "tallybook-import",
        &["tallybook-commands", "tallybook-domain", "tallybook-event-store", "tallybook-read-models"],
    ),
    ("tallybook-channels", &["tallybook-domain"]),
    (
        "tallybook-api",
        &[
            "tallybook-channels",
            "tallybook-commands",
            "tallybook-domain",
            "tallybook-event-store",
            "tallybook-import",
            "tallybook-projector",
            "tallybook-read-models",
        ],
    ),
    (
        "tallybook",
        &[
            "tallybook-api",
            "tallybook-channels",
            "tallybook-commands",
            "tallybook-domain",
            "tallybook-event-store",
            "tallybook-import",
            "tallybook-projector",
            "tallybook-read-models",
        ],
    ),
];

/// What only the outer rooms may use: networks, databases, runtimes.
const OUTSIDE: &[&str] = &[
    "axum",
    "hyper",
    "nix",
    "postgres-es",
    "reqwest",
    "sqlx",
    "tempfile",
    "tokio",
    "tracing-subscriber",
    "utoipa",
];

/// The dependencies of each package of the workspace that its users get too.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            let used = dependencies.filter(|dependency| dependency["kind"] != "dev");
            (text(&package["name"]), used.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

#[test]
fn a_room_knows_only_those_below_it() {
    let dependencies = dependencies();
    for (room, may_know) in ROOMS {
        let knows = dependencies[*room].iter().filter(|other| dependencies.contains_key(*other));
        for other in knows {
            assert!(may_know.contains(&other.as_str()), "{room} must not know {other}");
        }
    }
}

#[test]
fn every_room_is_in_the_list() {
    let rooms: BTreeSet<_> = ROOMS.iter().map(|(room, _)| (*room).to_owned()).collect();
    let packages: BTreeSet<_> = dependencies().into_keys().filter(|name| name != "tallybook-tests").collect();
    assert_eq!(packages, rooms);
}

/// Nobody depends on the tests, and nobody on the command line but they.
#[test]
fn nothing_depends_on_the_outermost_rooms() {
    for (package, dependencies) in dependencies() {
        for outermost in ["tallybook", "tallybook-tests"] {
            assert!(!dependencies.contains(outermost), "{package} must not know {outermost}");
        }
    }
}

/// The domain decides and the channels are read; neither must be able to do anything else.
#[test]
fn the_pure_rooms_do_no_input_or_output() {
    let dependencies = dependencies();
    for room in ["tallybook-domain", "tallybook-channels"] {
        let outside: Vec<_> = OUTSIDE.iter().filter(|name| dependencies[room].contains(**name)).collect();
        assert!(outside.is_empty(), "{room} must not use {outside:?}");
    }
}
