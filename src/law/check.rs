use serde_json::{Value, json};

use super::error::ParseError;
use super::rulebook::Rulebook;
use super::trace::{as_json, trace};

/// Answers one line of `writ law check --facts FILE`: an object with `facts` and, if it likes, an `id`;
/// every other key is ignored. With the trace, every rule that was asked is told of.
pub fn check_line(book: &Rulebook, line: &Value, with_trace: bool) -> Result<Value, ParseError> {
    let Some(facts) = line.get("facts") else {
        return Err(ParseError::new("facts", "each line is an object such as {\"id\": \"a\", \"facts\": {…}}"));
    };
    let facts = book.facts_from_json(facts)?;
    let answer = book.evaluate(&facts);
    let codes: Vec<&str> = answer.findings.iter().map(|finding| finding.code.as_str()).collect();
    let rules: Vec<&str> = answer.rules.iter().map(|rule| rule.id.as_str()).collect();
    let mut told = json!({
        "id": line.get("id").cloned().unwrap_or(Value::Null),
        "verdict": answer.verdict,
        "basis_verdict": answer.basis_verdict,
        "disposition": answer.disposition,
        "min_process": answer.min_process,
        "findings": codes,
        "duties": answer.duties,
        "citations": answer.citations,
        "rules": rules,
        "missing_facts": answer.missing_facts,
        "why": answer.why,
    });
    if let (true, Some(told)) = (with_trace, told.as_object_mut()) {
        told.insert("trace".into(), as_json(&trace(book, &facts)));
    }
    Ok(told)
}
