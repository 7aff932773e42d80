//! From text to tokens (CEL specification, section "Syntax").

use crate::error::Problem;
use crate::syntax::Span;
use rust_decimal::Decimal;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Name(String),
    /// The digits' value; a sign belongs to the parser, because `-9223372036854775808` is an integer.
    Int(u64),
    Decimal(Decimal),
    Text(String),
    /// One of the signs in [`SIGNS`].
    Sign(&'static str),
    End,
}

/// Signs, longer ones first.
const SIGNS: [&str; 23] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")",
    "[", "]", "{",
];

/// Words CEL keeps for itself, except as names of fields (CEL specification, `RESERVED`).
pub(crate) const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Reads all tokens; the last is [`Token::End`].
pub(crate) fn tokens(source: &str) -> Result<Vec<(Token, Span)>, Problem> {
    let mut lexer = Lexer { source, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blank();
        let start = lexer.at;
        let token = lexer.next()?;
        let end = token == Token::End;
        tokens.push((token, lexer.span(start)));
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn span(&self, start: usize) -> Span {
        // The source is shorter than four gibibytes: its length is checked before.
        Span {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(self.at).unwrap_or(u32::MAX),
        }
    }

    fn syntax(&self, start: usize, message: impl Into<String>) -> Problem {
        Problem::new("rule.syntax", self.span(start), message)
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{c}']).len();
            self.at += blank;
            if self.rest().starts_with("//") {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else if blank == 0 {
                return;
            }
        }
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'s str {
        let rest = self.rest();
        let length = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn next(&mut self) -> Result<Token, Problem> {
        let start = self.at;
        let rest = self.rest();
        let mut letters = rest.chars();
        let Some(first) = letters.next() else { return Ok(Token::End) };
        let second = letters.next();
        if first.is_ascii_digit() || (first == '.' && second.is_some_and(|c| c.is_ascii_digit())) {
            return self.number();
        }
        if first == '"' || first == '\'' {
            return self.text(false);
        }
        if let Some(quote) = prefix_before_quote(rest) {
            if quote.contains(['b', 'B']) {
                self.at += quote.len();
                return Err(Problem::new("rule.unsupported", self.span(start), "rules have no bytes")
                    .hint("write text without the b before it"));
            }
            self.at += quote.len();
            return self.text(true);
        }
        if first.is_ascii_alphabetic() || first == '_' {
            return self.name(start);
        }
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok(Token::Sign(if sign == "{" { return Err(self.map(start)) } else { sign }));
        }
        self.at += first.len_utf8();
        let problem = self.syntax(start, format!("unexpected {}", shown(first)));
        Err(match first {
            '=' => problem.hint("compare with =="),
            '&' => problem.hint("join conditions with &&"),
            '|' => problem.hint("join conditions with ||"),
            '“' | '”' | '‘' | '’' | '«' | '»' | '`' => problem.hint("put text between ' and '"),
            _ => problem,
        })
    }

    fn map(&self, start: usize) -> Problem {
        Problem::new("rule.unsupported", self.span(start), "rules have no maps and build no records")
            .hint("lists are written [1, 2, 3]")
    }

    fn name(&mut self, start: usize) -> Result<Token, Problem> {
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        let wrong = |problem: Problem, right: &str| Err(problem.hint(format!("write {right}")));
        match name {
            "AND" | "and" => wrong(self.syntax(start, format!("{name} does not join conditions")), "&&"),
            "OR" | "or" => wrong(self.syntax(start, format!("{name} does not join conditions")), "||"),
            "NOT" | "not" => wrong(self.syntax(start, format!("{name} does not negate")), "! before it"),
            _ => Ok(Token::Name(name.to_owned())),
        }
    }

    fn number(&mut self) -> Result<Token, Problem> {
        let start = self.at;
        let digit = |c: char| c.is_ascii_digit();
        if self.rest().starts_with("0x") || self.rest().starts_with("0X") {
            self.at += 2;
            let digits = self.take_while(|c| c.is_ascii_hexdigit());
            self.no_letter_after(start)?;
            return u64::from_str_radix(digits, 16)
                .map(Token::Int)
                .map_err(|_| self.syntax(start, "not a whole number of 64 bits"));
        }
        self.take_while(digit);
        let mut whole = true;
        let mut after_point = self.rest().strip_prefix('.').unwrap_or_default().chars();
        if after_point.next().is_some_and(digit) {
            whole = false;
            self.at += 1;
            self.take_while(digit);
        }
        let exponent = self.rest().strip_prefix(['e', 'E']).map(|rest| rest.trim_start_matches(['+', '-']));
        if exponent.is_some_and(|rest| rest.starts_with(digit)) {
            whole = false;
            self.at += 1;
            self.take_while(|c| c == '+' || c == '-');
            self.take_while(digit);
        }
        let text = self.source.get(start..self.at).unwrap_or_default();
        self.no_letter_after(start)?;
        let number = if whole {
            text.parse().ok().map(Token::Int)
        } else if text.contains(['e', 'E']) {
            Decimal::from_scientific(text).ok().map(Token::Decimal)
        } else {
            Decimal::from_str_exact(text).ok().map(Token::Decimal)
        };
        number
            .ok_or_else(|| self.syntax(start, "the number has too many digits").hint("use at most 28 digits"))
    }

    fn no_letter_after(&mut self, start: usize) -> Result<(), Problem> {
        let letters = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        match letters {
            "" => Ok(()),
            "u" | "U" => {
                Err(Problem::new("rule.unsupported", self.span(start), "rules have no unsigned numbers")
                    .hint("write the number without u"))
            }
            _ => Err(self
                .syntax(start, "a number is followed by letters")
                .hint("put a blank or an operator between")),
        }
    }

    /// A text literal; `raw` keeps backslashes.
    fn text(&mut self, raw: bool) -> Result<Token, Problem> {
        let start = self.at;
        let quote = if self.rest().starts_with('"') { '"' } else { '\'' };
        let triple = ["\"\"\"", "'''"].into_iter().find(|triple| self.rest().starts_with(triple));
        self.at += if triple.is_some() { 3 } else { 1 };
        let mut text = String::new();
        loop {
            let rest = self.rest();
            if triple.map_or(rest.starts_with(quote), |triple| rest.starts_with(triple)) {
                self.at += if triple.is_some() { 3 } else { 1 };
                return Ok(Token::Text(text));
            }
            match rest.chars().next() {
                None => return Err(self.unclosed(start, quote)),
                Some('\n' | '\r') if triple.is_none() => return Err(self.unclosed(start, quote)),
                Some('\\') if !raw => text.push(self.escape()?),
                Some(letter) => {
                    self.at += letter.len_utf8();
                    text.push(letter);
                }
            }
        }
    }

    fn unclosed(&self, start: usize, quote: char) -> Problem {
        self.syntax(start, "the text is not closed").hint(format!("end it with {quote}"))
    }

    fn escape(&mut self) -> Result<char, Problem> {
        let start = self.at;
        self.at += 1;
        let letter = self.rest().chars().next().unwrap_or(' ');
        self.at += letter.len_utf8().min(self.rest().len());
        let plain = match letter {
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            '\\' | '?' | '"' | '\'' | '`' => Some(letter),
            _ => None,
        };
        let coded = || match letter {
            'x' | 'X' => Some((2, 16, 0)),
            'u' => Some((4, 16, 0)),
            'U' => Some((8, 16, 0)),
            '0'..='3' => Some((2, 8, letter.to_digit(8)?)),
            _ => None,
        };
        let decode = |(length, radix, first): (usize, u32, u32)| {
            let digits = self.rest().get(..length)?;
            let tail = digits
                .chars()
                .try_fold(first, |sum, c| sum.checked_mul(radix)?.checked_add(c.to_digit(radix)?))?;
            char::from_u32(tail).map(|c| (c, length))
        };
        match plain.map(|c| (c, 0)).or_else(|| coded().and_then(decode)) {
            Some((c, length)) => {
                self.at += length;
                Ok(c)
            }
            None => Err(self.syntax(start, "not an escape of text").hint("write \\\\ for a backslash")),
        }
    }
}

/// `r`, `b`, `rb`… when a quote follows.
fn prefix_before_quote(rest: &str) -> Option<&str> {
    let length = rest.find(|c: char| !matches!(c, 'r' | 'R' | 'b' | 'B'))?;
    let prefix = rest.get(..length)?;
    let quoted = rest.get(length..)?.starts_with(['"', '\'']);
    (quoted && (1..=2).contains(&length)).then_some(prefix)
}

fn shown(letter: char) -> String {
    if letter.is_control() {
        format!("control character U+{:04X}", u32::from(letter))
    } else {
        letter.to_string()
    }
}
