//! Where files lie while they are taken in.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::shelves::Shelves;
use crate::usage_sources::{Ended, FoundFile, MarkedCopy};

fn shelves(path: &Path) -> Shelves {
    Shelves::new(path.to_owned(), Duration::from_millis(50))
}

fn names(files: &[FoundFile]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

fn whole() -> Ended {
    Ended { whole: true, copy: None }
}

fn at(path: &Path, seconds: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000 + seconds);
    fs::File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn what_comes_under_the_name_of_a_file_that_is_taken_in_is_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let shelves = shelves(path);
    fs::write(path.join("a.csv"), "first").unwrap();
    let first = shelves.take().await.unwrap();
    fs::write(path.join("a.csv"), "second").unwrap();
    assert_eq!(read(&first[0].path), "first");
    shelves.put_away(&first[0], &whole()).unwrap();
    assert_eq!(
        (read(&path.join("done/a.csv")), read(&path.join("a.csv"))),
        ("first".into(), "second".into())
    );

    let second = shelves.take().await.unwrap();
    assert_eq!(names(&second), ["a.csv"]);
    shelves.put_away(&second[0], &whole()).unwrap();
    assert_eq!(read(&path.join("done/a.csv")), "first", "nothing is replaced");
    assert_eq!(read(&path.join("done/2-a.csv")), "second");
    assert_eq!(fs::read_dir(path.join("taking")).unwrap().count(), 0);
}

#[tokio::test]
async fn what_a_process_that_has_died_was_at_comes_first_and_then_the_oldest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("z.csv"), "left").unwrap();
    at(&path.join("z.csv"), 9);
    assert_eq!(names(&shelves(path).take().await.unwrap()), ["z.csv"]);
    for (name, seconds) in [("b.csv", 3), ("c.csv", 1), ("a.csv", 3)] {
        fs::write(path.join(name), name).unwrap();
        at(&path.join(name), seconds);
    }
    assert_eq!(names(&shelves(path).take().await.unwrap()), ["z.csv", "c.csv", "a.csv", "b.csv"]);
}

#[tokio::test]
async fn what_is_empty_still_written_or_named_part_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("empty.csv"), "").unwrap();
    fs::write(path.join("a.csv.part"), "x").unwrap();
    assert!(shelves(path).take().await.unwrap().is_empty());

    let shelves = Shelves::new(path.to_owned(), Duration::from_millis(400));
    fs::write(path.join("growing.csv"), "a").unwrap();
    assert!(!shelves.comes().unwrap());
    let grow = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        fs::write(path.join("growing.csv"), "ab").unwrap();
    };
    assert!(tokio::join!(shelves.take(), grow).0.unwrap().is_empty());
    assert_eq!(names(&shelves.take().await.unwrap()), ["growing.csv"]);
}

#[tokio::test]
async fn what_changes_while_it_is_taken_in_has_failed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let shelves = shelves(path);
    fs::write(path.join("a.csv"), "first").unwrap();
    let taken = shelves.take().await.unwrap();
    fs::write(&taken[0].path, "first and more").unwrap();
    assert!(shelves.put_away(&taken[0], &whole()).unwrap_err().contains("put it back"));
    assert_eq!(read(&path.join("failed/a.csv")), "first and more");
}

#[tokio::test]
async fn a_copy_that_fails_again_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let shelves = shelves(path);
    for (name, said) in [("a.csv", "1"), ("a.csv.errors.csv", "2")] {
        fs::write(path.join(name), name).unwrap();
        let taken = shelves.take().await.unwrap();
        let copy = Some(MarkedCopy { bytes: said.into(), extension: "csv" });
        shelves.put_away(&taken[0], &Ended { whole: false, copy }).unwrap();
    }
    let failed = path.join("failed");
    for (name, content) in [
        ("a.csv", "a.csv"),
        ("a.csv.errors.csv", "1"),
        ("2-a.csv.errors.csv", "a.csv.errors.csv"),
        ("2-2-a.csv.errors.csv", "2"),
    ] {
        assert_eq!(read(&failed.join(name)), content, "{name}");
    }
    assert_eq!(fs::read_dir(failed).unwrap().count(), 4);
}
