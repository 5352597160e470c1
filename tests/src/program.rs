//! The program as its users run it: `tallybook` with its arguments, its output, and the signals it gets.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The program that was built beside the tests, with nothing of this machine's settings in its environment.
pub fn tallybook<I: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("tallybook");
    assert!(program.exists(), "{} is missing: cargo build --package tallybook", program.display());
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name == "DATABASE_URL" || name.to_string_lossy().starts_with("TALLYBOOK_") {
            command.env_remove(name);
        }
    }
    command
}

/// A directory that also the unprivileged user who runs PostgreSQL can reach.
pub fn place() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let open = std::fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().prefix("tallybook-test").permissions(open).tempdir().unwrap()
}

/// A `tallybook up`, `api` or `projector run`. Dropping it ends it.
#[derive(Debug)]
pub struct Program {
    process: Child,
    log: PathBuf,
    /// Where it serves; nothing for a projector.
    pub address: String,
}

impl Program {
    /// Starts it, and waits until it says where it serves.
    pub fn serve(mut command: Command, log: &Path) -> Self {
        let mut program = Self::spawn(command.stdout(Stdio::piped()), log);
        let lines = BufReader::new(program.process.stdout.take().unwrap()).lines();
        let mut said = lines.map_while(Result::ok);
        let port = said.find_map(|line| Some(line.split_once("http://localhost:")?.1.trim().to_owned()));
        let port = port.unwrap_or_else(|| panic!("{command:?} ended before it served"));
        program.address = format!("http://127.0.0.1:{port}");
        program
    }

    /// Starts it, and does not wait.
    pub fn run(mut command: Command, log: &Path) -> Self {
        Self::spawn(command.stdout(Stdio::null()), log)
    }

    fn spawn(command: &mut Command, log: &Path) -> Self {
        let process = command.stderr(appended(log)).spawn().unwrap();
        Self { process, log: log.to_owned(), address: String::new() }
    }

    /// Its process number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends it without a word of warning.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks it to stop, and answers with its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        signal(self.process.id(), Signal::SIGTERM);
        self.process.wait().unwrap().code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap();
            let tail: Vec<_> = log.lines().rev().take(40).collect();
            eprintln!("the end of {}:", self.log.display());
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
        if self.process.try_wait().unwrap().is_none() {
            self.stop();
        }
    }
}

/// A PostgreSQL stops at once, as if the machine had lost its power: without a checkpoint, its connections cut.
pub fn stop_immediately(postmaster: u32) {
    signal(postmaster, Signal::SIGQUIT);
}

/// Runs a subcommand to its end, which must be a good one, and answers with what it said.
#[track_caller]
pub fn done(mut command: Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (said, complained) = (String::from_utf8(stdout).unwrap(), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{said}\n{complained}");
    said
}

fn signal(process: u32, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(process).unwrap()), signal).unwrap();
}

fn appended(log: &Path) -> File {
    File::options().create(true).append(true).open(log).unwrap()
}
