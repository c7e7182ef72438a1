//! The words of a statement. Space does not count, nor the case of words without quotes. Comments are not known.

/// A word of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A keyword, in lower case, or a name.
    Word(String),
    /// A text, without its quotes.
    Text(String),
    /// A whole number.
    Number(i64),
    /// `?`, or `:name`.
    Marker,
    /// Anything else.
    Sign(char),
}

/// Cuts a statement into words. A final semicolon is left out.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '?' => (Token::Marker, 1),
            '\'' => quoted(rest, '\'', Token::Text),
            '"' => quoted(rest, '"', Token::Word),
            ':' if rest[1..].starts_with(is_in_word) => (Token::Marker, 1 + word(&rest[1..]).len()),
            _ if is_in_word(first) || first == '-' && rest[1..].starts_with(is_in_word) => {
                let length = usize::from(first == '-') + word(rest.trim_start_matches('-')).len();
                let token = match rest[..length].parse() {
                    Ok(number) => Token::Number(number),
                    Err(_) => Token::Word(rest[..length].to_ascii_lowercase()),
                };
                (token, length)
            }
            _ => (Token::Sign(first), first.len_utf8()),
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    if tokens.last() == Some(&Token::Sign(';')) {
        tokens.pop();
    }
    tokens
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word(text: &str) -> &str {
    &text[..text.find(|c| !is_in_word(c)).unwrap_or(text.len())]
}

/// What stands between two `quote`s, of which two in a row stand for one; and its length with them.
fn quoted(text: &str, quote: char, token: fn(String) -> Token) -> (Token, usize) {
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != quote {
            value.push(character);
        } else if characters.next_if(|&(_, next)| next == quote).is_some() {
            value.push(quote);
        } else {
            return (token(value), at + 1);
        }
    }
    (token(value), text.len())
}

#[cfg(test)]
mod tests {
    use super::Token::*;
    use super::*;

    #[test]
    fn space_and_case_do_not_count() {
        let word = |text: &str| Word(text.into());
        let expected = vec![
            word("select"),
            word("v"),
            word("from"),
            word("lab"),
            Sign('.'),
            word("kv"),
            word("where"),
            word("id"),
            Sign('='),
            Marker,
        ];
        assert_eq!(tokens("SELECT v FROM lab.kv WHERE id = ?"), expected);
        assert_eq!(tokens("\n select V\tfrom LAB.\"kv\"  where id=:id ; "), expected);
    }

    #[test]
    fn values_are_what_they_say() {
        assert_eq!(
            tokens("-7 'it''s' 1.5"),
            vec![Number(-7), Text("it's".into()), Number(1), Sign('.'), Number(5)]
        );
        assert_eq!(tokens("'open"), vec![Text("open".into())]);
    }
}
