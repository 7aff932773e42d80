//! A small writer of elements: everything written as text or attribute is escaped, and what is opened is closed.

/// Markup being written.
#[derive(Debug, Default)]
pub(super) struct Markup {
    text: String,
    open: Vec<&'static str>,
}

fn escape(text: &str, into: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            // Controls are no part of a document.
            letter if letter.is_control() && letter != '\n' => into.push(' '),
            letter => into.push(letter),
        }
    }
}

impl Markup {
    fn start(&mut self, element: &'static str, attributes: &[(&str, &str)], end: &str) {
        self.text.push('<');
        self.text.push_str(element);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            escape(value, &mut self.text);
            self.text.push('"');
        }
        self.text.push_str(end);
    }

    /// Opens an element.
    pub(super) fn open(&mut self, element: &'static str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(element, attributes, ">");
        self.open.push(element);
        self
    }

    /// Closes the element opened last.
    pub(super) fn close(&mut self) -> &mut Self {
        if let Some(element) = self.open.pop() {
            self.text.push_str("</");
            self.text.push_str(element);
            self.text.push('>');
        }
        self
    }

    /// An element without content.
    pub(super) fn empty(&mut self, element: &'static str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(element, attributes, "/>");
        self
    }

    /// Text, escaped.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        escape(text, &mut self.text);
        self
    }

    /// An element with a text.
    pub(super) fn element(
        &mut self,
        element: &'static str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> &mut Self {
        self.open(element, attributes).text(text).close()
    }

    /// Text of our own that is markup already, such as the style sheet.
    pub(super) fn own(&mut self, markup: &'static str) -> &mut Self {
        self.text.push_str(markup);
        self
    }

    /// The markup, with everything closed.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_escaped_and_closed() {
        let mut markup = Markup::default();
        markup.open("p", &[("title", "a\"b'<c>")]).text("Müller & Söhne <script>\u{7}");
        assert_eq!(
            markup.finish(),
            "<p title=\"a&quot;b&#39;&lt;c&gt;\">Müller &amp; Söhne &lt;script&gt; </p>"
        );
    }
}
