//! What bytes are, by what they begin with and never by what is claimed.

/// The media type of bytes that begin like this.
pub fn media_type(head: &[u8]) -> &'static str {
    if head.starts_with(b"%PDF-") {
        return "application/pdf";
    }
    match infer::get(head) {
        Some(kind) => kind.mime_type(),
        None if looks_like_mail(head) => "message/rfc822",
        None if is_text(head) => "text/plain",
        None => "application/octet-stream",
    }
}

/// Text has no control characters but line ends and tabs. A cut at the end may split a character.
fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            head.get(..error.valid_up_to()).and_then(|h| std::str::from_utf8(h).ok()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !valid.is_empty() && !valid.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn looks_like_mail(head: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(head) else { return false };
    let header = |line: &str| {
        ["received:", "from:", "return-path:", "mime-version:", "delivered-to:"]
            .iter()
            .any(|h| line.to_ascii_lowercase().starts_with(h))
    };
    text.lines().next().is_some_and(header)
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn bytes_are_known_by_what_they_begin_with() {
        assert_eq!(media_type(b"%PDF-1.7 and more"), "application/pdf");
        assert_eq!(media_type(b"Received: from a by b\r\n"), "message/rfc822");
        assert_eq!(media_type("one, two\nthree, f\u{fc}nf".as_bytes()), "text/plain");
        assert_eq!(media_type(b"<html><script>alert(1)</script>"), "text/html");
        assert_eq!(media_type(&[0, 1, 2, 3]), "application/octet-stream");
    }
}
