//! From tokens to a tree (CEL specification, section "Syntax").
//!
//! By hand, so that depth is bounded before the stack is, decimals keep their digits, loops stay as written and every
//! node knows its place.

use crate::error::Problem;
use crate::lexer::{RESERVED, Token, negated, tokens};
use crate::limits::{DEPTH_MAX, NODES_MAX, SOURCE_BYTES_MAX};
use crate::syntax::{Name, Operator, Part, Span, Syntax, SyntaxKind};

/// Reads one expression.
pub(crate) fn parse(source: &str) -> Result<Syntax, Box<Problem>> {
    if source.len() > SOURCE_BYTES_MAX {
        let problem = Problem::new("rule.limit", Span::default(), "the rule is too long");
        return Err(problem.hint(format!("at most {SOURCE_BYTES_MAX} bytes")).into());
    }
    let mut parser = Parser { tokens: tokens(source)?, at: 0, nesting: 0, nodes: 0 };
    let tree = parser.expression()?;
    match parser.peek() {
        Token::End => Ok(tree),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    nesting: usize,
    nodes: usize,
}

/// Boxed, so that a level of nesting takes little of the stack.
type Fault = Box<Problem>;
type Parsed = Result<Syntax, Fault>;

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.at).or(self.tokens.last()).map(|(_, span)| *span).unwrap_or_default()
    }

    /// The place of the token just taken.
    fn last_span(&self) -> Span {
        self.tokens.get(self.at.saturating_sub(1)).map(|(_, span)| *span).unwrap_or_default()
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(next) if *next == sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(sign)) }
    }

    fn unexpected(&self, expected: &str) -> Fault {
        if let Token::Name(name) = self.peek()
            && let Some((what, right)) = mistaken(name)
        {
            let problem = Problem::new("rule.syntax", self.span(), format!("{name} does not {what}"));
            return problem.hint(format!("write {right}")).into();
        }
        let found = match self.peek() {
            Token::End => "the rule ends too early".to_owned(),
            Token::Name(name) => format!("unexpected {name}"),
            Token::Sign(sign) => format!("unexpected {sign}"),
            Token::Quoted(name) => format!("unexpected {name}"),
            Token::Int(_) | Token::Uint(_) | Token::Double(_) => "unexpected number".to_owned(),
            Token::Text(_) | Token::Bytes(_) => "unexpected text".to_owned(),
        };
        Problem::new("rule.syntax", self.span(), found).hint(format!("expected {expected}")).into()
    }

    fn too_deep(span: Span) -> Fault {
        Problem::new("rule.limit", span, "the rule is nested too deeply")
            .hint(format!("at most {DEPTH_MAX} levels; split it into several rules"))
            .into()
    }

    fn node(&mut self, span: Span, kind: SyntaxKind) -> Parsed {
        let depth = 1 + match &kind {
            SyntaxKind::Select { operand, .. } | SyntaxKind::Not(operand) | SyntaxKind::Negate(operand) => {
                operand.depth
            }
            SyntaxKind::Index { operand: one, index: two, .. }
            | SyntaxKind::Binary { left: one, right: two, .. } => one.depth.max(two.depth),
            SyntaxKind::Call { target, arguments, .. } => {
                deepest(arguments).max(target.as_ref().map_or(0, |target| target.depth))
            }
            SyntaxKind::All(parts) | SyntaxKind::Any(parts) => deepest(parts),
            SyntaxKind::List(parts) => parts.iter().map(|part| part.value.depth).max().unwrap_or(0),
            SyntaxKind::Map(entries) => {
                entries.iter().map(|(key, part)| key.depth.max(part.value.depth)).max().unwrap_or(0)
            }
            SyntaxKind::Choice { condition, yes, no } => condition.depth.max(yes.depth).max(no.depth),
            _ => 0,
        };
        self.nodes += 1;
        if depth > DEPTH_MAX {
            return Err(Self::too_deep(span));
        }
        if self.nodes > NODES_MAX {
            return Err(Problem::new("rule.limit", span, "the rule has too many parts")
                .hint(format!("at most {NODES_MAX} names, literals and operators"))
                .into());
        }
        Ok(Syntax { span, depth, kind })
    }

    /// `or ? or : expression`
    fn expression(&mut self) -> Parsed {
        self.nesting += 1;
        // The outermost expression is not nested in anything.
        if self.nesting > DEPTH_MAX + 1 {
            return Err(Self::too_deep(self.span()));
        }
        let condition = self.any()?;
        let tree = if self.take("?") {
            let yes = self.any()?;
            self.expect(":")?;
            let no = self.expression()?;
            let kind =
                SyntaxKind::Choice { yes: Box::new(yes), no: Box::new(no), condition: Box::new(condition) };
            self.spanning(kind)
        } else {
            Ok(condition)
        };
        self.nesting -= 1;
        tree
    }

    /// A node from where its first part starts to the token just taken.
    fn spanning(&mut self, kind: SyntaxKind) -> Parsed {
        let first = match &kind {
            SyntaxKind::Choice { condition: first, .. } | SyntaxKind::Binary { left: first, .. } => {
                first.span
            }
            SyntaxKind::All(parts) | SyntaxKind::Any(parts) => {
                parts.first().map(|part| part.span).unwrap_or_default()
            }
            _ => self.last_span(),
        };
        let end = self.last_span();
        self.node(first.to(end), kind)
    }

    fn any(&mut self) -> Parsed {
        let mut parts = vec![self.all()?];
        while self.take("||") {
            parts.push(self.all()?);
        }
        self.joined(parts, SyntaxKind::Any)
    }

    fn all(&mut self) -> Parsed {
        let mut parts = vec![self.binary(1)?];
        while self.take("&&") {
            parts.push(self.binary(1)?);
        }
        self.joined(parts, SyntaxKind::All)
    }

    fn joined(&mut self, mut parts: Vec<Syntax>, kind: fn(Vec<Syntax>) -> SyntaxKind) -> Parsed {
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => Ok(only),
            (_, last) => {
                parts.extend(last);
                self.spanning(kind(parts))
            }
        }
    }

    fn operator(&self) -> Option<Operator> {
        Some(match self.peek() {
            Token::Sign("==") => Operator::Equal,
            Token::Sign("!=") => Operator::NotEqual,
            Token::Sign("<") => Operator::Less,
            Token::Sign("<=") => Operator::AtMost,
            Token::Sign(">") => Operator::Greater,
            Token::Sign(">=") => Operator::AtLeast,
            Token::Sign("+") => Operator::Add,
            Token::Sign("-") => Operator::Subtract,
            Token::Sign("*") => Operator::Multiply,
            Token::Sign("/") => Operator::Divide,
            Token::Sign("%") => Operator::Modulo,
            Token::Name(name) if name == "in" => Operator::In,
            _ => return None,
        })
    }

    /// Operators that bind at least so tightly, from left to right.
    fn binary(&mut self, binding: u8) -> Parsed {
        let mut left = self.unary()?;
        while let Some(operator) = self.operator().filter(|operator| operator.binding() >= binding) {
            self.at += 1;
            let right = self.binary(operator.binding() + 1)?;
            left =
                self.spanning(SyntaxKind::Binary { operator, left: Box::new(left), right: Box::new(right) })?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        let start = self.span();
        let sign = match self.peek() {
            Token::Sign(sign @ ("!" | "-")) => *sign,
            _ => return self.member(),
        };
        let mut odd = false;
        while self.take(sign) {
            odd = !odd;
        }
        let digits = match self.peek() {
            Token::Int(_) | Token::Double(_) if sign == "-" && odd => true,
            Token::Sign("!" | "-") => {
                return Err(self.unexpected("parentheses between ! and -"));
            }
            _ => false,
        };
        if digits {
            let literal = self.primary(true)?;
            return self.member_of(Syntax { span: start.to(literal.span), ..literal });
        }
        let operand = Box::new(self.member()?);
        let span = start.to(operand.span);
        match (odd, sign) {
            // Two signs undo each other, but the operand must still be a condition or a number.
            (false, sign) => {
                let inner = self.node(span, negation(sign, operand))?;
                self.node(span, negation(sign, Box::new(inner)))
            }
            (true, sign) => self.node(span, negation(sign, operand)),
        }
    }

    fn member(&mut self) -> Parsed {
        let first = self.primary(false)?;
        self.member_of(first)
    }

    fn member_of(&mut self, mut tree: Syntax) -> Parsed {
        loop {
            let start = tree.span;
            if self.take(".") {
                let optional = self.take("?");
                let quoted = matches!(self.peek(), Token::Quoted(_));
                let field = self.name("the name of a field")?;
                let kind = if !quoted && !optional && self.take("(") {
                    let arguments = self.arguments()?;
                    SyntaxKind::Call { target: Some(Box::new(tree)), function: field, arguments }
                } else {
                    SyntaxKind::Select { operand: Box::new(tree), field, optional }
                };
                tree = self.node(start.to(self.last_span()), kind)?;
            } else if self.take("[") {
                let optional = self.take("?");
                let index = Box::new(self.expression()?);
                self.expect("]")?;
                let kind = SyntaxKind::Index { operand: Box::new(tree), index, optional };
                tree = self.node(start.to(self.last_span()), kind)?;
            } else if matches!(self.peek(), Token::Sign("{")) && is_name(&tree) {
                let problem = Problem::new("rule.unsupported", self.span(), "rules build no records");
                return Err(problem.hint("maps are written {'name': value}").into());
            } else {
                return Ok(tree);
            }
        }
    }

    fn name(&mut self, expected: &str) -> Result<Name, Fault> {
        let span = self.span();
        match self.peek() {
            Token::Name(text) | Token::Quoted(text) => {
                let text = text.clone();
                self.at += 1;
                Ok(Name { text, span })
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    /// Expressions between commas, up to the closing sign.
    fn arguments(&mut self) -> Result<Vec<Syntax>, Fault> {
        let mut parts = Vec::new();
        while !self.take(")") {
            parts.push(self.expression()?);
            if self.take(",") {
                if matches!(self.peek(), Token::Sign(")")) {
                    return Err(self.unexpected("another argument"));
                }
            } else if !matches!(self.peek(), Token::Sign(")")) {
                return Err(self.unexpected(", or )"));
            }
        }
        Ok(parts)
    }

    /// What stands between `[` and `]` or between `{` and `}`; the last part may be followed by a comma.
    fn entries<T>(
        &mut self,
        close: &'static str,
        mut entry: impl FnMut(&mut Self, bool) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut entries = Vec::new();
        while !self.take(close) {
            let optional = self.take("?");
            entries.push(entry(self, optional)?);
            if !self.take(",") && !matches!(self.peek(), Token::Sign(sign) if *sign == close) {
                return Err(self.unexpected(&format!(", or {close}")));
            }
        }
        Ok(entries)
    }

    fn primary(&mut self, negative: bool) -> Parsed {
        match self.peek() {
            Token::Sign("(") => self.parenthesised(),
            Token::Sign("[") => {
                let span = self.span();
                self.at += 1;
                let parts =
                    self.entries("]", |parser, optional| Ok(Part { value: parser.expression()?, optional }))?;
                self.node(span.to(self.last_span()), SyntaxKind::List(parts))
            }
            Token::Sign("{") => {
                let span = self.span();
                self.at += 1;
                let entries = self.entries("}", |parser, optional| {
                    let key = parser.expression()?;
                    parser.expect(":")?;
                    Ok((key, Part { value: parser.expression()?, optional }))
                })?;
                self.node(span.to(self.last_span()), SyntaxKind::Map(entries))
            }
            Token::Sign(".") => {
                self.at += 1;
                self.named(true)
            }
            Token::Name(name) if !matches!(name.as_str(), "null" | "true" | "false" | "in") => {
                self.named(false)
            }
            _ => self.literal(negative),
        }
    }

    fn parenthesised(&mut self) -> Parsed {
        let span = self.span();
        self.at += 1;
        let mut inner = self.expression()?;
        self.expect(")")?;
        inner.span = span.to(self.last_span());
        Ok(inner)
    }

    /// A variable, or a function with its arguments.
    fn named(&mut self, rooted: bool) -> Parsed {
        if matches!(self.peek(), Token::Name(name) if mistaken(name).is_some()) {
            return Err(self.unexpected("a value"));
        }
        let name = self.name("a value")?;
        if RESERVED.contains(&name.text.as_str()) {
            let problem = Problem::new("rule.syntax", name.span, format!("{} is a reserved word", name.text));
            return Err(problem.hint("only a field may be called so").into());
        }
        if !self.take("(") {
            return self.node(name.span, SyntaxKind::Name { name: name.text, rooted });
        }
        let arguments = self.arguments()?;
        let span = name.span.to(self.last_span());
        self.node(span, SyntaxKind::Call { target: None, function: name, arguments })
    }

    fn literal(&mut self, negative: bool) -> Parsed {
        let span = self.span();
        let kind = match self.peek() {
            Token::Int(digits) => {
                let number = i128::from(*digits);
                let number = i64::try_from(if negative { -number } else { number }).map_err(|_| {
                    Problem::new("rule.syntax", span, "the whole number is too large")
                        .hint("between -9223372036854775808 and 9223372036854775807")
                })?;
                SyntaxKind::Int(number)
            }
            Token::Uint(number) => SyntaxKind::Uint(*number),
            Token::Double(number) => SyntaxKind::Double(if negative { negated(*number) } else { *number }),
            Token::Text(text) => SyntaxKind::Text(text.clone()),
            Token::Bytes(bytes) => SyntaxKind::Bytes(bytes.clone()),
            Token::Name(name) if name == "null" => SyntaxKind::Null,
            Token::Name(name) if name != "in" => SyntaxKind::Bool(name == "true"),
            _ => return Err(self.unexpected("a value")),
        };
        self.at += 1;
        self.node(span, kind)
    }
}

/// What somebody meant who wrote the words of another language, and what to write.
fn mistaken(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "AND" | "and" => Some(("join conditions", "&&")),
        "OR" | "or" => Some(("join conditions", "||")),
        "NOT" | "not" => Some(("negate", "! before it")),
        _ => None,
    }
}

/// Whether a tree is a name, or names joined by dots.
fn is_name(tree: &Syntax) -> bool {
    match &tree.kind {
        SyntaxKind::Name { .. } => true,
        SyntaxKind::Select { operand, .. } => is_name(operand),
        _ => false,
    }
}

fn deepest(parts: &[Syntax]) -> usize {
    parts.iter().map(|part| part.depth).max().unwrap_or(0)
}

fn negation(sign: &str, operand: Box<Syntax>) -> SyntaxKind {
    if sign == "!" { SyntaxKind::Not(operand) } else { SyntaxKind::Negate(operand) }
}
