//! Writing elements: names are ours, texts are escaped.

/// Escapes a text for an element or an attribute of XML and HTML; what XML cannot hold is left out.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(letter),
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => {}
            other => out.push(other),
        }
    }
    out
}

/// Elements in the order they are written, indented.
#[derive(Default)]
pub(super) struct Elements {
    out: String,
    open: Vec<&'static str>,
}

impl Elements {
    /// An element with a text.
    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        self.with(name, "", text);
    }

    /// An element with attributes, written as they stand, and a text.
    pub(super) fn with(&mut self, name: &'static str, attributes: &str, text: &str) {
        self.indent();
        let space = if attributes.is_empty() { "" } else { " " };
        self.out.push_str(&format!("<{name}{space}{attributes}>{}</{name}>\n", escaped(text)));
    }

    /// An element around what `inside` writes.
    pub(super) fn around(&mut self, name: &'static str, inside: impl FnOnce(&mut Self)) {
        self.indent();
        self.out.push_str(&format!("<{name}>\n"));
        self.open.push(name);
        inside(self);
        self.open.pop();
        self.indent();
        self.out.push_str(&format!("</{name}>\n"));
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn indent(&mut self) {
        for _ in 0..self.open.len() + 1 {
            self.out.push_str("  ");
        }
    }
}
