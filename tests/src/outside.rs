//! A system outside: a small real HTTP server that answers as it is told, and remembers what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How a request is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    Json(String),
    Status(u16),
    /// The connection is closed without a word.
    Drop,
    /// No answer, ever.
    Never,
    /// Half of what was promised, and the connection is closed.
    Half(String),
}

/// Its path with what follows `?`, and how often that was asked before.
type Answer = dyn Fn(&str, usize) -> Reply + Send + Sync;

#[derive(Debug, Clone)]
pub struct Outside {
    address: SocketAddr,
    /// The heads of all requests, in their order.
    heads: Arc<Mutex<Vec<String>>>,
}

impl Outside {
    pub async fn start(answer: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let outside = Self { address: listener.local_addr().unwrap(), heads: Arc::default() };
        let (heads, answer): (_, Arc<Answer>) = (outside.heads.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, heads.clone(), answer.clone()));
            }
        });
        outside
    }

    pub fn url(&self, rest: &str) -> String {
        format!("http://{}{rest}", self.address)
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// The paths asked for, in their order.
    pub fn paths(&self) -> Vec<String> {
        self.heads().iter().map(|head| path(head).to_owned()).collect()
    }
}

fn path(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

/// One request a connection.
async fn converse(
    stream: TcpStream,
    heads: Arc<Mutex<Vec<String>>>,
    answer: Arc<Answer>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut head = String::new();
    while read.read_line(&mut head).await? > 2 {}
    if head.is_empty() {
        return Ok(());
    }
    let before = {
        let mut heads = heads.lock().unwrap();
        let before = heads.iter().filter(|other| path(other) == path(&head)).count();
        heads.push(head.clone());
        before
    };
    let (status, body, promised) = match answer(path(&head), before) {
        Reply::Json(body) => (200, body.clone(), body.len()),
        Reply::Status(status) => (status, String::new(), 0),
        Reply::Half(body) => (200, body.clone(), body.len() * 2),
        Reply::Drop => return Ok(()),
        Reply::Never => std::future::pending().await,
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\nlocation: /elsewhere\r\ncontent-length: {promised}\r\nconnection: close\r\n\r\n"
    );
    write.write_all(head.as_bytes()).await?;
    write.write_all(body.as_bytes()).await
}
