//! A message as a tree of elements, within bounds.

use super::{AdfError, MAX_DEPTH, MAX_ELEMENTS};
use quick_xml::events::attributes::AttrError;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// An element. Names are in small letters: they are written in all ways.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    pub(super) text: String,
}

impl Element {
    pub(super) fn all<'e>(&'e self, name: &'static str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub(super) fn first(&self, name: &'static str) -> Option<&Element> {
        self.all(name).next()
    }

    /// The text, without blanks at its ends; none when there is none.
    pub(super) fn value(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    pub(super) fn value_of(&self, name: &'static str) -> Option<String> {
        self.all(name).find_map(Element::value).map(str::to_owned)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}

/// Line and column of a byte, both from 1.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Reads the element that stands between two bytes of the text.
pub(super) fn parse(text: &str, from: usize, until: usize) -> Result<Element, AdfError> {
    let inside = text.get(from..until).unwrap_or_default();
    let mut reader = Reader::from_str(inside);
    let here = |at: u64| from + usize::try_from(at).unwrap_or(0);
    let wrong = |at: usize, problem| {
        let (line, column) = place(text, at);
        AdfError::NotWellFormed { line, column, problem }
    };
    let mut open: Vec<Element> = Vec::new();
    let mut count = 0;
    loop {
        let at = here(reader.buffer_position());
        let event = reader.read_event().map_err(|_| {
            wrong(here(reader.error_position()), "an element is not closed or not written right")
        })?;
        match event {
            Event::Start(tag) => {
                count += 1;
                if count > MAX_ELEMENTS || open.len() >= MAX_DEPTH {
                    return Err(AdfError::TooManyElements { elements: MAX_ELEMENTS, depth: MAX_DEPTH });
                }
                open.push(element(text, &tag, at)?);
            }
            Event::Empty(tag) => {
                count += 1;
                if count > MAX_ELEMENTS {
                    return Err(AdfError::TooManyElements { elements: MAX_ELEMENTS, depth: MAX_DEPTH });
                }
                let element = element(text, &tag, at)?;
                match open.last_mut() {
                    Some(above) => above.children.push(element),
                    None => return Ok(element),
                }
            }
            Event::End(_) => {
                let Some(done) = open.pop() else {
                    return Err(wrong(at, "an element ends that is not open"));
                };
                match open.last_mut() {
                    Some(above) => above.children.push(done),
                    None => return Ok(done),
                }
            }
            Event::Text(said) => add(&mut open, &said),
            Event::CData(said) => add(&mut open, &said),
            Event::GeneralRef(named) => match resolved(&named) {
                Some(letter) => add(&mut open, letter.encode_utf8(&mut [0; 4])),
                None => return Err(wrong(at, "an entity that XML does not know")),
            },
            Event::DocType(_) => return Err(AdfError::DocumentType { line: place(text, at).0 }),
            Event::Eof => return Err(wrong(until, "the text ends before its elements do")),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
        }
    }
}

fn add(open: &mut [Element], said: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(said);
    }
}

/// The letter of a character reference or of one of the five entities of XML.
fn resolved(named: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    match &**named {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => named.resolve_char_ref().ok().flatten(),
    }
}

fn element(text: &str, tag: &BytesStart<'_>, at: usize) -> Result<Element, AdfError> {
    let (line, _) = place(text, at);
    let wrong = |offset: usize, problem| {
        // The tag's own text begins after its bracket.
        let (line, column) = place(text, at + 1 + offset);
        AdfError::NotWellFormed { line, column, problem }
    };
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| match error {
            AttrError::UnquotedValue(offset) => wrong(offset, "an attribute without quotes"),
            AttrError::ExpectedEq(offset) | AttrError::ExpectedValue(offset) => {
                wrong(offset, "an attribute without a value")
            }
            AttrError::ExpectedQuote(offset, _) => wrong(offset, "an attribute whose quotes are not closed"),
            AttrError::Duplicated(offset, _) => wrong(offset, "an attribute that is given twice"),
        })?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| wrong(0, "an entity that XML does not know"))?;
        attributes.push((attribute.key.as_ref().to_ascii_lowercase(), value.into_owned()));
    }
    let name = tag.name().as_ref().to_ascii_lowercase();
    Ok(Element { name, line, attributes, ..Element::default() })
}
