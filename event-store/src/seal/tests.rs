//! The formats, against what others publish and make.

use std::str::FromStr;

use super::note::{self, BadNote};
use super::{Checkpoint, InvalidKey, KeyName, PrivateKey, PublicKey, notes};

/// The example of Go's golang.org/x/mod/sumdb/note, where the format comes from. Ed25519 signatures are
/// deterministic, so signing must give these very bytes.
const GO_PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                       then you don't know what your problem is.\n";
const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
                       then you don't know what your problem is.\n\n\
                       — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

/// The example of c2sp.org/signed-note.
const C2SP_PUBLIC: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const C2SP_NOTE: &str = "This is an example message.\n\n\
                         — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn private() -> PrivateKey {
    PrivateKey::new("tallybook/main".parse().unwrap(), &[7; 32])
}

fn checkpoint(size: u64) -> Checkpoint {
    let sealed_at = Some("2026-11-21T16:00:03Z".parse().unwrap());
    Checkpoint { origin: "tallybook/main".parse().unwrap(), size, root: [9; 32], sealed_at }
}

#[test]
fn the_published_notes_are_signed_and_opened_to_the_byte() {
    let private: PrivateKey = GO_PRIVATE.parse().unwrap();
    assert_eq!(private.to_secret_text(), GO_PRIVATE);
    assert_eq!(private.public().to_string(), GO_PUBLIC);
    assert_eq!(note::sign(GO_TEXT, &private), Ok(GO_NOTE.to_owned()));
    let public: PublicKey = GO_PUBLIC.parse().unwrap();
    assert_eq!(note::open(GO_NOTE, [&public]).map(|(text, _)| text), Ok(GO_TEXT));
    let public: PublicKey = C2SP_PUBLIC.parse().unwrap();
    assert_eq!(note::open(C2SP_NOTE, [&public]).map(|(text, _)| text), Ok("This is an example message.\n"));
}

#[test]
fn a_note_is_worth_nothing_changed_or_signed_by_someone_else() {
    let (go, c2sp): (PublicKey, PublicKey) = (GO_PUBLIC.parse().unwrap(), C2SP_PUBLIC.parse().unwrap());
    let open = |note: &str, keys: &[PublicKey]| note::open(note, keys).map(|(_, key)| key.to_string());
    assert_eq!(open(GO_NOTE, std::slice::from_ref(&c2sp)), Err(BadNote::UnknownKey));
    assert_eq!(open(GO_NOTE, &[c2sp, go.clone()]), Ok(GO_PUBLIC.to_owned()));
    let keys = std::slice::from_ref(&go);
    assert_eq!(open(&GO_NOTE.replace("answer", "Answer"), keys), Err(BadNote::BadSignature));
    assert_eq!(open(&GO_NOTE.replace("x08go/ZJ", "x08go/ZK"), keys), Err(BadNote::BadSignature));
    assert_eq!(open(&GO_NOTE.replace("x08go", "y08go"), keys), Err(BadNote::UnknownKey), "another key id");
    let signature = GO_NOTE.split_once("\n\n").unwrap().1;
    let malformed = [
        "".to_owned(),
        "\n\n".to_owned(),
        GO_TEXT.to_owned(),
        GO_NOTE.trim_end().to_owned(),
        GO_NOTE.replace("—", "-"),
        GO_NOTE.replace("If", "\tIf"),
        format!("{GO_TEXT}\n{}", signature.repeat(101)),
        GO_NOTE.replace("x08go/", "!"),
    ];
    for note in malformed {
        assert_eq!(open(&note, keys), Err(BadNote::Malformed), "{note:?}");
    }
}

#[test]
fn a_key_has_a_name_an_id_that_fits_and_the_right_kind() {
    assert_eq!(KeyName::from_str("tallybook/a b"), Err(InvalidKey::Name));
    assert_eq!(KeyName::from_str(""), Err(InvalidKey::Name));
    assert_eq!(KeyName::from_str("a+b"), Err(InvalidKey::Name));
    let refused = |text: &str| PublicKey::from_str(text).unwrap_err();
    assert_eq!(refused("PeterNeumann"), InvalidKey::Public);
    assert_eq!(refused(&GO_PUBLIC.replace("c74f20a3", "c74f20a4")), InvalidKey::Id);
    assert_eq!(refused(&GO_PUBLIC.replace("+AR", "+Ax")), InvalidKey::Kind);
    assert_eq!(refused(&GO_PUBLIC.replace("Peter", "Paul")), InvalidKey::Id);
    assert!(PrivateKey::from_str(GO_PUBLIC).is_err() && PublicKey::from_str(GO_PRIVATE).is_err());
    let shown = format!("{:?}", private());
    assert!(!shown.contains(&private().to_secret_text()[20..]) && !shown.contains("[7, 7"), "{shown}");
}

#[test]
fn a_checkpoint_says_book_size_root_and_time_in_lines() {
    let signed = checkpoint(20_852_163).sign(&private()).unwrap();
    let lines: Vec<_> = signed.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "tallybook/main",
            "20852163",
            "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=",
            "sealed_at 2026-11-21T16:00:03Z",
            ""
        ]
    );
    assert!(lines[5].starts_with("— tallybook/main ") && lines.len() == 6, "{signed}");
    let public = private().public().clone();
    assert_eq!(Checkpoint::open(&signed, [&public]), Ok((checkpoint(20_852_163), &public)));
    assert_eq!(Checkpoint::read_unverified(&signed), Ok(checkpoint(20_852_163)));
}

#[test]
fn a_text_that_is_no_checkpoint_is_refused_whoever_signed_it() {
    let root = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
    let public = private().public().clone();
    let open = |text: String| {
        Checkpoint::open(&note::sign(&text, &private()).unwrap(), [&public])
            .map(|(checkpoint, _)| checkpoint.size)
    };
    assert_eq!(open(format!("tallybook/main\n7\n{root}\nanother extension\n")), Ok(7));
    for size in ["07", "+7", "-7", "7.0", "", "18446744073709551616"] {
        assert_eq!(open(format!("tallybook/main\n{size}\n{root}\n")), Err(BadNote::Malformed), "{size}");
    }
    assert_eq!(open("tallybook/main\n7\nCQk=\n".into()), Err(BadNote::Malformed));
    assert_eq!(open("tallybook/main\n7\n".into()), Err(BadNote::Malformed));
    assert_eq!(open(format!("tallybook/other\n7\n{root}\n")), Err(BadNote::UnknownKey), "another book's");
}

#[test]
fn notes_that_were_appended_to_a_file_are_found_again() {
    let all: Vec<String> = (1..4).map(|size| checkpoint(size).sign(&private()).unwrap()).collect();
    assert_eq!(notes(&all.concat()), all);
    assert_eq!(notes(&all.join("\n")), all);
    assert_eq!(notes(""), [""; 0]);
    assert_eq!(notes("garbage\n"), ["garbage\n"], "what is no note is not passed over");
}
