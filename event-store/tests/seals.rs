//! Seals are made of what the journal goes on to be, and prove against it.
#![allow(clippy::unwrap_used, reason = "tests stop at the first failure")]

mod support;

use chrono::{DateTime, Utc};
use sqlx::Executor;
use support::{TestBook, deposit, hold, many_deposits, rehash, rewrite_head, tamper, wallet, yuan};
use tallybook_event_store::Book;
use tallybook_event_store::proof::{
    BadStatement, NotProved, Proof, ProofError, Proved, StatementProof, Tree, TreeError, check_consistency,
    check_inclusion, inclusion_spans, pick, prove_consistency, prove_event, prove_statement,
};
use tallybook_event_store::seal::{
    Checkpoint, PrivateKey, Seal, SealError, Sealed, after, at_size, latest, seal,
};

fn key() -> PrivateKey {
    PrivateKey::new("tallybook/test".parse().unwrap(), &[3; 32])
}

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

async fn sealed(book: &Book) -> Seal {
    match seal(book.pool(), &key(), &[], at("2026-11-21T16:00:03.123456Z")).await.unwrap() {
        Sealed::New(seal) => seal,
        Sealed::Already(seal) => panic!("sealed at {} before", seal.size),
    }
}

async fn deposits(book: &Book, numbers: std::ops::RangeInclusive<u64>) {
    for number in numbers {
        deposit(book, &wallet(number % 2), "10.00", &format!("R{number}"), None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_signs_what_there_is_and_is_kept() {
    let test = TestBook::new().await;
    let book = test.open().await;
    let empty = seal(book.pool(), &key(), &[], at("2026-11-21T16:00:00Z")).await;
    assert!(matches!(empty, Err(SealError::Empty)));
    deposits(&book, 1..=5).await;
    let first = sealed(&book).await;
    let (says, _) = Checkpoint::open(&first.note, [key().public()]).unwrap();
    let root: Vec<u8> =
        sqlx::query_scalar("SELECT root FROM book_head").fetch_one(book.pool()).await.unwrap();
    assert_eq!((says.size, says.root.to_vec()), (5, root));
    assert_eq!(
        (says.sealed_at, first.sealed_at),
        (Some(at("2026-11-21T16:00:03Z")), at("2026-11-21T16:00:03Z"))
    );
    let again = seal(book.pool(), &key(), &[], at("2026-11-22T16:00:00Z")).await.unwrap();
    assert_eq!(again, Sealed::Already(first.clone()), "nothing was recorded since");

    deposits(&book, 6..=7).await;
    let other = PrivateKey::new("tallybook/test".parse().unwrap(), &[4; 32]);
    let strange = seal(book.pool(), &other, &[], at("2026-11-23T16:00:00Z")).await;
    assert!(matches!(strange, Err(SealError::StrangeKey { sealed: 5, .. })), "{strange:?}");
    let rotated =
        seal(book.pool(), &other, &[key().public().clone()], at("2026-11-23T16:00:00Z")).await.unwrap();
    let Sealed::New(second) = rotated else { panic!("{rotated:?}") };
    assert_eq!(second.key, other.public().to_string(), "a new key goes on from the old one's seal");
    assert_eq!(after(book.pool(), 0, 10).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(latest(book.pool()).await.unwrap(), Some(second));
    assert_eq!(at_size(book.pool(), 5).await.unwrap(), Some(first));
    assert_eq!(at_size(book.pool(), 6).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn seals_can_be_changed_by_no_one() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposits(&book, 1..=1).await;
    sealed(&book).await;
    let mut owner = test.owner().await;
    owner.execute("GRANT ALL ON seals TO CURRENT_USER").await.unwrap();
    for statement in ["UPDATE seals SET note = ''", "DELETE FROM seals", "TRUNCATE seals"] {
        let running = book.pool().execute(statement).await.unwrap_err().to_string();
        assert!(running.contains("permission denied"), "{statement}: {running}");
        let refused = owner.execute(statement).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{statement}: {refused}");
    }
}

/// A signer who signs two histories is worth nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_does_not_go_on_from_the_last_seal_is_not_sealed() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposits(&book, 1..=6).await;
    sealed(&book).await;
    deposits(&book, 7..=9).await;
    tamper(&test, r#"UPDATE events SET payload = replace(payload::text, '"10.00"', '"99.00"')::json WHERE position = 8"#)
        .await;
    let leaves = rehash(&test, &book).await;
    let refused = seal(book.pool(), &key(), &[], at("2026-11-22T16:00:00Z")).await;
    assert!(matches!(refused, Err(SealError::Inconsistent { sealed: 6, head: 9 })), "{refused:?}");

    // With the head rewritten too, what was sealed is still what it was, and what was not cannot be told.
    rewrite_head(&test, &leaves).await;
    let unsealed = seal(book.pool(), &key(), &[], at("2026-11-22T16:00:00Z")).await;
    assert!(matches!(unsealed, Ok(Sealed::New(_))), "{unsealed:?}");

    tamper(&test, r#"UPDATE events SET payload = replace(payload::text, '"10.00"', '"99.00"')::json WHERE position = 2"#)
        .await;
    let leaves = rehash(&test, &book).await;
    rewrite_head(&test, &leaves).await;
    let refused = seal(book.pool(), &key(), &[], at("2026-11-23T16:00:00Z")).await;
    assert!(matches!(refused, Err(SealError::Inconsistent { sealed: 9, head: 9 })), "{refused:?}");

    tamper(&test, "DELETE FROM events WHERE position > 4").await;
    rewrite_head(&test, &leaves[..4]).await;
    let refused = seal(book.pool(), &key(), &[], at("2026-11-23T16:00:00Z")).await;
    assert!(matches!(refused, Err(SealError::Shorter { sealed: 9, head: 4 })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_last_seal_that_was_touched_is_not_gone_on_from() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposits(&book, 1..=3).await;
    sealed(&book).await;
    tamper(&test, "UPDATE seals SET frontier = frontier || sha256('')").await;
    let refused = seal(book.pool(), &key(), &[], at("2026-11-23T16:00:00Z")).await;
    assert!(matches!(refused, Err(SealError::LastFrontier)), "{refused:?}");
    tamper(&test, "UPDATE seals SET note = replace(note, '16:00:03', '16:00:04')").await;
    let refused = seal(book.pool(), &key(), &[], at("2026-11-23T16:00:00Z")).await;
    assert!(matches!(refused, Err(SealError::LastSeal(_))), "{refused:?}");
}

/// Blocks of leaves are remembered; proofs are the same with and without.
#[tokio::test(flavor = "multi_thread")]
async fn events_and_seals_are_proved_against_a_later_seal() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposits(&book, 1..=3).await;
    let old = sealed(&book).await;
    many_deposits(&book, 13).await;
    let new = sealed(&book).await;
    assert_eq!(new.size, 13_003);
    let tree = Tree::new(book.pool().clone());
    for positions in [vec![1], vec![4096, 4097], vec![8192, 13_003, 5], vec![2, 3, 9000]] {
        let nodes = tree.inclusion(&positions, (new.size, &new.root)).await.unwrap();
        for position in positions {
            let leaf: Vec<u8> = sqlx::query_scalar("SELECT leaf_hash FROM events WHERE position = $1")
                .bind(i64::try_from(position).unwrap())
                .fetch_one(book.pool())
                .await
                .unwrap();
            let path = pick(&nodes, &inclusion_spans(position - 1, new.size)).unwrap();
            let leaf = leaf.try_into().unwrap();
            assert_eq!(check_inclusion(&leaf, (position - 1, new.size), &path, &new.root), Ok(()));
        }
    }
    let proof = tree.consistency((old.size, &old.root), (new.size, &new.root)).await.unwrap();
    assert_eq!(check_consistency((old.size, &old.root), (new.size, &new.root), &proof), Ok(()));
    let refused = tree.consistency((old.size, &new.root), (new.size, &new.root)).await;
    assert!(matches!(refused, Err(TreeError::NotTheTree { .. })), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proof_is_made_of_leaves_that_are_not_the_sealed_ones() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposits(&book, 1..=9).await;
    let seal = sealed(&book).await;
    tamper(&test, "UPDATE events SET leaf_hash = sha256('x') WHERE position = 4").await;
    let tree = Tree::new(book.pool().clone());
    let refused = tree.inclusion(&[7], (seal.size, &seal.root)).await;
    assert!(matches!(refused, Err(TreeError::NotTheTree { size: 9, .. })), "{refused:?}");
    tamper(&test, "DELETE FROM events WHERE position = 5").await;
    let refused = tree.inclusion(&[7], (seal.size, &seal.root)).await;
    assert!(matches!(refused, Err(TreeError::MissingLeaf { position: 5 })), "{refused:?}");
}

fn proved(proof: &Proof) -> Result<Proved, NotProved> {
    // As its reader does: from text, with a key of his own.
    let text = serde_json::to_string_pretty(proof).unwrap();
    Proof::read(&text).unwrap().check(&[key().public().clone()])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_and_a_seal_are_proved_by_a_file_alone() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposits(&book, 1..=4).await;
    let older = sealed(&book).await;
    deposits(&book, 5..=9).await;
    let newer = sealed(&book).await;
    let tree = Tree::new(book.pool().clone());
    let Proof::Inclusion(good) = prove_event(&tree, &newer, 3).await.unwrap() else { panic!() };
    let Ok(Proved::Inclusion { event, seal }) = proved(&Proof::Inclusion(good.clone())) else { panic!() };
    assert_eq!((event.position, event.aggregate_id.as_str(), seal.size), (3, "C00001.CNY", 9));
    let mut changed = good.clone();
    changed.event.payload = changed.event.payload.replace("10.00", "99.00");
    assert!(matches!(proved(&Proof::Inclusion(changed)), Err(NotProved::Inclusion { position: 3, .. })));
    let mut moved = good.clone();
    moved.event.position = 4;
    assert!(proved(&Proof::Inclusion(moved)).is_err());
    let mut resealed = good.clone();
    resealed.seal = resealed.seal.replace("\n9\n", "\n8\n");
    assert!(matches!(proved(&Proof::Inclusion(resealed)), Err(NotProved::Seal(_))));

    let consistency = prove_consistency(&tree, &older, &newer).await.unwrap();
    let Ok(Proved::Consistency { older: from, newer: to }) = proved(&consistency) else { panic!() };
    assert_eq!((from.size, to.size), (4, 9));
    let Proof::Consistency(mut swapped) = consistency else { panic!() };
    std::mem::swap(&mut swapped.older, &mut swapped.newer);
    assert!(matches!(proved(&Proof::Consistency(swapped)), Err(NotProved::Consistency { .. })));

    let beyond = prove_event(&tree, &older, 5).await;
    assert!(matches!(beyond, Err(ProofError::NotSealed { position: 5, size: 4 })));
    for position in [0, 10, u64::MAX] {
        let nothing = prove_event(&tree, &newer, position).await;
        assert!(matches!(nothing, Err(ProofError::NoEvent { .. })), "{position}: {nothing:?}");
    }
    tamper(&test, r#"UPDATE events SET payload = replace(payload::text, '"10.00"', '"99.00"')::json WHERE position = 3"#)
        .await;
    let altered = prove_event(&tree, &newer, 3).await;
    assert!(matches!(altered, Err(ProofError::Altered(_))), "{altered:?}");
}

/// The file's figures are made again from the events in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_proved_to_the_cent_and_any_change_to_it_shows() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposits(&book, 1..=6).await;
    hold(&book, &wallet(1), "5.00").await.unwrap();
    let seal = sealed(&book).await;
    deposits(&book, 7..=9).await;
    let tree = Tree::new(book.pool().clone());
    let proof = prove_statement(&tree, &seal, &wallet(1), (None, None)).await.unwrap();
    let Ok(Proved::Statement { statement, .. }) = proved(&proof) else { panic!() };
    let figures = &statement.statement;
    assert_eq!((figures.opening, figures.closing, figures.lines.len()), (yuan("0.00"), yuan("30.00"), 3));
    assert_eq!((statement.events, statement.last_position), (4, 7), "the hold, too; nothing after the seal");

    let later = figures.lines[0].effective_date.succ_opt();
    let proof = prove_statement(&tree, &seal, &wallet(1), (later, None)).await.unwrap();
    let Ok(Proved::Statement { statement, .. }) = proved(&proof) else { panic!() };
    let figures = &statement.statement;
    assert_eq!((figures.opening, figures.closing, figures.lines.len()), (yuan("30.00"), yuan("30.00"), 0));

    let Proof::Statement(good) = prove_statement(&tree, &seal, &wallet(1), (None, None)).await.unwrap()
    else {
        panic!()
    };
    let refused = |change: fn(&mut StatementProof)| {
        let mut changed = good.clone();
        change(&mut changed);
        match proved(&Proof::Statement(changed)) {
            Err(NotProved::Statement(bad)) => bad,
            other => panic!("{other:?}"),
        }
    };
    let figure = |bad| matches!(bad, BadStatement::AnotherFigure { .. });
    assert!(figure(refused(|proof| proof.statement.closing = yuan("31.00"))));
    assert!(figure(refused(|proof| proof.statement.opening = yuan("1.00"))));
    assert!(figure(refused(|proof| proof.statement.lines[1].amount = yuan("11.00"))));
    assert!(figure(refused(|proof| drop(proof.statement.lines.pop()))));
    assert!(matches!(refused(|proof| drop(proof.events.remove(1))), BadStatement::Gap { expected: 2, .. }));
    assert!(matches!(refused(|proof| proof.events.swap(0, 1)), BadStatement::Gap { .. }));
    assert!(matches!(refused(|proof| proof.events.clear()), BadStatement::NodesTooMany));
    assert!(figure(refused(|proof| {
        proof.events.clear();
        proof.nodes.clear();
    })));
    assert!(matches!(refused(|proof| proof.nodes.clear()), BadStatement::MissingNode { position: 1 }));
    assert!(matches!(
        refused(|proof| proof.events[1].payload = proof.events[1].payload.replace("10.00", "20.00")),
        BadStatement::NotIncluded(_)
    ));
    assert!(matches!(
        refused(|proof| proof.statement.wallet = wallet(2)),
        BadStatement::AnotherWallet { position: 1, .. }
    ));
    // The last one is the one event that can be left out: nothing in the file says that none follows.
    let mut shorter = good.clone();
    shorter.events.pop();
    let needed: Vec<String> = shorter
        .events
        .iter()
        .flat_map(|event| inclusion_spans(event.position - 1, seal.size))
        .map(|span| span.to_string())
        .collect();
    shorter.nodes.retain(|span, _| needed.contains(span));
    let Ok(Proved::Statement { statement, .. }) = proved(&Proof::Statement(shorter)) else { panic!() };
    assert_eq!((statement.events, statement.last_position), (3, 5));
    let nobody = prove_statement(&tree, &seal, &wallet(77), (None, None)).await;
    assert!(matches!(nobody, Err(ProofError::NoWallet { .. })), "{nobody:?}");
}

/// Whoever reads the file must not see anything that was not checked.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_any_byte_changed_or_gone_is_refused_or_says_the_same() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposits(&book, 1..=3).await;
    let older = sealed(&book).await;
    deposits(&book, 4..=6).await;
    let newer = sealed(&book).await;
    let tree = Tree::new(book.pool().clone());
    let proofs = [
        prove_event(&tree, &newer, 2).await.unwrap(),
        prove_consistency(&tree, &older, &newer).await.unwrap(),
        prove_statement(&tree, &newer, &wallet(1), (None, None)).await.unwrap(),
    ];
    let key = key().public().clone();
    let read = |bytes: &[u8]| {
        let proof = Proof::read(std::str::from_utf8(bytes).ok()?).ok()?;
        proof.check(std::slice::from_ref(&key)).ok()
    };
    for proof in proofs {
        let text = serde_json::to_vec_pretty(&proof).unwrap();
        let proved = read(&text).unwrap();
        let seal = newer.note.as_bytes();
        for at in 0..text.len() {
            let (mut flipped, mut shorter) = (text.clone(), text.clone());
            flipped[at] ^= 1;
            shorter.remove(at);
            for spoiled in [flipped, shorter] {
                let said = read(&spoiled);
                assert!(said.is_none() || said.as_ref() == Some(&proved), "byte {at}: {said:?}");
            }
        }
        for at in 0..seal.len() {
            let mut spoiled = seal.to_vec();
            spoiled[at] ^= 1;
            let opened =
                std::str::from_utf8(&spoiled).ok().and_then(|note| Checkpoint::open(note, [&key]).ok());
            assert_eq!(opened, None, "byte {at} of the seal");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_holds_nothing_that_is_not_checked() {
    let test = TestBook::new().await;
    let book = test.open().await;
    deposits(&book, 1..=3).await;
    let newest = sealed(&book).await;
    let tree = Tree::new(book.pool().clone());
    let proof = prove_statement(&tree, &newest, &wallet(1), (None, None)).await.unwrap();
    let text = serde_json::to_string(&proof).unwrap();
    assert!(Proof::read(&text).is_ok() && Proof::read(&text.replace(",\"", ", \n\"")).is_ok());
    let refused = [
        (r#""closing":"#, r#""note":"paid","closing":"#),
        (r#""closing":"#, r#""closing":{"amount":"9.00","currency":"CNY"},"closing":"#),
        (r#""balance":{"#, r#""balance":{"currency":"CNY","#),
        (r#""amount":"10.00""#, r#""amount":"10""#),
        (r#""kind":"statement""#, r#""kind":"statement","kind":"statement""#),
    ];
    for (from, to) in refused {
        let changed = text.replacen(from, to, 1);
        assert!(changed != text && Proof::read(&changed).is_err(), "{to}");
    }
    let Proof::Inclusion(mut finer) = prove_event(&tree, &newest, 1).await.unwrap() else { panic!() };
    finer.event.recorded_at += chrono::TimeDelta::nanoseconds(1);
    assert_eq!(proved(&Proof::Inclusion(finer)), Err(NotProved::Time { position: 1 }));
    let Proof::Statement(mut padded) = proof else { panic!() };
    let node = *padded.nodes.values().next().unwrap();
    padded.nodes.insert("1-2".into(), node);
    let more = proved(&Proof::Statement(padded.clone()));
    padded.nodes.remove("1-2");
    assert_ne!(more, proved(&Proof::Statement(padded)), "{more:?}");
}
