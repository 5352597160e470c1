//! `tallybook user`: who may sign in. For a book whose administrator has lost the password, too.

use std::io::{IsTerminal, Read};

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use tallybook_api::access::{self, NewUser, Role, User};
use tallybook_event_store::Book;

use crate::database::in_book;
use crate::environment;
use crate::failure::Failure;
use crate::output::{moment, say, say_json};
use crate::settings::Settings;

/// Add users, give them new passwords, list them
#[derive(Debug, Args)]
pub struct UserCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a user
    #[command(after_help = "Examples:
  tallybook user add li.lei --role finance
  printf '%s' \"$PASSWORD\" | tallybook user add li.lei --role finance --password-stdin")]
    Add {
        /// 1 to 64 letters, digits or the signs . _ - @; kept in lower case
        name: String,
        /// admin, finance, approver, operator, auditor or dashboard
        #[arg(long)]
        role: Role,
        #[command(flatten)]
        password: PasswordSource,
        /// Check name and password, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Give a user a new password and end all their sessions
    #[command(after_help = "Example:
  tallybook user passwd admin")]
    Passwd {
        /// Whose password
        name: String,
        #[command(flatten)]
        password: PasswordSource,
        /// Check name and password, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List users, with who made them
    #[command(after_help = "Examples:
  tallybook user list
  tallybook user list --json")]
    List {
        /// As one JSON array
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct PasswordSource {
    /// Read the password from standard input; otherwise one is made and printed
    #[arg(long)]
    password_stdin: bool,
}

impl UserCommand {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        in_book(settings, async |book| self.what.run(book).await).await
    }
}

impl What {
    async fn run(self, book: &Book) -> Result<(), Failure> {
        match self {
            Self::Add { name, role, password, dry_run } => {
                let (password, made_up) = password.read()?;
                let created_by = environment::actor()?.to_string();
                let new = NewUser { name, role, password: password.clone(), created_by };
                if dry_run {
                    let name = access::check_new_user(book.pool(), &new).await?;
                    say(format!("Would add {name} with the role {role}."));
                } else {
                    let user = access::create_user(book.pool(), new, environment::now()).await?;
                    let shown = shown(&password, made_up);
                    say(format!("Added {} with the role {}.{shown}", user.name, user.role));
                }
            }
            Self::Passwd { name, password, dry_run } => {
                let (password, made_up) = password.read()?;
                let user = access::check_new_password(book.pool(), &name, &password).await?;
                if dry_run {
                    say(format!("Would give {} a new password and end all their sessions.", user.name));
                } else {
                    access::set_password(book.pool(), &user.name, &password, environment::now()).await?;
                    say(format!("{} has a new password.{}", user.name, shown(&password, made_up)));
                }
            }
            Self::List { json } => {
                let users = access::list_users(book.pool()).await?;
                if json {
                    say_json(&users).context("the users")?;
                } else {
                    table(&users);
                }
            }
        }
        Ok(())
    }
}

impl PasswordSource {
    /// The password, and whether it was made up.
    fn read(&self) -> Result<(String, bool), Failure> {
        if !self.password_stdin {
            return Ok((environment::fresh_password(), true));
        }
        let mut input = std::io::stdin();
        if input.is_terminal() {
            return Err(Failure::usage(anyhow!(
                "--password-stdin reads a pipe, not the keyboard: printf '%s' \"$PASSWORD\" | tallybook user …"
            )));
        }
        let mut password = String::new();
        input.read_to_string(&mut password).context("the password cannot be read from standard input")?;
        Ok((password.trim_end_matches(['\r', '\n']).to_owned(), false))
    }
}

fn shown(password: &str, made_up: bool) -> String {
    if made_up { format!(" Password: {password}   (shown this once)") } else { String::new() }
}

fn table(users: &[User]) {
    say(format!("{:<24} {:<10} {:<9} {:<27} {}", "NAME", "ROLE", "STATE", "CREATED", "BY"));
    for user in users {
        let state = if user.disabled { "disabled" } else { "active" };
        let created = moment(user.created_at);
        let role = user.role.to_string();
        say(format!("{:<24} {role:<10} {state:<9} {created:<27} {}", user.name, user.created_by));
    }
}
