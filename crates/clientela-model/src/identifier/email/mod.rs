//! E-mail addresses.

use crate::error::ValueError;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

mod domain;
mod punycode;

/// One e-mail address a message can be sent to (RFC 5321, with RFC 6531 and IDNA for letters outside ASCII).
///
/// The normal form has the domain in small letters and both parts in NFC; the part before the at sign keeps
/// its capitals, for they belong to the receiving server. Names of machines, addresses of machines, comments
/// and folding blanks, which only protocols use, are refused. Quotes before the at sign are accepted as RFC
/// 5321 allows them, and taken off where they are not needed.
///
/// ```
/// use clientela_model::identifier::EmailAddress;
/// let address = EmailAddress::parse("Anna.Rossi@Müller-Trasporti.IT")?;
/// assert_eq!(address.as_str(), "Anna.Rossi@müller-trasporti.it");
/// assert_eq!(address.ascii_domain(), "xn--mller-trasporti-zvb.it");
/// assert_eq!(EmailAddress::parse("anna.rossi").unwrap_err().code, "email.no_at");
/// # Ok::<(), clientela_model::ValueError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress {
    address: String,
    /// Where the at sign stands.
    at: usize,
}

/// RFC 5321, 4.5.3.1.1, in octets.
const LONGEST_LOCAL: usize = 64;
/// RFC 5321, 4.5.3.1.3 less the angle brackets, in octets.
const LONGEST: usize = 254;
const EXPECTED: &str = "an address such as anna@example.com";

fn fault(code: &'static str, problem: &'static str) -> ValueError {
    ValueError::new(code, "e-mail address", problem, EXPECTED)
}

impl EmailAddress {
    /// Reads one address and nothing around it.
    ///
    /// Checked in this order: at sign, what stands before it, what stands after it, length.
    ///
    /// # Errors
    /// `email.no_at`; before the at sign `email.local_empty`, `email.local_dot`, `email.local_character`,
    /// `email.local_quote`, `email.local_length`; after it `email.domain_dot`, `email.domain_no_dot`,
    /// `email.domain_character`, `email.domain_hyphen`, `email.domain_punycode`, `email.domain_top_level`,
    /// `email.domain_length`; `email.length`.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let (local, domain) = split(text)?;
        let written = local.len();
        let local = if local.starts_with('"') { quoted_local(local)? } else { plain_local(local)? };
        // The limits hold for what travels, and an address may travel as it was typed.
        if local.len().max(written) > LONGEST_LOCAL {
            return Err(fault("email.local_length", "has more than 64 octets before the at sign"));
        }
        let domain = domain::parse(domain).map_err(domain_fault)?;
        let at = local.len();
        // A server outside the international extension sees the ASCII writing, which is the longer one or
        // the same.
        if text.len().max(at + 1 + domain.ascii.len().max(domain.unicode.len())) > LONGEST {
            return Err(fault("email.length", "has more than 254 octets"));
        }
        Ok(Self { address: format!("{local}@{}", domain.unicode), at })
    }

    /// Reads an address as letters and address books have it, with the name before it:
    /// `Anna Rossi <anna@example.com>`. The name comes first, if there is one.
    ///
    /// # Errors
    /// `email.mailbox` when the name or the angle brackets are malformed; else as for [`parse`](Self::parse).
    pub fn parse_mailbox(text: &str) -> Result<(Option<String>, Self), ValueError> {
        let malformed = || fault("email.mailbox", "has a malformed name or angle brackets");
        let text = text.trim_matches(' ');
        let Some(body) = text.strip_suffix('>') else {
            return Self::parse(text).map(|address| (None, address));
        };
        let (name, address) = if let Some(quoted) = body.strip_prefix('"') {
            let (name, rest) = unquote(quoted, |_| true).ok_or_else(malformed)?;
            (name, rest.trim_start_matches(' ').strip_prefix('<').ok_or_else(malformed)?)
        } else {
            let (name, address) = body.split_once('<').ok_or_else(malformed)?;
            if !name.chars().all(|letter| letter == ' ' || is_atom(letter)) {
                return Err(malformed());
            }
            (name.to_owned(), address)
        };
        let name: String = name.trim().nfc().collect();
        if name.chars().any(|letter| letter != ' ' && is_hidden(letter)) {
            return Err(malformed());
        }
        Ok((Some(name).filter(|name| !name.is_empty()), Self::parse(address)?))
    }

    /// The address in its normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// What stands before the at sign.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.address[..self.at]
    }

    /// What stands after it.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.address[self.at + 1..]
    }

    /// The domain as the domain name system knows it.
    #[must_use]
    pub fn ascii_domain(&self) -> String {
        domain::parse(self.domain()).map_or_else(|_| self.domain().to_owned(), |domain| domain.ascii)
    }

    /// Whether the receiving servers must know the international extension (RFC 6531), because there are
    /// letters outside ASCII before the at sign.
    #[must_use]
    pub fn needs_international_server(&self) -> bool {
        !self.local().is_ascii()
    }
}

super::written_as_text!(field EmailAddress, EmailAddress::as_str, EmailAddress::parse);

/// Before and after the at sign: the one that ends the quotes, else the first.
fn split(text: &str) -> Result<(&str, &str), ValueError> {
    let no_at = || fault("email.no_at", "has no at sign");
    if let Some(quoted) = text.strip_prefix('"') {
        let (_, rest) = unquote(quoted, |_| true).ok_or_else(|| {
            fault("email.local_quote", "has quotes that are not closed or hold a control character")
        })?;
        let end = text.len() - rest.len();
        return match rest.strip_prefix('@') {
            Some(domain) => Ok((&text[..end], domain)),
            None if rest.contains('@') => {
                Err(fault("email.local_quote", "has something between the closing quotes and the at sign"))
            }
            None => Err(no_at()),
        };
    }
    text.split_once('@').ok_or_else(no_at)
}

/// The text up to the closing quotes with backslashes resolved, and what follows them.
fn unquote(text: &str, accept: fn(char) -> bool) -> Option<(String, &str)> {
    let mut plain = String::new();
    let mut letters = text.char_indices();
    while let Some((place, letter)) = letters.next() {
        let taken = match letter {
            '"' => return Some((plain, &text[place + 1..])),
            '\\' => letters.next()?.1,
            other => other,
        };
        if !accept(taken) || is_hidden(taken) && taken != ' ' {
            return None;
        }
        plain.push(taken);
    }
    None
}

/// A local part in quotes: quotes kept only if it cannot be written without.
fn quoted_local(local: &str) -> Result<String, ValueError> {
    let wrong = || fault("email.local_quote", "has a character in quotes that RFC 5321 does not allow there");
    let printable = |letter: char| letter == ' ' || letter.is_ascii_graphic();
    let (plain, rest) = unquote(&local[1..], printable).ok_or_else(wrong)?;
    if !rest.is_empty() {
        return Err(wrong());
    }
    if plain.is_empty() {
        return Err(fault("email.local_empty", "has nothing before the at sign"));
    }
    if let Ok(bare) = plain_local(&plain) {
        return Ok(bare);
    }
    let mut quoted = String::with_capacity(plain.len() + 2);
    quoted.push('"');
    for letter in plain.chars() {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    Ok(quoted)
}

/// A local part of atoms and single dots, in NFC.
fn plain_local(local: &str) -> Result<String, ValueError> {
    if local.is_empty() {
        return Err(fault("email.local_empty", "has nothing before the at sign"));
    }
    // Before composition too: an ASCII sign and a mark may compose to something that looks harmless.
    let whole = |text: &str| text.chars().all(|letter| letter == '.' || is_atom(letter));
    let ascii = local.is_ascii();
    let composed: String = if ascii { local.to_owned() } else { local.nfc().take(4 * LONGEST).collect() };
    if !whole(local) || !(ascii || whole(&composed)) {
        return Err(fault("email.local_character", "has a character that may not stand before the at sign"));
    }
    if composed.split('.').any(str::is_empty) {
        return Err(fault(
            "email.local_dot",
            "begins or ends with a dot before the at sign, or has two dots in a row there",
        ));
    }
    if composed.chars().next().is_some_and(is_combining_mark) {
        return Err(fault("email.local_character", "begins with a mark that belongs on a letter"));
    }
    Ok(composed)
}

/// `atext` of RFC 5322, and of RFC 6531 what can be seen.
fn is_atom(letter: char) -> bool {
    if letter.is_ascii() {
        letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter)
    } else {
        !is_hidden(letter)
    }
}

/// Blanks, control and format characters, private use and non-characters: nothing a reader could see or type.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || letter.is_whitespace()
        || u32::from(letter) & 0xfffe == 0xfffe
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}'
        )
        || matches!(letter, '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{feff}' | '\u{ffa0}')
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}')
        || matches!(letter, '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{10ffff}')
}

fn domain_fault(found: domain::Fault) -> ValueError {
    match found {
        domain::Fault::Dot => fault("email.domain_dot", "has an empty label in the domain"),
        domain::Fault::NoDot => fault("email.domain_no_dot", "has no dot after the at sign"),
        domain::Fault::Character => {
            fault("email.domain_character", "has a character that may not stand in a domain")
        }
        domain::Fault::Hyphen => fault("email.domain_hyphen", "has a hyphen where a domain may not have one"),
        domain::Fault::Punycode => {
            fault("email.domain_punycode", "has a domain with xn-- that stands for no name")
        }
        domain::Fault::TopLevel => fault("email.domain_top_level", "does not end in a top-level domain"),
        domain::Fault::Length => {
            fault("email.domain_length", "has a label over 63 or a domain over 253 characters")
        }
    }
}
