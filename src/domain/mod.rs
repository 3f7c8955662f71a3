//! What the business is made of. Values in, values out: nothing here reads a clock, a file or a database.
//! Modules in reading order: the words first, then the case and what it holds.

pub mod words;
pub mod time;
pub mod half_year;
pub mod id;
pub mod text;
pub mod stated;

pub mod stage;
pub mod instrument;
pub mod data_class;
pub mod days;
pub mod clock;
pub mod rulebook;
pub mod requester;
pub mod agency;
pub mod country;
pub mod paper;
pub mod identifier;
pub mod catalogue;
pub mod demand;
pub mod many;
pub mod document;
pub mod verification;
pub mod secrecy;
pub mod redirect;
pub mod wait;
pub mod checklist;
pub mod comment;

pub mod verdict;
pub mod finding;
pub mod assessment;
pub mod decision;
pub mod policy;
pub mod outcome;
pub mod past_case;

pub mod case;
pub mod event;
pub mod tally;
pub mod change;
pub mod refusal;
pub mod staff;
pub mod second_admin;
pub mod alarm;
pub mod sample;
pub mod audit_note;
pub mod setting;
pub mod mail;
pub mod backup;
pub mod retention;
pub mod hold;
pub mod erasure;

pub mod search;
pub mod queue;
