//! Numbers that look random and are the same for everybody.

/// xorshift64*, from a seed that is not zero.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// A number from zero to below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }
}
