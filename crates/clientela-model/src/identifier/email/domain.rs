//! The part of an address after the at sign.
//!
//! Names outside ASCII are mapped as Unicode Technical Standard 46 does for registration-like use: width and
//! compatibility forms to plain letters, capitals to small letters, then NFC. Which letters may stand in a
//! label is decided by the class of the letter (letters, digits and their marks) instead of the table of
//! IDNA 2008; the two differ in rare signs no registry sells. Joiners in Persian and Indic names are
//! therefore refused, a middle dot between two l is not.

use super::punycode;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Why a domain is none; each is a stable word of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing between two dots, at the beginning or at the end.
    Dot,
    /// One label only.
    NoDot,
    /// A character no name has.
    Character,
    /// A hyphen at the edge of a label, or in third and fourth place.
    Hyphen,
    /// `xn--` with something after it that is not Punycode of a name.
    Punycode,
    /// A last label no top-level domain can be.
    TopLevel,
    /// A label over 63 or a domain over 253 characters in ASCII.
    Length,
}

/// A domain in its two writings.
#[derive(Debug)]
pub(super) struct Domain {
    /// Small letters, NFC.
    pub(super) unicode: String,
    /// As the domain name system knows it.
    pub(super) ascii: String,
}

const LONGEST_LABEL: usize = 63;
/// 255 octets on the wire, less the length octet of the first label and the root's.
const LONGEST_DOMAIN: usize = 253;

/// Reads a domain.
pub(super) fn parse(text: &str) -> Result<Domain, Fault> {
    // Nothing so long can become short enough; it keeps the work below in bounds.
    if text.len() > LONGEST_DOMAIN * 4 {
        return Err(Fault::Length);
    }
    let mapped = map(text)?;
    let mut domain = Domain { unicode: String::new(), ascii: String::new() };
    let labels: Vec<&str> = mapped.split('.').collect();
    if labels.iter().any(|label| label.is_empty()) {
        return Err(Fault::Dot);
    }
    for label in &labels {
        let (unicode, ascii) = label_forms(label)?;
        if ascii.len() > LONGEST_LABEL {
            return Err(Fault::Length);
        }
        if !domain.ascii.is_empty() {
            domain.ascii.push('.');
            domain.unicode.push('.');
        }
        domain.unicode.push_str(&unicode);
        domain.ascii.push_str(&ascii);
    }
    if domain.ascii.len() > LONGEST_DOMAIN {
        return Err(Fault::Length);
    }
    if labels.len() < 2 {
        return Err(Fault::NoDot);
    }
    // No top-level domain begins or ends with a digit, which also keeps addresses of machines out (RFC 3696,
    // 2).
    let top = domain.ascii.rsplit('.').next().unwrap_or_default().as_bytes();
    let letter = |end: Option<&u8>| end.is_some_and(u8::is_ascii_alphabetic);
    if !letter(top.first()) || !(letter(top.last()) || top.starts_with(b"xn--")) {
        return Err(Fault::TopLevel);
    }
    Ok(domain)
}

/// Small letters in NFC with plain dots.
fn map(text: &str) -> Result<String, Fault> {
    let mut mapped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => mapped.push('.'),
            _ if letter.is_ascii() => mapped.push(letter.to_ascii_lowercase()),
            _ => {
                let plain: String = letter.nfkc().flat_map(char::to_lowercase).nfkc().collect();
                // A sign that hides a dot, a semicolon or a blank is not another way to write a letter.
                if !plain.chars().all(|plain| plain == '-' || plain == '\u{b7}' || is_name_letter(plain)) {
                    return Err(Fault::Character);
                }
                mapped.push_str(&plain);
            }
        }
    }
    Ok(if mapped.is_ascii() { mapped } else { mapped.nfc().collect() })
}

fn is_name_letter(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter)
}

/// A label in Unicode and in ASCII.
fn label_forms(label: &str) -> Result<(String, String), Fault> {
    check_letters(label)?;
    if let Some(written) = label.strip_prefix("xn--") {
        let unicode = punycode::decode(written).ok_or(Fault::Punycode)?;
        // Only the writing this library would choose: otherwise one name could be written in many ways.
        let same = !unicode.is_ascii()
            && map(&unicode).is_ok_and(|mapped| mapped == unicode)
            && check_letters(&unicode).is_ok()
            && check_hyphens(&unicode).is_ok()
            && punycode::encode(&unicode).is_some_and(|again| again == written);
        return if same { Ok((unicode, label.to_owned())) } else { Err(Fault::Punycode) };
    }
    check_hyphens(label)?;
    if label.is_ascii() {
        return Ok((label.to_owned(), label.to_owned()));
    }
    if map(label)? != label {
        return Err(Fault::Character);
    }
    let written = punycode::encode(label).ok_or(Fault::Punycode)?;
    Ok((label.to_owned(), format!("xn--{written}")))
}

fn check_letters(label: &str) -> Result<(), Fault> {
    let mut before = None;
    let mut letters = label.chars().peekable();
    while let Some(letter) = letters.next() {
        let fits = match letter {
            '-' => true,
            '\u{b7}' => before == Some('l') && letters.peek() == Some(&'l'),
            _ if letter.is_ascii() => letter.is_ascii_alphanumeric(),
            _ => is_name_letter(letter) && (before.is_some() || !is_combining_mark(letter)),
        };
        if !fits {
            return Err(Fault::Character);
        }
        before = Some(letter);
    }
    Ok(())
}

fn check_hyphens(label: &str) -> Result<(), Fault> {
    let reserved = label.chars().skip(2).take(2).eq(['-', '-']);
    if label.starts_with('-') || label.ends_with('-') || reserved { Err(Fault::Hyphen) } else { Ok(()) }
}
