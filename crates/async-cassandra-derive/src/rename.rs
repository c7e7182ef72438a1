//! `rename_all`: the names that fields and variants have in CQL.

use syn::{Error, LitStr, Result};

/// How the words of a name are written.
#[derive(Clone, Copy)]
pub enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
}

const CASES: [(&str, Case); 7] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
];

impl Case {
    pub fn parse(text: &LitStr) -> Result<Self> {
        let value = text.value();
        match CASES.iter().find(|(name, _)| *name == value) {
            Some((_, case)) => Ok(*case),
            None => {
                let known: Vec<_> = CASES.iter().map(|(name, _)| format!("`{name}`")).collect();
                let known = known.join(", ");
                Err(Error::new_spanned(text, format!("unknown case; it is one of {known}")))
            }
        }
    }

    /// The name in this case.
    pub fn apply(self, name: &str) -> String {
        let words = words(name);
        let first_upper = |word: &String| {
            let mut letters = word.chars();
            letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
        };
        match self {
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_uppercase(),
            Self::Snake => words.join("_"),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::Kebab => words.join("-"),
            Self::Pascal => words.iter().map(first_upper).collect(),
            Self::Camel => {
                let rest = words.iter().skip(1).map(first_upper);
                words.iter().take(1).cloned().chain(rest).collect()
            }
        }
    }
}

/// The words of a name in snake or Pascal case, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let after_lower = at > 0 && !letters[at - 1].is_uppercase();
        let before_lower = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = letter.is_uppercase() && (after_lower || before_lower);
        if (*letter == '_' || starts) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (*letter != '_', words.last_mut()) {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_both_notations() {
        for name in ["home_address", "HomeAddress", "homeAddress"] {
            assert_eq!(Case::Snake.apply(name), "home_address");
            assert_eq!(Case::Pascal.apply(name), "HomeAddress");
            assert_eq!(Case::Camel.apply(name), "homeAddress");
            assert_eq!(Case::ScreamingSnake.apply(name), "HOME_ADDRESS");
            assert_eq!(Case::Kebab.apply(name), "home-address");
            assert_eq!(Case::Lower.apply(name), "homeaddress");
            assert_eq!(Case::Upper.apply(name), "HOMEADDRESS");
        }
        assert_eq!(Case::Snake.apply("HTTPServer2"), "http_server2");
        assert_eq!(Case::Snake.apply("x_y_z"), "x_y_z");
        assert_eq!(Case::Snake.apply("_hidden"), "hidden");
    }
}
