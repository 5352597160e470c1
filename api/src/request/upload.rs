//! A file that a form sends (`multipart/form-data`), with a few texts beside it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use multer::Multipart;

use super::command::{collect_body, drain};
use crate::problem::{FieldError, Problem, ProblemKind};

/// The most a form may have.
const FORM_LIMIT: usize = 16 * 1024 * 1024;
const FORM_WITHIN: Duration = Duration::from_secs(120);

/// The parts of a form.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) file: Bytes,
    texts: BTreeMap<String, String>,
}

impl Upload {
    /// Reads a form with a part `file` and any of these texts. Who sends it has been asked before.
    pub(crate) async fn read(request: Request, texts: &[&str]) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let boundary = boundary(&parts.headers)?;
        let bytes = collect_body(body, FORM_LIMIT, FORM_WITHIN).await?;
        Self::parse(bytes, &boundary, texts).await
    }

    /// Takes nothing in, and lets the sender come to an end.
    pub(crate) async fn turn_away(request: Request) {
        drain(request.into_body()).await;
    }

    async fn parse(bytes: Bytes, boundary: &str, known: &[&str]) -> Result<Self, Problem> {
        let stream = futures::stream::once(async { Ok::<_, Infallible>(bytes) });
        let mut form = Multipart::new(stream, boundary);
        let (mut file, mut texts, mut errors) = (None, BTreeMap::new(), Vec::new());
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or("").to_owned();
            match name.as_str() {
                "file" if file.is_none() => file = Some(field.bytes().await.map_err(broken)?),
                known_text if known.contains(&known_text) && !texts.contains_key(known_text) => {
                    let bytes = field.bytes().await.map_err(broken)?;
                    match String::from_utf8(bytes.into()) {
                        Ok(text) => {
                            texts.insert(name, text);
                        }
                        Err(_) => errors.push(wrong(&name, "malformed", "must be UTF-8")),
                    }
                }
                _ if name == "file" || known.contains(&name.as_str()) => {
                    errors.push(wrong(&name, "repeated", "must be sent once"));
                }
                _ => errors.push(wrong(&name, "unknown", "is no part of this form")),
            }
        }
        match file {
            Some(file) if errors.is_empty() => Ok(Self { file, texts }),
            Some(_) => Err(Problem::validation(errors)),
            None => {
                errors.push(wrong("file", "missing", "must be sent"));
                Err(Problem::validation(errors))
            }
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }
}

fn boundary(headers: &HeaderMap) -> Result<String, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.and_then(|content_type| multer::parse_boundary(content_type).ok()).ok_or_else(|| {
        let detail = "Send the file with Content-Type: multipart/form-data, as the part `file`.";
        Problem::new(ProblemKind::UnsupportedMediaType, detail)
    })
}

fn broken(error: multer::Error) -> Problem {
    Problem::validation(vec![wrong("", "malformed", &format!("is no form: {error}"))])
}

fn wrong(part: &str, code: &'static str, detail: &str) -> FieldError {
    let pointer = if part.is_empty() { String::new() } else { format!("/{part}") };
    FieldError { pointer, code, detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn parse(form: &str) -> Result<Upload, Problem> {
        let text = form.replace('\n', "\r\n");
        Upload::parse(Bytes::from(text), "X", &["mapping"]).await
    }

    fn part(name: &str, content: &str) -> String {
        format!("--X\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\n\n{content}\n")
    }

    #[tokio::test]
    async fn a_form_is_a_file_and_texts() {
        let upload =
            parse(&format!("{}{}--X--\n", part("mapping", "{}"), part("file", "a,b\n1,2"))).await.unwrap();
        assert_eq!(upload.file, Bytes::from("a,b\r\n1,2"));
        assert_eq!(upload.text("mapping"), Some("{}"));
    }

    #[tokio::test]
    async fn what_is_missing_unknown_or_twice_is_said() {
        let told = |form: String| async move {
            parse(&form).await.map(|_| ()).map_err(|problem| format!("{problem:?}")).unwrap_err()
        };
        assert!(told(format!("{}--X--\n", part("mapping", "{}"))).await.contains("missing"));
        let twice = format!("{}{}--X--\n", part("file", "a"), part("file", "b"));
        assert!(told(twice).await.contains("repeated"));
        let unknown = format!("{}{}--X--\n", part("file", "a"), part("sheet", "b"));
        assert!(told(unknown).await.contains("unknown"));
        assert!(told("nonsense".into()).await.contains("malformed"));
    }
}
