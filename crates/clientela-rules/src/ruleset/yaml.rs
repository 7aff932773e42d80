//! Reads YAML, of which JSON is a part, as a tree with places.
//!
//! Bounded before anything is built: bytes, depth and nodes. Anchors, aliases and tags are refused: nothing a person writes
//! by hand needs them, and without them a document is never larger than its text.

use super::limits::{DOCUMENT_BYTES_MAX, DOCUMENT_DEPTH_MAX, DOCUMENT_NODES_MAX};
use crate::error::Problem;
use crate::syntax::Span;
use granit_parser::{Event, Parser, ScalarStyle};

/// A value of the document.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) shape: Shape,
}

#[derive(Debug)]
pub(super) enum Shape {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<(Scalar, Node)>),
}

/// A single text, with the place it was read from.
#[derive(Debug, Clone)]
pub(super) struct Scalar {
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) style: ScalarStyle,
}

impl Scalar {
    /// Whether nothing was written: `~`, `null`, or nothing at all.
    pub(super) fn is_null(&self) -> bool {
        self.style == ScalarStyle::Plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// Whether it was written without quotes, so that `12` is a number.
    pub(super) fn is_plain(&self) -> bool {
        self.style == ScalarStyle::Plain
    }

    /// Where in the document the byte of this text at `offset` stands.
    ///
    /// The text went through quotes, escapes, indents and folded lines: both are walked side by side.
    pub(super) fn place(&self, document: &str, offset: usize) -> usize {
        let end = self.span.end as usize;
        let (mut at, indent) = self.content(document);
        for (_, wanted) in self.text.char_indices().take_while(|(index, _)| *index < offset) {
            let rest = document.get(at..end).unwrap_or_default();
            let Some(found) = rest.chars().next() else { break };
            at += match (self.style, wanted, found) {
                (ScalarStyle::DoubleQuoted, _, '\\') => escape_length(rest),
                (ScalarStyle::SingleQuoted, '\'', '\'') => 2,
                (ScalarStyle::Literal, '\n', _) => {
                    let line = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
                    line + spaces(rest.get(line..).unwrap_or_default()).min(indent)
                }
                (ScalarStyle::Literal, ..) => found.len_utf8(),
                (_, ' ' | '\n', _) if folds(rest) => rest.len() - rest.trim_start().len(),
                _ => found.len_utf8(),
            };
        }
        at.min(end)
    }

    /// Where the content begins, and its indent.
    fn content(&self, document: &str) -> (usize, usize) {
        let start = self.span.start as usize;
        let rest = document.get(start..).unwrap_or_default();
        match self.style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => (start + 1, 0),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                if rest.starts_with(['|', '>']) {
                    let header = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
                    let indent = spaces(rest.get(header..).unwrap_or_default());
                    return (start + header + indent, indent);
                }
                // The place may be that of the content itself.
                let before = document.get(..start).unwrap_or_default();
                let line = before.rfind('\n').map_or(0, |newline| newline + 1);
                let indent = spaces(rest);
                (start + indent, start - line + indent)
            }
            _ => (start, 0),
        }
    }
}

fn spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// Whether a line ends here, blanks aside.
fn folds(rest: &str) -> bool {
    rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n')
}

fn escape_length(rest: &str) -> usize {
    match rest.chars().nth(1) {
        Some('x') => 4,
        Some('u') => 6,
        Some('U') => 10,
        Some(other) => 1 + other.len_utf8(),
        None => 1,
    }
}

impl Node {
    pub(super) fn scalar(&self) -> Option<&Scalar> {
        if let Shape::Scalar(scalar) = &self.shape { Some(scalar) } else { None }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        if let Shape::List(parts) = &self.shape { Some(parts) } else { None }
    }

    pub(super) fn map(&self) -> Option<&[(Scalar, Self)]> {
        if let Shape::Map(entries) = &self.shape { Some(entries) } else { None }
    }

    /// What it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match &self.shape {
            Shape::Scalar(scalar) if scalar.is_null() => "nothing",
            Shape::Scalar(_) => "a single value",
            Shape::List(_) => "a list",
            Shape::Map(_) => "a group of keys",
        }
    }
}

/// Reads a document.
pub(super) fn read(document: &str) -> Result<Node, Problem> {
    if document.len() > DOCUMENT_BYTES_MAX {
        let message = format!("the document has more than {DOCUMENT_BYTES_MAX} bytes");
        return Err(Problem::new("rule_set.limit", Span::default(), message).hint("make two rule sets of it"));
    }
    let options = granit_parser::options! {
        emit_comments: false,
        disallow_directives: true,
        flow_nesting_limit: DOCUMENT_DEPTH_MAX,
        block_nesting_limit: DOCUMENT_DEPTH_MAX,
    };
    Reader { parser: Parser::new_from_str_with_options(document, options), length: document.len(), nodes: 0 }
        .document()
}

struct Reader<'d> {
    parser: Parser<'d, granit_parser::StrInput<'d>>,
    length: usize,
    nodes: usize,
}

impl<'d> Reader<'d> {
    fn next(&mut self) -> Result<(Event<'d>, Span), Problem> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.span(span.start, span.end))),
            Some(Err(error)) => {
                let at = self.span(*error.marker(), *error.marker());
                let message = format!("the document is not YAML or JSON: {}", error.info());
                Err(Problem::new("rule_set.syntax", at, message).hint(
                    "look at indents and quotes; a text that begins with one of > | [ ] { } ! & * # @ % needs quotes",
                ))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn span(&self, start: granit_parser::Marker, end: granit_parser::Marker) -> Span {
        let byte =
            |marker: granit_parser::Marker| marker.byte_offset().unwrap_or_default().min(self.length) as u32;
        Span { start: byte(start), end: byte(end).max(byte(start)) }
    }

    fn document(mut self) -> Result<Node, Problem> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::StreamEnd => {
                    return Err(Problem::new("rule_set.syntax", span, "the document is empty")
                        .hint("begin with name: and rule:"));
                }
                event => {
                    let root = self.node(event, span, 0)?;
                    return self.end(root);
                }
            }
        }
    }

    /// Nothing follows the one document.
    fn end(mut self, root: Node) -> Result<Node, Problem> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::DocumentEnd => {}
                _ => {
                    return Err(Problem::new("rule_set.syntax", span, "a second document begins here")
                        .hint("one rule set to a document"));
                }
            }
        }
    }

    fn node(&mut self, event: Event<'d>, span: Span, depth: usize) -> Result<Node, Problem> {
        self.nodes += 1;
        if self.nodes > DOCUMENT_NODES_MAX || depth > DOCUMENT_DEPTH_MAX {
            let message =
                format!("more than {DOCUMENT_NODES_MAX} values, or nested deeper than {DOCUMENT_DEPTH_MAX}");
            return Err(Problem::new("rule_set.limit", span, message).hint("make two rule sets of it"));
        }
        let refuse = |what: &str| {
            Problem::new("rule_set.syntax", span, format!("{what} are not read")).hint("write the value out")
        };
        match event {
            Event::Scalar(.., Some(_))
            | Event::SequenceStart(.., Some(_))
            | Event::MappingStart(.., Some(_)) => Err(refuse("tags (!)")),
            Event::Alias(_) => Err(refuse("anchors (&) and aliases (*)")),
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(_, anchor, _)
            | Event::MappingStart(_, anchor, _)
                if anchor != 0 =>
            {
                Err(refuse("anchors (&) and aliases (*)"))
            }
            Event::Scalar(text, style, ..) => {
                let scalar = Scalar { text: text.into_owned(), span, style };
                Ok(Node { span, shape: Shape::Scalar(scalar) })
            }
            Event::SequenceStart(..) => self.list(span, depth),
            Event::MappingStart(..) => self.map(span, depth),
            _ => Err(Problem::new("rule_set.syntax", span, "a value is expected here")),
        }
    }

    fn list(&mut self, start: Span, depth: usize) -> Result<Node, Problem> {
        let mut parts = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    return Ok(Node { span: start.to(end), shape: Shape::List(parts) });
                }
                (event, span) => parts.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, start: Span, depth: usize) -> Result<Node, Problem> {
        let mut entries: Vec<(Scalar, Node)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Node { span: start.to(span), shape: Shape::Map(entries) });
            }
            let Shape::Scalar(key) = self.node(event, span, depth + 1)?.shape else {
                return Err(Problem::new("rule_set.syntax", span, "a key is a single word"));
            };
            if !names.insert(key.text.clone()) {
                let message = format!("{} is given twice", shown(&key.text));
                return Err(Problem::new("rule_set.syntax", key.span, message).hint("keep one of them"));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            entries.push((key, value));
        }
    }
}

/// A word of the document as messages repeat it.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect()
}
