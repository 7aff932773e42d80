//! Stretches of work for which single commands are not made durable one by one.

use crate::crm::Crm;
use crate::error::Result;
use crate::session::Session;

/// A stretch of much work. Ends with [`finish`](Self::finish), or when it is dropped.
#[derive(Debug)]
pub struct Bulk {
    crm: Crm,
    bulk: clientela_store::Bulk,
}

impl Bulk {
    /// The store as the stretch writes it: sessions opened from it belong to the stretch, all others write durably.
    #[must_use]
    pub fn crm(&self) -> &Crm {
        &self.crm
    }

    /// A session as part of the stretch.
    #[must_use]
    pub fn session(&self, session: &Session) -> Session {
        Session { crm: self.crm.clone(), ..session.clone() }
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// `store.disk_full`, `store.io`, `store.busy`.
    pub fn finish(self) -> Result<()> {
        Ok(self.bulk.finish()?)
    }
}

impl Crm {
    /// Trades the durability of single commands for speed, for what is done through the guard and for nothing else. After a
    /// loss of power the last commands of the stretch may be gone; the store is whole, and commands that are given again by
    /// their ids fill what is missing.
    ///
    /// # Errors
    /// `store.read_only`, `store.closed`.
    pub fn bulk(&self) -> Result<Bulk> {
        let bulk = self.store.bulk()?;
        Ok(Bulk { crm: Self { store: bulk.store().clone(), ..self.clone() }, bulk })
    }
}
