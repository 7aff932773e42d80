//! From text to tokens (CEL specification, section "Syntax").

use crate::error::Problem;
use crate::functions::doubles;
use crate::syntax::{Literal, Span};
use rust_decimal::Decimal;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Name(String),
    /// The digits' value; a sign belongs to the parser, because `-9223372036854775808` is an integer.
    Int(u64),
    Uint(u64),
    Double(Literal),
    Text(String),
    Bytes(Vec<u8>),
    /// A name between back-ticks, which only a field may have.
    Quoted(String),
    /// One of the signs in [`SIGNS`].
    Sign(&'static str),
    End,
}

/// Signs, longer ones first.
const SIGNS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")",
    "[", "]", "{", "}",
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
        if let Some(length) = prefix_before_quote(rest) {
            let prefix = rest.get(..length).unwrap_or_default();
            let (raw, bytes) = (prefix.contains(['r', 'R']), prefix.contains(['b', 'B']));
            self.at += length;
            return self.text(raw, bytes);
        }
        if first.is_ascii_alphabetic() || first == '_' {
            return Ok(Token::Name(self.take_while(|c| c.is_ascii_alphanumeric() || c == '_').to_owned()));
        }
        if first == '`' {
            return self.quoted(start);
        }
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok(Token::Sign(sign));
        }
        self.at += first.len_utf8();
        let problem = self.syntax(start, format!("unexpected {}", shown(first)));
        Err(match first {
            '=' => problem.hint("compare with =="),
            '&' => problem.hint("join conditions with &&"),
            '|' => problem.hint("join conditions with ||"),
            '“' | '”' | '‘' | '’' | '«' | '»' => problem.hint("put text between ' and '"),
            _ => problem,
        })
    }

    /// `` `content-type` ``
    fn quoted(&mut self, start: usize) -> Result<Token, Problem> {
        self.at += 1;
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || "_.-/ ".contains(c)).to_owned();
        if name.is_empty() || !self.rest().starts_with('`') {
            let problem = self.syntax(start, "not a name between back-ticks");
            return Err(problem.hint("put text between ' and '"));
        }
        self.at += 1;
        Ok(Token::Quoted(name))
    }

    fn number(&mut self) -> Result<Token, Problem> {
        let start = self.at;
        let digit = |c: char| c.is_ascii_digit();
        if self.rest().starts_with("0x") || self.rest().starts_with("0X") {
            self.at += 2;
            let digits = self.take_while(|c| c.is_ascii_hexdigit());
            let value = u64::from_str_radix(digits, 16).ok();
            return self.whole(start, value);
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
        if whole {
            return self.whole(start, text.parse().ok());
        }
        self.no_letter_after(start)?;
        let exact = if text.contains(['e', 'E']) {
            Decimal::from_scientific(text)
        } else {
            Decimal::from_str_exact(text)
        };
        match text.parse::<f64>() {
            Ok(double) => Ok(Token::Double(Literal { double, exact: exact.ok() })),
            Err(_) => Err(self.syntax(start, "not a number")),
        }
    }

    /// A whole number, unsigned if a `u` follows.
    fn whole(&mut self, start: usize, value: Option<u64>) -> Result<Token, Problem> {
        let unsigned = self.rest().starts_with(['u', 'U']);
        self.at += usize::from(unsigned);
        self.no_letter_after(start)?;
        value
            .map(if unsigned { Token::Uint } else { Token::Int })
            .ok_or_else(|| self.syntax(start, "not a whole number of 64 bits"))
    }

    fn no_letter_after(&mut self, start: usize) -> Result<(), Problem> {
        match self.take_while(|c| c.is_ascii_alphanumeric() || c == '_') {
            "" => Ok(()),
            _ => Err(self
                .syntax(start, "a number is followed by letters")
                .hint("put a blank or an operator between")),
        }
    }

    /// A literal of text or of bytes; `raw` keeps backslashes.
    fn text(&mut self, raw: bool, bytes: bool) -> Result<Token, Problem> {
        let start = self.at;
        let quote = if self.rest().starts_with('"') { '"' } else { '\'' };
        let triple = ["\"\"\"", "'''"].into_iter().find(|triple| self.rest().starts_with(triple));
        self.at += if triple.is_some() { 3 } else { 1 };
        let mut read = Vec::new();
        let push = |read: &mut Vec<u8>, letter: char| {
            read.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        };
        loop {
            let rest = self.rest();
            if triple.map_or(rest.starts_with(quote), |triple| rest.starts_with(triple)) {
                self.at += if triple.is_some() { 3 } else { 1 };
                break;
            }
            match rest.chars().next() {
                None => return Err(self.unclosed(start, quote)),
                Some('\n' | '\r') if triple.is_none() => return Err(self.unclosed(start, quote)),
                Some('\\') if !raw => match self.escape(bytes)? {
                    Escape::Letter(letter) => push(&mut read, letter),
                    Escape::Byte(byte) => read.push(byte),
                },
                Some(letter) => {
                    self.at += letter.len_utf8();
                    push(&mut read, letter);
                }
            }
        }
        if bytes {
            return Ok(Token::Bytes(read));
        }
        String::from_utf8(read).map(Token::Text).map_err(|_| self.syntax(start, "the text is not UTF-8"))
    }

    fn unclosed(&self, start: usize, quote: char) -> Problem {
        self.syntax(start, "the text is not closed").hint(format!("end it with {quote}"))
    }

    /// What follows a backslash. In bytes `\\xff` is a byte, in text the letter of that number.
    fn escape(&mut self, bytes: bool) -> Result<Escape, Problem> {
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
        let coded = match letter {
            'x' | 'X' => Some((2, 16, 0)),
            'u' if !bytes => Some((4, 16, 0)),
            'U' if !bytes => Some((8, 16, 0)),
            '0'..='3' => letter.to_digit(8).map(|first| (2, 8, first)),
            _ => None,
        };
        let decode = |(length, radix, first): (usize, u32, u32)| {
            let digits = self.rest().get(..length)?;
            let number = digits
                .chars()
                .try_fold(first, |sum, c| sum.checked_mul(radix)?.checked_add(c.to_digit(radix)?))?;
            let read = if bytes {
                Escape::Byte(u8::try_from(number).ok()?)
            } else {
                Escape::Letter(char::from_u32(number)?)
            };
            Some((read, length))
        };
        match plain.map(|letter| (Escape::Letter(letter), 0)).or_else(|| coded.and_then(decode)) {
            Some((read, length)) => {
                self.at += length;
                Ok(read)
            }
            None => Err(self.syntax(start, "not an escape of text").hint("write \\\\ for a backslash")),
        }
    }
}

/// What an escape stands for.
enum Escape {
    Letter(char),
    Byte(u8),
}

/// The length of `r`, `b`, `rb`… or nothing when a quote follows.
fn prefix_before_quote(rest: &str) -> Option<usize> {
    let length = rest.find(|c: char| !matches!(c, 'r' | 'R' | 'b' | 'B'))?;
    let quoted = rest.get(length..)?.starts_with(['"', '\'']);
    (quoted && length <= 2).then_some(length)
}

/// The same literal with its sign turned.
pub(crate) fn negated(literal: Literal) -> Literal {
    Literal { double: doubles::negate(literal.double), exact: literal.exact.map(|number| -number) }
}

fn shown(letter: char) -> String {
    if letter.is_control() {
        format!("control character U+{:04X}", u32::from(letter))
    } else {
        letter.to_string()
    }
}
