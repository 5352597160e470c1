//! A book whose parts are processes, and the people who use it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use tallybook_tests::book::{PASSWORD, database};
use tallybook_tests::program::{Program, done, place, tallybook};
use tallybook_tests::truths::Witness;
use tallybook_tests::{Client, Role};

/// A book of its own, either on the tests' PostgreSQL or on one that `tallybook up` keeps in a directory.
pub(crate) struct Processes {
    name: String,
    place: tempfile::TempDir,
    embedded: bool,
}

/// Who uses it. Tokens outlive the processes, because sessions are in the book.
pub(crate) struct People {
    pub(crate) finance: Client,
    pub(crate) approver: Client,
    pub(crate) operator: Client,
    pub(crate) auditor: Client,
}

impl People {
    /// The same people at another address.
    pub(crate) fn at(&self, address: &str) -> Self {
        let [finance, approver, operator, auditor] =
            [&self.finance, &self.approver, &self.operator, &self.auditor].map(|client| client.at(address));
        Self { finance, approver, operator, auditor }
    }
}

impl Processes {
    /// On the tests' PostgreSQL. The book is made by `tallybook migrate`.
    pub(crate) fn on_the_server() -> Self {
        let book =
            Self { name: format!("p{}", uuid::Uuid::now_v7().simple()), place: place(), embedded: false };
        done(book.command(&["migrate"]));
        book
    }

    /// In a directory, with a PostgreSQL of its own.
    pub(crate) fn embedded() -> Self {
        Self { name: "main".into(), place: place(), embedded: true }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = tallybook(arguments);
        command.args(["--book", &self.name]).env("TALLYBOOK_ADMIN_PASSWORD", PASSWORD);
        command.arg("--data").arg(self.data());
        if !self.embedded {
            command.arg("--database-url").arg(database_url());
        }
        command
    }

    pub(crate) fn up(&self) -> Program {
        self.serve(&["up", "--port", "0"])
    }

    pub(crate) fn demonstration(&self) -> Program {
        self.serve(&["up", "--demo", "--port", "0"])
    }

    /// With a key of its own for personal fields.
    fn serve(&self, arguments: &[&str]) -> Program {
        let mut up = self.command(arguments);
        up.env("TALLYBOOK_PERSONAL_DATA_KEY_FILE", self.place.path().join("personal-data.key"));
        Program::serve(up, &self.log())
    }

    pub(crate) fn api(&self) -> Program {
        Program::serve(self.command(&["api", "--port", "0"]), &self.log())
    }

    /// With a settings file.
    pub(crate) fn api_with(&self, settings: &Path) -> Program {
        let mut api = self.command(&["api", "--port", "0"]);
        api.arg("--config").arg(settings);
        Program::serve(api, &self.log())
    }

    pub(crate) fn projector(&self) -> Program {
        Program::run(self.command(&["projector", "run"]), &self.log())
    }

    pub(crate) async fn administrator(&self, address: &str) -> Client {
        Client::new(address).sign_in("admin", PASSWORD).await
    }

    /// Makes users at this address, as the administrator does, and signs them in.
    pub(crate) async fn people(&self, address: &str) -> People {
        let admin = self.administrator(address).await;
        let mut signed_in = Vec::new();
        for role in [Role::Finance, Role::Approver, Role::Operator, Role::Auditor] {
            let user = json!({ "name": role, "role": role, "password": PASSWORD });
            admin.post("/v1/users", &user).await.created();
            signed_in.push(admin.sign_in(role.as_str(), PASSWORD).await);
        }
        let [finance, approver, operator, auditor] = signed_in.try_into().unwrap();
        People { finance, approver, operator, auditor }
    }

    /// The database with the rights of the book's owner, and the book's schema.
    pub(crate) fn owner(&self) -> (PgConnectOptions, String) {
        let connect = if self.embedded { self.embedded_database() } else { database() };
        (connect, format!("book_{}", self.name))
    }

    pub(crate) fn witness(&self, reader: Client) -> Witness {
        let (connect, schema) = self.owner();
        Witness::new(reader, &connect, &schema)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The tests' PostgreSQL, as its own programs want it.
    pub(crate) fn database(&self) -> OsString {
        database_url()
    }

    /// What the parts have logged.
    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap()
    }

    /// The process number of its own PostgreSQL, and where its socket is.
    pub(crate) fn postmaster(&self) -> (u32, PathBuf) {
        let noted = std::fs::read_to_string(self.postmaster_file()).unwrap();
        let lines: Vec<_> = noted.lines().collect();
        (lines[0].trim().parse().unwrap(), PathBuf::from(lines[4]))
    }

    /// PostgreSQL removes its note as the last thing it does.
    pub(crate) fn has_postmaster(&self) -> bool {
        self.postmaster_file().exists()
    }

    fn postmaster_file(&self) -> PathBuf {
        self.data().join("postgres/postmaster.pid")
    }

    fn embedded_database(&self) -> PgConnectOptions {
        let (_, socket) = self.postmaster();
        PgConnectOptions::new_without_pgpass().socket(socket).username("tallybook").database("tallybook")
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    pub(crate) fn place(&self) -> &Path {
        self.place.path()
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.place.path().join("log")
    }
}

fn database_url() -> OsString {
    std::env::var_os("DATABASE_URL").unwrap()
}
