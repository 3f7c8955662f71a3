//! What generated cases are made of: `config/demo/spread.toml` as it is read.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::instrument::Instrument;
use crate::domain::requester::{IssuingAuthority, Matter, RequesterLevel, RequesterType};

const SPREAD: &str = include_str!("../../../config/demo/spread.toml");

/// Names, agencies and processes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    pub first_names: Vec<String>,
    pub last_names: Vec<String>,
    pub places: Vec<String>,
    pub nouns: Vec<String>,
    pub states: Vec<String>,
    /// Who asks.
    pub agency: Vec<AgencyKind>,
    /// What they serve.
    pub process: Vec<Process>,
}

/// Agencies of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencyKind {
    pub key: String,
    pub name: String,
    pub country: String,
    pub level: RequesterLevel,
    pub kind: RequesterType,
    pub count: usize,
}

/// One kind of paper.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    pub weight: usize,
    pub instrument: Instrument,
    pub authority: IssuingAuthority,
    pub matter: Matter,
    pub from: Vec<String>,
    pub basis: Option<String>,
    /// Weights of what it asks for, by `service/category`.
    pub asks: BTreeMap<String, usize>,
    /// The most lines it asks.
    pub most: i64,
    /// Days from service to the return date, first and last.
    pub due: Option<[i64; 2]>,
    /// Days from service to the last day it may be executed.
    pub execute: Option<[i64; 2]>,
    #[serde(default)]
    pub emergency: bool,
    /// The chance of a secrecy order, in percent.
    pub secrecy: u32,
}

impl Spread {
    /// Reads it.
    ///
    /// # Errors
    /// When the text makes no sense.
    pub fn read() -> anyhow::Result<Spread> {
        Ok(toml::from_str(SPREAD)?)
    }
}
