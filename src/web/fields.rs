//! A posted form: every field as it was typed, and the parsing of fields into the domain's types with all errors
//! at once. Nothing typed is lost: a form that can't be taken is shown again from the same [`Fields`].

use std::fmt;
use std::str::FromStr;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use secrecy::SecretString;
use uuid::Uuid;

use super::extract::Visitor;
use super::session::Caller;
use super::{WebError, csrf};
use crate::domain::stated::Stated;
use crate::domain::text::{Line, ParseError, Prose};
use crate::domain::time::Instant;

/// The most a form may weigh without its files, in bytes.
pub(super) const HEAVIEST: usize = 1024 * 1024;
/// The most fields a form may have.
pub(super) const MOST: usize = 2_000;

/// The fields of a form, as typed. As an extractor it takes urlencoded and multipart forms without files, and
/// checks the form token before the handler runs.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Fields from what is known, for a form that is shown filled in.
    pub fn filled<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Fields {
        Fields(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    pub(super) fn push(&mut self, name: String, value: String) -> Result<(), WebError> {
        if self.0.len() >= MOST {
            return Err(WebError::BadForm("It has too many fields."));
        }
        // PostgreSQL keeps no such text, and nobody types one.
        if value.contains('\0') {
            return Err(WebError::BadForm("It holds a character that no field takes."));
        }
        self.0.push((name, value));
        Ok(())
    }

    /// A field as typed; empty when there is none. Of several with the same name, the first.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a field has anything in it but blanks.
    pub fn has(&self, name: &str) -> bool {
        !self.text(name).trim().is_empty()
    }

    /// Whether a box is ticked.
    pub fn is_ticked(&self, name: &str) -> bool {
        self.has(name)
    }

    /// All fields with their names, in the order they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// One line; empty means not given.
    pub fn line(&self, name: &str, errors: &mut Errors) -> Option<Line> {
        errors.take(Line::optional(name, self.text(name))).flatten()
    }

    /// One line that must be given.
    pub fn required_line(&self, name: &str, errors: &mut Errors) -> Option<Line> {
        errors.take(Line::parse(name, self.text(name)))
    }

    /// Several lines; empty means not given.
    pub fn prose(&self, name: &str, errors: &mut Errors) -> Option<Prose> {
        errors.take(Prose::optional(name, self.text(name))).flatten()
    }

    /// Several lines that must be given.
    pub fn required_prose(&self, name: &str, errors: &mut Errors) -> Option<Prose> {
        errors.take(Prose::parse(name, self.text(name)))
    }

    /// A day; empty means not given.
    pub fn date(&self, name: &str, errors: &mut Errors) -> Option<NaiveDate> {
        let text = self.text(name).trim();
        if text.is_empty() {
            return None;
        }
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
        errors.take(day.map_err(|_| ParseError::new(name, "Give a day such as 2026-11-23.")))
    }

    /// A day that must be given.
    pub fn required_date(&self, name: &str, errors: &mut Errors) -> Option<NaiveDate> {
        self.must(name, "Give a day such as 2026-11-23.", errors)?;
        self.date(name, errors)
    }

    /// A moment, in UTC where the text says nothing else; empty means not given.
    pub fn moment(&self, name: &str, errors: &mut Errors) -> Option<Instant> {
        let text = self.text(name).trim();
        if text.is_empty() {
            return None;
        }
        errors.take(
            moment(text).ok_or_else(|| ParseError::new(name, "Give day and time such as 2026-11-23T10:26, in UTC.")),
        )
    }

    /// A moment that must be given.
    pub fn required_moment(&self, name: &str, errors: &mut Errors) -> Option<Instant> {
        self.must(name, "Give day and time such as 2026-11-23T10:26, in UTC.", errors)?;
        self.moment(name, errors)
    }

    /// Yes, no, or nobody has looked.
    pub fn yes_no(&self, name: &str, errors: &mut Errors) -> Option<bool> {
        match self.text(name) {
            "yes" => Some(true),
            "no" => Some(false),
            "" => None,
            _ => errors.take(Err(ParseError::new(name, "Choose yes, no, or not looked at."))),
        }
    }

    /// A word of a closed list, or an id, that must be given.
    pub fn word<T: FromStr>(&self, name: &str, errors: &mut Errors) -> Option<T> {
        self.must(name, "Choose one.", errors)?;
        self.optional_word(name, errors)
    }

    /// A word of a closed list, or an id; empty means not given.
    pub fn optional_word<T: FromStr>(&self, name: &str, errors: &mut Errors) -> Option<T> {
        let text = self.text(name).trim();
        if text.is_empty() {
            return None;
        }
        errors.take(text.parse().map_err(|_| ParseError::new(name, "Choose one of the list.")))
    }

    /// A day that the paper may state: `name`, and the box `name_none` for *the paper states none*.
    pub fn stated_date(&self, name: &str, errors: &mut Errors) -> Stated<NaiveDate> {
        Stated::from_form(self.date(name, errors), self.states_none(name))
    }

    /// A line that the paper may state: `name`, and the box `name_none` for *the paper states none*.
    pub fn stated_line(&self, name: &str, errors: &mut Errors) -> Stated<Line> {
        Stated::from_form(self.line(name, errors), self.states_none(name))
    }

    fn states_none(&self, name: &str) -> bool {
        self.is_ticked(&format!("{name}_none"))
    }

    /// A password, kept out of sight.
    pub fn password(&self, name: &str) -> SecretString {
        SecretString::from(self.text(name).to_owned())
    }

    /// The form's one-time id.
    pub fn once(&self) -> Option<Uuid> {
        self.text("once").parse().ok()
    }

    /// The version of the case that the form was made from.
    pub fn version(&self) -> Option<i32> {
        self.text("version").parse().ok()
    }

    /// Refuses a form without this session's token.
    ///
    /// # Errors
    /// [`WebError::BadToken`].
    pub(super) fn check_token(&self, visitor: &Visitor, req: &HttpRequest) -> Result<(), WebError> {
        let in_header = req.headers().get(csrf::HEADER).and_then(|v| v.to_str().ok());
        let token = in_header.unwrap_or_else(|| self.text(csrf::FIELD));
        if visitor.has_token(token) { Ok(()) } else { Err(WebError::BadToken) }
    }

    fn must(&self, name: &str, reason: &str, errors: &mut Errors) -> Option<()> {
        if self.has(name) { Some(()) } else { errors.take(Err(ParseError::new(name, reason))) }
    }
}

/// Names only: what was typed has no place in a log.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

fn moment(text: &str) -> Option<Instant> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(Instant::new(at.to_utc()));
    }
    let local = text.trim_end_matches(" UTC").replace(' ', "T");
    let at = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"].iter();
    let at = at.filter_map(|form| NaiveDateTime::parse_from_str(&local, form).ok()).next()?;
    Some(Instant::new(at.and_utc()))
}

/// What is wrong with a form: all of it at once, each at its field.
#[derive(Debug, Clone, Default)]
pub struct Errors(Vec<ParseError>);

impl Errors {
    /// Keeps the error of a parse, and gives what came out of it.
    pub fn take<T>(&mut self, parsed: Result<T, ParseError>) -> Option<T> {
        parsed.map_err(|error| self.0.push(error)).ok()
    }

    /// Adds an error to a field.
    pub fn add(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.0.push(ParseError::new(field, reason));
    }

    /// What is wrong with a field.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|e| e.field == field).map(|e| e.reason.as_str())
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &ParseError> {
        self.0.iter()
    }
}

impl From<Vec<ParseError>> for Errors {
    fn from(errors: Vec<ParseError>) -> Self {
        Errors(errors)
    }
}

/// A form as a template shows it: empty, filled in, or come back with errors.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// What is in it.
    pub fields: Fields,
    /// What is wrong with it.
    pub errors: Errors,
}

impl Form {
    /// A form that comes back.
    pub fn again(fields: Fields, errors: impl Into<Errors>) -> Form {
        Form { fields, errors: errors.into() }
    }

    /// A form that is shown filled in.
    pub fn filled(fields: Fields) -> Form {
        Form { fields, errors: Errors::default() }
    }

    /// What stands in a field. Passwords are typed anew.
    pub fn value(&self, name: &str) -> &str {
        if name.contains("password") { "" } else { self.fields.text(name) }
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.at(name)
    }

    /// Whether a field holds just this; for options and boxes.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.fields.text(name) == value
    }

    /// Whether a box is ticked.
    pub fn is_ticked(&self, name: &str) -> bool {
        self.fields.is_ticked(name)
    }

    /// A field's name as people say it: `demands.0.period_from` is *period from*.
    pub fn spoken(&self, name: &str) -> String {
        name.rsplit('.').next().unwrap_or(name).replace('_', " ")
    }

    /// All that is wrong, for the summary at the top.
    pub fn problems(&self) -> Vec<&ParseError> {
        self.errors.iter().collect()
    }
}

impl FromRequest for Fields {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Fields, WebError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let visitor = Visitor::find(&req)?;
            let fields = read(&req, payload).await?;
            fields.check_token(&visitor, &req)?;
            Ok(fields)
        })
    }
}

/// A form that may be sent by somebody who is not signed in yet. That it is our own form rests on what the browser
/// says about its origin alone.
pub struct OpenFields(pub Fields);

impl FromRequest for OpenFields {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<OpenFields, WebError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            match Caller::of(&req) {
                Caller::WrongToken => Err(WebError::BadApiToken),
                Caller::Known(_) | Caller::Nobody => read(&req, payload).await.map(OpenFields),
            }
        })
    }
}

pub(super) async fn read(req: &HttpRequest, payload: Payload) -> Result<Fields, WebError> {
    let kind = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        read_multipart(Multipart::new(req.headers(), payload)).await
    } else {
        read_urlencoded(payload).await
    }
}

async fn read_urlencoded(mut payload: Payload) -> Result<Fields, WebError> {
    let mut body = BytesMut::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|_| WebError::BadForm("It did not arrive whole."))?;
        if body.len().saturating_add(piece.len()) > HEAVIEST {
            return Err(WebError::TooLarge("The form holds more than 1 MB of text.".into()));
        }
        body.extend_from_slice(&piece);
    }
    let mut fields = Fields::default();
    for (name, value) in url::form_urlencoded::parse(&body) {
        fields.push(name.into_owned(), value.into_owned())?;
    }
    Ok(fields)
}

async fn read_multipart(mut parts: Multipart) -> Result<Fields, WebError> {
    let (mut fields, mut weight) = (Fields::default(), 0);
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| WebError::BadForm("It is not a form as browsers send them."))?;
        super::upload::take_text(&mut part, &mut fields, &mut weight).await?;
    }
    Ok(fields)
}
