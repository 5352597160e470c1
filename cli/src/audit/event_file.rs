//! Events on standard output, as a table, as lines of JSON or as CSV.

use std::io::{self, BufWriter, Stdout, Write};

use anyhow::Context;
use csv::{Terminator, Writer, WriterBuilder};
use tallybook_api::{EventView, formula_safe};
use tallybook_event_store::journal::StoredEvent;

use super::events::Format;
use super::facts::Facts;
use crate::failure::Failure;
use crate::output::{Lines, ended, moment};

type Out = BufWriter<Stdout>;

pub(super) enum EventFile {
    Table(Out),
    Json(Out),
    Csv(Box<Writer<Out>>),
}

const COLUMNS: [&str; 14] = [
    "position",
    "recorded_at",
    "aggregate_type",
    "aggregate_id",
    "sequence",
    "event_type",
    "event_version",
    "actor",
    "command_id",
    "request_id",
    "reason",
    "payload",
    "metadata",
    "leaf_hash",
];

impl EventFile {
    /// With its head, which is written with the first events.
    pub(super) fn begin(format: Format) -> Result<Self, Failure> {
        let mut out = BufWriter::new(io::stdout());
        match format {
            Format::Json => Ok(Self::Json(out)),
            Format::Table => {
                let head = row(["POSITION", "RECORDED AT", "TYPE", "AGGREGATE", "ACTOR", "REQUEST"]);
                writeln!(out, "{head}")?;
                Ok(Self::Table(out))
            }
            Format::Csv => {
                let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
                writer.write_record(COLUMNS).context("the head")?;
                Ok(Self::Csv(Box::new(writer)))
            }
        }
    }

    pub(super) fn write(&mut self, events: Vec<StoredEvent>) -> Result<Lines, Failure> {
        ended(self.try_write(events))
    }

    fn try_write(&mut self, events: Vec<StoredEvent>) -> io::Result<()> {
        for event in events {
            match self {
                Self::Table(out) => writeln!(out, "{}", in_a_row(&event))?,
                Self::Json(out) => {
                    serde_json::to_writer(&mut *out, &EventView::try_from(event)?)?;
                    writeln!(out)?;
                }
                Self::Csv(writer) => record(writer, &event)?,
            }
        }
        match self {
            Self::Table(out) | Self::Json(out) => out.flush(),
            Self::Csv(writer) => writer.flush(),
        }
    }
}

fn row([position, at, event_type, aggregate, actor, request]: [&str; 6]) -> String {
    format!("{position:>9}  {at:<27}  {event_type:<20}  {aggregate:<36}  {actor:<20}  {request}")
}

fn in_a_row(event: &StoredEvent) -> String {
    let facts = Facts::of(event);
    let (position, at) = (event.position.to_string(), moment(event.recorded_at));
    row([&position, &at, &event.event_type, &event.aggregate_id, &facts.actor(), &facts.get("request_id")])
}

fn record(writer: &mut Writer<Out>, event: &StoredEvent) -> io::Result<()> {
    let facts = Facts::of(event);
    let texts = [
        event.position.to_string(),
        moment(event.recorded_at),
        event.aggregate_type.clone(),
        event.aggregate_id.clone(),
        event.sequence.to_string(),
        event.event_type.clone(),
        event.event_version.clone(),
        facts.actor(),
        facts.get("command_id"),
        facts.get("request_id"),
        facts.get("reason"),
        event.payload.clone(),
        event.metadata.clone(),
        hex::encode(event.leaf_hash),
    ];
    Ok(writer.write_record(texts.iter().map(|text| formula_safe(text).into_owned()))?)
}
