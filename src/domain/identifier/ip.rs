//! IP addresses with the port and the instant they were seen, such as `203.0.113.7:51820 at
//! 2016-02-03T10:11:12Z` or `[2001:db8::1]:443, 2016-02-03 05:11:12 -05:00`.
//!
//! The key is the canonical address: an IPv4 address wrapped in IPv6 is unwrapped, IPv6 is shortened as
//! RFC 5952 says. A time without a zone is refused, because an address changes hands within minutes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};

use super::{DOTS, IdentifierError, IdentifierKind};

/// An address, and when and with which port it was seen.
pub(super) struct Seen {
    pub(super) address: IpAddr,
    pub(super) port: Option<u16>,
    pub(super) at: Option<DateTime<Utc>>,
}

pub(super) fn parse(text: &str) -> Result<Seen, IdentifierError> {
    let is_gap = |c: char| c.is_whitespace() || c == ',' || c == ';';
    let (endpoint, rest) = text.split_once(is_gap).unwrap_or((text, ""));
    let (address, mut port) = address_and_port(endpoint)?;
    let mut rest = rest.trim_start_matches(is_gap);
    if let Some(after) = word(rest, "port") {
        let (number, further) = after.split_once(is_gap).unwrap_or((after, ""));
        if port.is_some() {
            return Err(wrong("it names two ports", "give the one the paper states"));
        }
        port = Some(port_number(number)?);
        rest = further.trim_start_matches(is_gap);
    }
    let time = ["at", "on", "@"].into_iter().find_map(|at| word(rest, at)).unwrap_or(rest);
    let at = if time.is_empty() { None } else { Some(instant(time)?) };
    Ok(Seen { address, port, at })
}

pub(super) fn masked(address: &str) -> String {
    let parts = |mark: char| address.split(mark).take(2).collect::<Vec<_>>().join(&mark.to_string());
    if address.contains(':') { format!("{}:{DOTS}", parts(':')) } else { format!("{}.{DOTS}", parts('.')) }
}

fn address_and_port(endpoint: &str) -> Result<(IpAddr, Option<u16>), IdentifierError> {
    if endpoint.contains('/') {
        return Err(wrong("this is a range of addresses", "name each address with the time it was seen"));
    }
    if let Some(bracketed) = endpoint.strip_prefix('[') {
        let (address, after) = bracketed.split_once(']').ok_or(wrong("the ] is missing", LIKE))?;
        let address: Ipv6Addr = address.parse().map_err(|_| not_an_address())?;
        let port = match after.strip_prefix(':') {
            Some(port) => Some(port_number(port)?),
            None if after.is_empty() => None,
            None => return Err(wrong("after the ] stands something other than a port", LIKE)),
        };
        return Ok((canonical(address), port));
    }
    match endpoint.split_once(':') {
        Some((address, port)) if !port.contains(':') => {
            let address: Ipv4Addr = address.parse().map_err(|_| not_an_address())?;
            Ok((IpAddr::V4(address), Some(port_number(port)?)))
        }
        Some(_) => Ok((canonical(endpoint.parse().map_err(|_| not_an_address())?), None)),
        None => Ok((IpAddr::V4(endpoint.parse().map_err(|_| not_an_address())?), None)),
    }
}

fn canonical(address: Ipv6Addr) -> IpAddr {
    address.to_canonical()
}

fn port_number(text: &str) -> Result<u16, IdentifierError> {
    let number = if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None };
    number.filter(|port| *port > 0).ok_or(wrong("the port is not a number from 1 to 65535", LIKE))
}

fn instant(text: &str) -> Result<DateTime<Utc>, IdentifierError> {
    let spelled = spelled(text);
    if let Ok(at) = DateTime::parse_from_rfc3339(&spelled) {
        return Ok(at.with_timezone(&Utc).trunc_subsecs(6));
    }
    let zoneless = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    if zoneless.iter().any(|form| NaiveDateTime::parse_from_str(&spelled, form).is_ok()) {
        return Err(IdentifierError::TimeWithoutZone);
    }
    Err(wrong("the time after it can't be read for certain", LIKE))
}

/// The time as RFC 3339 spells it: `T` between day and hour, no blank before the zone, `Z` for UTC.
fn spelled(text: &str) -> String {
    let text = text.trim().to_ascii_uppercase();
    let zulu = ["UTC", "GMT"].into_iter().find_map(|zone| text.strip_suffix(zone));
    let text = zulu.map_or(text.clone(), |time| format!("{}Z", time.trim_end()));
    let mut parts = text.split_whitespace();
    let day = parts.next().unwrap_or_default();
    let rest: String = parts.collect();
    if rest.is_empty() || day.contains('T') { format!("{day}{rest}") } else { format!("{day}T{rest}") }
}

/// What follows `word` where `text` begins with it as a word of its own, in any case.
fn word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (first, rest) = text.split_once(char::is_whitespace)?;
    first.eq_ignore_ascii_case(word).then(|| rest.trim_start())
}

const LIKE: &str = "it should read like 203.0.113.7:51820 at 2016-02-03T10:11:12Z or [2001:db8::1]:443";

fn not_an_address() -> IdentifierError {
    wrong("no IPv4 or IPv6 address stands at its beginning", LIKE)
}

fn wrong(wrong: &'static str, cure: &'static str) -> IdentifierError {
    IdentifierError::Malformed { kind: IdentifierKind::IpAddress, wrong, cure }
}
