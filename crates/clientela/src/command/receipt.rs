//! What a command hands back.

use clientela_model::{EntityId, Why};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A record a command wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRef {
    /// Its entity.
    pub entity: String,
    /// Its id.
    pub id: Uuid,
    /// The key people use, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// What a command did. The same command again gives the same receipt, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The command's id.
    pub id: Uuid,
    /// Its word.
    pub command: String,
    /// What it wrote, the most important first.
    pub records: Vec<RecordRef>,
    /// Why it was decided so.
    pub why: Why,
}

impl Receipt {
    /// The id of the first record of that entity.
    #[must_use]
    pub fn id_of(&self, entity: &str) -> Option<Uuid> {
        self.records.iter().find(|record| record.entity == entity).map(|record| record.id)
    }

    /// The key of the first record.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.records.first().and_then(|record| record.key.as_deref())
    }
}

/// What a handler hands back.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) records: Vec<RecordRef>,
    pub(crate) why: Why,
}

impl Outcome {
    pub(crate) fn of<R: clientela_model::Record>(record: &R, key: Option<&str>, why: Why) -> Self {
        Self { records: Vec::new(), why }.and(record, key)
    }

    pub(crate) fn and<R: clientela_model::Record>(mut self, record: &R, key: Option<&str>) -> Self {
        self.records.push(RecordRef {
            entity: R::ENTITY.name.to_owned(),
            id: record.id().uuid(),
            key: key.map(str::to_owned),
        });
        self
    }
}
