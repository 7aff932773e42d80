//! The tree of a rule as written, before names and types are known. Loops such as `exists` are still calls.

use rust_decimal::Decimal;

/// A place in the source, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// From the start of this place to the end of the other.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }

    /// The text at this place.
    pub(crate) fn of(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A name with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Operator {
    /// As it is written.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }

    /// How tightly it binds; larger binds tighter (CEL specification, grammar).
    pub(crate) const fn binding(self) -> u8 {
        match self {
            Self::Add | Self::Subtract => 2,
            Self::Multiply | Self::Divide | Self::Modulo => 3,
            _ => 1,
        }
    }
}

/// A node as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Syntax {
    pub(crate) span: Span,
    /// Levels of nodes beneath and including this one.
    pub(crate) depth: usize,
    pub(crate) kind: SyntaxKind,
}

/// A literal with a point or an exponent: a double, or the decimal that was written where a decimal is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Literal {
    pub(crate) double: f64,
    pub(crate) exact: Option<Decimal>,
}

/// An entry of a list, or the value of an entry of a map.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) value: Syntax,
    /// Written with `?`: an optional, left out when it is none.
    pub(crate) optional: bool,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SyntaxKind {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(Literal),
    Text(String),
    Bytes(Vec<u8>),
    /// A name; with a dot before it, it is looked for outside of loops and of the container.
    Name {
        name: String,
        rooted: bool,
    },
    /// `operand.field`, or `operand.?field`.
    Select {
        operand: Box<Syntax>,
        field: Name,
        optional: bool,
    },
    /// `operand[index]`, or `operand[?index]`.
    Index {
        operand: Box<Syntax>,
        index: Box<Syntax>,
        optional: bool,
    },
    Call {
        target: Option<Box<Syntax>>,
        function: Name,
        arguments: Vec<Syntax>,
    },
    List(Vec<Part>),
    Map(Vec<(Syntax, Part)>),
    Not(Box<Syntax>),
    Negate(Box<Syntax>),
    Binary {
        operator: Operator,
        left: Box<Syntax>,
        right: Box<Syntax>,
    },
    All(Vec<Syntax>),
    Any(Vec<Syntax>),
    Choice {
        condition: Box<Syntax>,
        yes: Box<Syntax>,
        no: Box<Syntax>,
    },
}
