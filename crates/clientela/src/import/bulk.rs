//! Stretches of work for which single commands are not made durable one by one.

use crate::crm::Crm;
use crate::error::Result;

/// A stretch of much work. Ends with [`finish`](Self::finish), or when it is dropped.
#[derive(Debug)]
pub struct Bulk(clientela_store::Bulk);

impl Bulk {
    /// Makes everything durable and goes back to durable commands.
    ///
    /// # Errors
    /// `store.disk_full`, `store.io`, `store.busy`.
    pub fn finish(self) -> Result<()> {
        Ok(self.0.finish()?)
    }
}

impl Crm {
    /// Trades the durability of single commands for speed until the guard is finished or dropped. After a loss of power the
    /// last commands may be gone; the store is whole, and commands that are given again by their ids fill what is missing.
    ///
    /// # Errors
    /// `store.busy`, `store.read_only`, `store.closed`.
    pub fn bulk(&self) -> Result<Bulk> {
        Ok(Bulk(self.store.bulk()?))
    }
}
