//! What is outside: a mail server and a receiver of webhooks, each as small as can be, that behave as they are told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How a message is answered; one that nothing is said about is taken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    Status(u16),
    /// The connection is closed once the message is there.
    Drop,
    /// No answer, ever.
    Never,
}

/// Replies to the first messages, and the messages themselves.
#[derive(Debug)]
struct Told<T> {
    replies: Mutex<std::vec::IntoIter<Reply>>,
    messages: Mutex<Vec<T>>,
}

impl<T> Told<T> {
    fn new(replies: Vec<Reply>) -> Arc<Self> {
        Arc::new(Self { replies: Mutex::new(replies.into_iter()), messages: Mutex::default() })
    }

    fn take(&self, message: T) -> Option<Reply> {
        self.messages.lock().unwrap().push(message);
        self.replies.lock().unwrap().next()
    }
}

/// Takes letters.
#[derive(Debug)]
pub(crate) struct MailServer {
    address: SocketAddr,
    told: Arc<Told<String>>,
}

impl MailServer {
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, told) = (listener.local_addr().unwrap(), Told::new(replies));
        let server = Self { address, told: told.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, told.clone()));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Whole letters as they came, also those that were not taken.
    pub(crate) fn letters(&self) -> Vec<String> {
        self.told.messages.lock().unwrap().clone()
    }
}

async fn converse(stream: TcpStream, told: Arc<Told<String>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.get(..4).map(str::to_ascii_uppercase).unwrap_or_default();
        match verb.as_str() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut letter = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    letter = format!("{letter}{line}\n");
                }
                match told.take(letter) {
                    None => write.write_all(b"250 taken\r\n").await?,
                    Some(Reply::Status(code)) => {
                        write.write_all(format!("{code} not this one\r\n").as_bytes()).await?;
                    }
                    Some(Reply::Drop) => return Ok(()),
                    Some(Reply::Never) => std::future::pending().await,
                }
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => write.write_all(b"250 yes\r\n").await?,
        }
    }
    Ok(())
}

/// A webhook as it came.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    head: String,
    pub(crate) body: String,
}

impl Post {
    pub(crate) fn header(&self, name: &str) -> &str {
        let of_name = |line: &&str| line.to_ascii_lowercase().starts_with(&format!("{name}:"));
        self.head.lines().find(of_name).and_then(|line| line.split_once(':')).unwrap().1.trim()
    }
}

/// Takes webhooks.
#[derive(Debug)]
pub(crate) struct Receiver {
    address: SocketAddr,
    told: Arc<Told<Post>>,
}

impl Receiver {
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, told) = (listener.local_addr().unwrap(), Told::new(replies));
        let receiver = Self { address, told: told.clone() };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(receive(stream, told.clone()));
            }
        });
        receiver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    pub(crate) fn posts(&self) -> Vec<Post> {
        self.told.messages.lock().unwrap().clone()
    }
}

/// One request a connection, so that a reply is that of its own request.
async fn receive(stream: TcpStream, told: Arc<Told<Post>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut head = String::new();
    while read.read_line(&mut head).await? > 2 {}
    let length = Post { head: head.clone(), body: String::new() }.header("content-length").parse().unwrap();
    let mut body = vec![0; length];
    read.read_exact(&mut body).await?;
    let status = match told.take(Post { head, body: String::from_utf8(body).unwrap() }) {
        None => 204,
        Some(Reply::Status(status)) => status,
        Some(Reply::Drop) => return Ok(()),
        Some(Reply::Never) => std::future::pending().await,
    };
    let answer = format!("HTTP/1.1 {status} x\r\nlocation: /elsewhere\r\nconnection: close\r\n\r\n");
    write.write_all(answer.as_bytes()).await
}
