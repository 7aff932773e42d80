//! Just enough of protobuf's text format to read the cases of the CEL specification.

/// A value of a field.
#[derive(Debug)]
pub(crate) enum Proto {
    /// A number, `true`, a name of an enumeration.
    Word(String),
    /// Text or bytes.
    Text(Vec<u8>),
    /// A message.
    Message(Message),
}

/// Fields in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Message(pub(crate) Vec<(String, Proto)>);

impl Message {
    pub(crate) fn first(&self, field: &str) -> Option<&Proto> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, value)| value)
    }

    pub(crate) fn all<'m>(&'m self, field: &'m str) -> impl Iterator<Item = &'m Message> {
        self.0.iter().filter(move |(name, _)| name == field).filter_map(|(_, value)| match value {
            Proto::Message(message) => Some(message),
            _ => None,
        })
    }

    pub(crate) fn yes(&self, field: &str) -> bool {
        matches!(self.first(field), Some(Proto::Word(word)) if word == "true")
    }

    pub(crate) fn text(&self, field: &str) -> String {
        match self.first(field) {
            Some(Proto::Text(text)) => String::from_utf8(text.clone()).unwrap(),
            _ => String::new(),
        }
    }
}

/// Reads a file.
pub(crate) fn parse(text: &str) -> Message {
    let mut reader = Reader { rest: text };
    let message = reader.message();
    assert!(reader.rest.is_empty(), "unread: {:.40}", reader.rest);
    message
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix('#') {
                Some(comment) => self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest),
                None => return,
            }
        }
    }

    fn take(&mut self, sign: char) -> bool {
        self.skip();
        let found = self.rest.strip_prefix(sign);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn word(&mut self) -> String {
        self.skip();
        let end = match self.rest.strip_prefix('[') {
            Some(name) => name.find(']').unwrap() + 2,
            None => self
                .rest
                .find(|c: char| !(c.is_alphanumeric() || "_.+-".contains(c)))
                .unwrap_or(self.rest.len()),
        };
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn message(&mut self) -> Message {
        let mut message = Message::default();
        loop {
            self.skip();
            if self.rest.is_empty() || self.rest.starts_with('}') {
                return message;
            }
            let name = self.word();
            assert!(!name.is_empty(), "no field: {:.40}", self.rest);
            self.take(':');
            if self.take('[') {
                while !self.take(']') {
                    let value = self.value();
                    message.0.push((name.clone(), value));
                    self.take(',');
                }
            } else {
                let value = self.value();
                message.0.push((name, value));
            }
            let _ = self.take(',') || self.take(';');
        }
    }

    fn value(&mut self) -> Proto {
        if self.take('{') {
            let message = self.message();
            assert!(self.take('}'), "not closed: {:.40}", self.rest);
            return Proto::Message(message);
        }
        self.skip();
        if !self.rest.starts_with(['"', '\'']) {
            return Proto::Word(self.word());
        }
        let mut bytes = Vec::new();
        while self.rest.starts_with(['"', '\'']) {
            self.literal(&mut bytes);
            self.skip();
        }
        Proto::Text(bytes)
    }

    fn literal(&mut self, bytes: &mut Vec<u8>) {
        let mut letters = self.rest.chars();
        let quote = letters.next().unwrap();
        loop {
            let letter = letters.next().unwrap();
            if letter == quote {
                break;
            }
            if letter != '\\' {
                push(bytes, letter);
                continue;
            }
            let escape = letters.next().unwrap();
            let (length, radix) = match escape {
                'x' => (2, 16),
                'u' => (4, 16),
                'U' => (8, 16),
                '0'..='7' => {
                    (letters.as_str().bytes().take(2).take_while(|b| (b'0'..=b'7').contains(b)).count(), 8)
                }
                _ => (0, 0),
            };
            let digits: String =
                escape.to_digit(8).map(|_| escape).into_iter().chain(letters.by_ref().take(length)).collect();
            let value = || u32::from_str_radix(&digits, radix).unwrap();
            match escape {
                'n' => bytes.push(b'\n'),
                't' => bytes.push(b'\t'),
                'r' => bytes.push(b'\r'),
                'a' => bytes.push(7),
                'b' => bytes.push(8),
                'f' => bytes.push(12),
                'v' => bytes.push(11),
                'u' | 'U' => push(bytes, char::from_u32(value()).unwrap()),
                // One byte as it is: several may make a letter.
                'x' | '0'..='7' => bytes.push(u8::try_from(value()).unwrap()),
                other => push(bytes, other),
            }
        }
        self.rest = letters.as_str();
    }
}

fn push(bytes: &mut Vec<u8>, letter: char) {
    bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}
