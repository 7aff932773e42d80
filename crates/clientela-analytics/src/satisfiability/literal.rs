//! Variables and literals.

use std::ops::Not;

/// A yes/no variable, counted from 0.
pub type Variable = u32;

/// A variable that holds, or that does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Literal(u32);

impl Literal {
    /// The variable holds.
    #[must_use]
    pub const fn yes(variable: Variable) -> Self {
        Self(variable << 1)
    }

    /// The variable does not hold.
    #[must_use]
    pub const fn no(variable: Variable) -> Self {
        Self((variable << 1) | 1)
    }

    /// Its variable.
    #[must_use]
    pub const fn variable(self) -> Variable {
        self.0 >> 1
    }

    /// Whether it says that its variable holds.
    #[must_use]
    pub const fn is_yes(self) -> bool {
        self.0 & 1 == 0
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) const fn place(self) -> usize {
        (self.0 >> 1) as usize
    }
}

impl Not for Literal {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}
