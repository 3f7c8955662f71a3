use serde_json::{Value, json};

use super::error::ParseError;
use super::rulebook::Rulebook;

/// Answers one line of `writ law check --facts FILE`: an object with `facts` and, if it likes, an `id`;
/// every other key is ignored.
pub fn check_line(book: &Rulebook, line: &Value) -> Result<Value, ParseError> {
    let Some(facts) = line.get("facts") else {
        return Err(ParseError::new("facts", "each line is an object such as {\"id\": \"a\", \"facts\": {…}}"));
    };
    let answer = book.evaluate(&book.facts_from_json(facts)?);
    let codes: Vec<&str> = answer.findings.iter().map(|finding| finding.code.as_str()).collect();
    let rules: Vec<&str> = answer.rules.iter().map(|rule| rule.id.as_str()).collect();
    Ok(json!({
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
    }))
}
