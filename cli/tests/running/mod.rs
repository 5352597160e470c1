//! A `tallybook` as a user runs it: the binary, its output, its exit code.

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "this is test code, though in no test function")]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tallybook::postgres::{DataDirectory, check_installed};
use tallybook_commands::CommandContext;
use tallybook_event_store::{Book, BookSettings};

/// The binary, with nothing of this machine's settings in its environment.
pub(crate) fn tallybook(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tallybook"));
    command.args(arguments).stdin(Stdio::null());
    for name in
        ["DATABASE_URL", "TALLYBOOK_DATA", "TALLYBOOK_BOOK", "TALLYBOOK_PORT", "TALLYBOOK_ADMIN_PASSWORD"]
    {
        command.env_remove(name);
    }
    command
}

/// A place for a data directory; `None`, with a word, where PostgreSQL is not installed.
pub(crate) fn place() -> Option<tempfile::TempDir> {
    if let Err(missing) = check_installed(&search_path()) {
        println!("skipped: {missing}");
        return None;
    }
    let (directory, _) = DataDirectory::temporary().unwrap();
    Some(directory)
}

#[expect(clippy::disallowed_methods, reason = "a test is an edge")]
fn search_path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap()
}

/// A running `tallybook up`, stopped when dropped.
pub(crate) struct Up {
    process: Child,
    pub(crate) url: String,
    /// What it said until it was ready.
    pub(crate) greeting: String,
    pub(crate) data: PathBuf,
}

impl Up {
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        let data_argument = data.to_str().unwrap();
        let mut process = tallybook(&[&["up", "--port", "0", "--data", data_argument], more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut greeting = String::new();
        for line in &mut lines {
            let line = line.unwrap();
            greeting.push_str(&line);
            greeting.push('\n');
            if line.starts_with("Ctrl-C") {
                break;
            }
        }
        let url = greeting
            .lines()
            .find_map(|line| line.trim().strip_prefix("API"))
            .map(|url| url.trim().to_owned());
        let Some(url) = url else {
            let mut log = String::new();
            process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
            panic!("tallybook up did not get ready:\n{greeting}{log}");
        };
        // Nobody reads the log from here on, and it must not fill its pipe.
        let mut log = process.stderr.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { process, url, greeting, data: data.to_owned() }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.process.id()).unwrap()), signal).unwrap();
    }

    /// Waits for the end and says how long it took.
    pub(crate) fn wait(&mut self) -> (std::process::ExitStatus, Duration) {
        let begun = Instant::now();
        let status = self.process.wait().unwrap();
        (status, begun.elapsed())
    }

    /// The process of its PostgreSQL.
    pub(crate) fn postgres(&self) -> Pid {
        let text = std::fs::read_to_string(self.data.join("postgres/postmaster.pid")).unwrap();
        Pid::from_raw(text.lines().next().unwrap().trim().parse().unwrap())
    }

    /// Runs another subcommand on the same data directory.
    pub(crate) fn beside(&self, arguments: &[&str]) -> Output {
        tallybook(arguments).arg("--data").arg(&self.data).output().unwrap()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if self.process.try_wait().unwrap().is_none() {
            self.signal(Signal::SIGTERM);
            self.process.wait().unwrap();
        }
    }
}

/// Does something to the running book through the use cases, as any other process may.
pub(crate) fn in_book<T>(up: &Up, work: impl AsyncFnOnce(&Book, CommandContext) -> T) -> T {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let connect = tallybook::postgres::attach(&up.data).unwrap();
        let book = Book::open(&connect, BookSettings::new("book_main")).await.unwrap();
        let context = CommandContext {
            actor: "user:test".parse().unwrap(),
            idempotency_key: None,
            request_id: None,
            client_address: None,
            dry_run: false,
        };
        let done = work(&book, context).await;
        book.shutdown().await;
        done
    })
}

pub(crate) fn is_alive(process: Pid) -> bool {
    // A zombie nobody waits for is dead, too.
    std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
