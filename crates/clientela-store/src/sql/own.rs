//! The store's own tables. Their names begin with `_`, which no entity's does.

use super::dialect::Dialect;

/// The format of these tables; goes up when one changes.
pub(crate) const FORMAT: u32 = 4;

/// One step from an older format to the next.
pub(crate) struct Step {
    /// The format it leads to.
    pub(crate) format: u32,
    /// Its statements.
    pub(crate) statements: fn(Dialect) -> Vec<String>,
}

/// All steps, in order. A new store takes every one of them.
pub(crate) const STEPS: &[Step] = &[
    Step { format: 1, statements: journal_commands_and_files },
    Step { format: 2, statements: answers_and_files_in_the_chain },
    Step { format: 3, statements: reasons_apart },
    Step { format: 4, statements: values_taken_out },
];

/// What a commit seals besides its changes: the command's answer and its files. Empty in all but a command's last commit.
fn answers_and_files_in_the_chain(dialect: Dialect) -> Vec<String> {
    vec![format!("ALTER TABLE \"_commit\" ADD COLUMN \"bound\" {}", dialect.bytes())]
}

/// A reason is a person's free text about a person: it goes into the chain by its salted hash, so that it can be erased.
fn reasons_apart(dialect: Dialect) -> Vec<String> {
    let column = |name| format!("ALTER TABLE \"_commit\" ADD COLUMN \"{name}\" {}", dialect.bytes());
    vec![column("reason_salt"), column("reason_hash")]
}

/// A value that was written before its field was personal lies where the chain sees it: what is left of such a row once the value
/// is taken out has a hash of its own, which the commit of the erasure seals.
fn values_taken_out(dialect: Dialect) -> Vec<String> {
    vec![format!("ALTER TABLE \"_change\" ADD COLUMN \"redaction\" {}", dialect.bytes())]
}

fn journal_commands_and_files(dialect: Dialect) -> Vec<String> {
    let (int, bytes, clustered, heap) =
        (dialect.integer(), dialect.bytes(), dialect.clustered(), dialect.heap());
    vec![
        // Who this store is.
        format!(
            "CREATE TABLE \"_store\" (\"origin\" {bytes} NOT NULL PRIMARY KEY, \"created\" {int} NOT NULL){clustered}"
        ),
        // Which declarations it has had; the last row is in force.
        format!(
            "CREATE TABLE \"_schema_history\" (\"number\" {int} NOT NULL PRIMARY KEY, \"schema\" {int} NOT NULL, \
             \"format\" {int} NOT NULL, \"digest\" {bytes} NOT NULL, \"time\" {int} NOT NULL, \"step\" TEXT NOT NULL){clustered}"
        ),
        // What the numbers in the journal mean; field 0 is the entity itself.
        format!(
            "CREATE TABLE \"_catalogue\" (\"entity\" {int} NOT NULL, \"field\" {int} NOT NULL, \"entity_name\" TEXT NOT NULL, \
             \"field_name\" TEXT NOT NULL, \"type\" TEXT NOT NULL, \"nullable\" {int} NOT NULL, \
             PRIMARY KEY (\"entity\", \"field\")){clustered}"
        ),
        // One row for each aggregate a command touched. "seq" orders this store; "origin_seq" the store that made it.
        format!(
            "CREATE TABLE \"_commit\" (\"seq\" {int} NOT NULL PRIMARY KEY, \"origin\" {bytes} NOT NULL, \
             \"origin_seq\" {int} NOT NULL, \"command\" {bytes} NOT NULL, \"part\" {int} NOT NULL, \
             \"root_entity\" {int} NOT NULL, \"root\" {bytes} NOT NULL, \"hlc\" {int} NOT NULL, \"actor\" {bytes} NOT NULL, \
             \"position\" {bytes}, \"kind\" TEXT NOT NULL, \"reason\" TEXT NOT NULL, \"schema\" {int} NOT NULL, \
             \"touched\" {bytes} NOT NULL, \"prev\" {bytes} NOT NULL, \"hash\" {bytes} NOT NULL){heap}"
        ),
        // One row for each changed field; field 0 is the creation with the whole record.
        format!(
            "CREATE TABLE \"_change\" (\"entity\" {int} NOT NULL, \"id\" {bytes} NOT NULL, \"seq\" {int} NOT NULL, \
             \"field\" {int} NOT NULL, \"base\" {int} NOT NULL, \"value\" {bytes} NOT NULL, \"personal\" {bytes}, \
             \"salt\" {bytes}, \"personal_hash\" {bytes}, \"vhash\" {bytes} NOT NULL, \
             PRIMARY KEY (\"entity\", \"id\", \"seq\", \"field\")){clustered}"
        ),
        format!(
            "CREATE TABLE \"_command\" (\"id\" {bytes} NOT NULL PRIMARY KEY, \"kind\" TEXT NOT NULL, \
             \"fingerprint\" {bytes} NOT NULL, \"actor\" {bytes} NOT NULL, \"position\" {bytes}, \"time\" {int} NOT NULL, \
             \"first_seq\" {int} NOT NULL, \"last_seq\" {int} NOT NULL, \"answer\" {bytes} NOT NULL){clustered}"
        ),
        // Not clustered: files are large, and a tree of keys should not carry them.
        format!(
            "CREATE TABLE \"_file\" (\"digest\" {bytes} NOT NULL PRIMARY KEY, \"size\" {int} NOT NULL, \
             \"content\" {bytes} NOT NULL){heap}"
        ),
    ]
}

pub(crate) const LAST_COMMIT: &str =
    "SELECT \"seq\", \"hlc\", \"hash\" FROM \"_commit\" ORDER BY \"seq\" DESC LIMIT 1";
pub(crate) const INSERT_COMMIT: &str = "INSERT INTO \"_commit\" (\"seq\", \"origin\", \"origin_seq\", \"command\", \"part\", \
    \"root_entity\", \"root\", \"hlc\", \"actor\", \"position\", \"kind\", \"reason\", \"schema\", \"touched\", \"prev\", \"hash\", \"bound\", \
    \"reason_salt\") VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
pub(crate) const COMMIT_COLUMNS: &str = "SELECT \"seq\", \"origin\", \"origin_seq\", \"command\", \"part\", \"root_entity\", \
    \"root\", \"hlc\", \"actor\", \"position\", \"kind\", \"reason\", \"schema\", \"touched\", \"prev\", \"hash\", \"bound\", \
    \"reason_salt\", \"reason_hash\" FROM \"_commit\"";
pub(crate) const TOUCHED_SINCE: &str =
    "SELECT \"touched\" FROM \"_commit\" WHERE \"seq\" > ?1 ORDER BY \"seq\" LIMIT ?2";
pub(crate) const HLC_OF_COMMIT: &str = "SELECT \"hlc\" FROM \"_commit\" WHERE \"seq\" = ?1";

/// A row of a record that is new.
pub(crate) const INSERT_CREATION: &str = "INSERT INTO \"_change\" (\"entity\", \"id\", \"seq\", \"field\", \"base\", \"value\", \
    \"personal\", \"salt\", \"vhash\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
/// A row that may replace an earlier one of the same commit.
pub(crate) const INSERT_CHANGE: &str = "INSERT INTO \"_change\" (\"entity\", \"id\", \"seq\", \"field\", \"base\", \"value\", \
    \"personal\", \"salt\", \"vhash\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
    ON CONFLICT (\"entity\", \"id\", \"seq\", \"field\") DO UPDATE SET \"value\" = excluded.\"value\", \
    \"personal\" = excluded.\"personal\", \"salt\" = excluded.\"salt\", \"vhash\" = excluded.\"vhash\"";

pub(crate) const CHANGES_OF_RECORD: &str = "SELECT \"seq\", \"field\", \"base\", \"value\", \"personal\" FROM \"_change\" \
    WHERE \"entity\" = ?1 AND \"id\" = ?2 AND \"seq\" <= ?3 ORDER BY \"seq\", \"field\"";
pub(crate) const CHANGES_OF_ENTITY: &str = "SELECT \"seq\", \"field\", \"base\", \"value\", \"personal\", \"id\" FROM \"_change\" \
    WHERE \"entity\" = ?1 ORDER BY \"id\", \"seq\", \"field\"";
pub(crate) const SEALS_OF_RECORD: &str = "SELECT \"field\", \"base\", \"vhash\", \"value\", \"personal\", \"salt\", \
    \"personal_hash\", \"redaction\" FROM \"_change\" WHERE \"entity\" = ?1 AND \"id\" = ?2 AND \"seq\" = ?3 ORDER BY \"field\"";
pub(crate) const COUNT_CHANGES: &str = "SELECT COUNT(*) FROM \"_change\"";

pub(crate) const COMMAND_SEEN: &str =
    "SELECT \"fingerprint\", \"answer\" FROM \"_command\" WHERE \"id\" = ?1";
pub(crate) const COMMANDS_BETWEEN: &str =
    "SELECT \"actor\", \"position\", \"time\" FROM \"_command\" WHERE \"time\" >= ?1 AND \"time\" < ?2";
pub(crate) const COMMAND: &str = "SELECT \"kind\", \"fingerprint\", \"actor\", \"position\", \"time\", \"first_seq\", \
    \"last_seq\", \"answer\" FROM \"_command\" WHERE \"id\" = ?1";
pub(crate) const INSERT_COMMAND: &str = "INSERT INTO \"_command\" (\"id\", \"kind\", \"fingerprint\", \"actor\", \"position\", \
    \"time\", \"first_seq\", \"last_seq\", \"answer\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

pub(crate) const INSERT_FILE: &str = "INSERT INTO \"_file\" (\"digest\", \"size\", \"content\") VALUES (?1, ?2, ?3) ON CONFLICT (\"digest\") DO UPDATE SET \
    \"size\" = excluded.\"size\", \"content\" = excluded.\"content\" WHERE \"_file\".\"size\" < 0";
/// A file whose content was erased keeps its digest, so that the chain still finds it, and has a size below nothing.
pub(crate) const ERASE_FILE: &str =
    "UPDATE \"_file\" SET \"size\" = -1, \"content\" = X'' WHERE \"digest\" = ?1 AND \"size\" >= 0";
pub(crate) const PERSONAL_OF_RECORD: &str = "SELECT \"seq\", \"field\", \"personal\", \"salt\" FROM \"_change\" \
    WHERE \"entity\" = ?1 AND \"id\" = ?2 AND \"seq\" <= ?3 AND \"personal\" IS NOT NULL";
pub(crate) const ERASE_PERSONAL: &str = "UPDATE \"_change\" SET \"personal\" = NULL, \"salt\" = NULL, \"personal_hash\" = ?5 \
    WHERE \"entity\" = ?1 AND \"id\" = ?2 AND \"seq\" = ?3 AND \"field\" = ?4";
/// What of a record lies where the chain sees it.
pub(crate) const PLAIN_OF_RECORD: &str = "SELECT \"seq\", \"field\", \"value\", \"personal\", \"salt\", \"personal_hash\", \"vhash\" \
    FROM \"_change\" WHERE \"entity\" = ?1 AND \"id\" = ?2 AND \"seq\" <= ?3 AND LENGTH(\"value\") > 0";
pub(crate) const REDACT: &str = "UPDATE \"_change\" SET \"value\" = ?5, \"redaction\" = ?6 \
    WHERE \"entity\" = ?1 AND \"id\" = ?2 AND \"seq\" = ?3 AND \"field\" = ?4";
/// The first commits of the commands that touched a record.
pub(crate) const COMMANDS_OF_RECORD: &str = "SELECT DISTINCT \"c\".\"seq\" - \"c\".\"part\" FROM \"_change\" AS \"h\" JOIN \"_commit\" AS \"c\" ON \"c\".\"seq\" = \"h\".\"seq\" \
    WHERE \"h\".\"entity\" = ?1 AND \"h\".\"id\" = ?2 AND \"h\".\"seq\" <= ?3";
/// The commits from a number up to another: those of one command follow each other.
pub(crate) const REASONS_FROM: &str = "SELECT \"seq\", \"command\", \"reason\", \"reason_salt\" FROM \"_commit\" \
    WHERE \"seq\" >= ?1 AND \"seq\" <= ?2 ORDER BY \"seq\"";
pub(crate) const ERASE_REASON: &str =
    "UPDATE \"_commit\" SET \"reason\" = '', \"reason_salt\" = NULL, \"reason_hash\" = ?2 WHERE \"seq\" = ?1";
pub(crate) const ERASE_ANSWER: &str =
    "UPDATE \"_command\" SET \"answer\" = ?2 WHERE \"id\" = ?1 AND \"answer\" <> ?2";
pub(crate) const FILES: &str = "SELECT \"digest\", \"content\" FROM \"_file\" WHERE \"size\" >= 0";
pub(crate) const FILE_IS_THERE: &str = "SELECT 1 FROM \"_file\" WHERE \"digest\" = ?1";
pub(crate) const HASH_OF_COMMIT: &str = "SELECT \"hash\", \"hlc\" FROM \"_commit\" WHERE \"seq\" = ?1";
pub(crate) const FILE: &str = "SELECT \"content\" FROM \"_file\" WHERE \"digest\" = ?1 AND \"size\" >= 0";

pub(crate) const ORIGIN: &str = "SELECT \"origin\" FROM \"_store\"";
pub(crate) const INSERT_ORIGIN: &str = "INSERT INTO \"_store\" (\"origin\", \"created\") VALUES (?1, ?2)";
pub(crate) const SCHEMA_IN_FORCE: &str = "SELECT \"number\", \"schema\", \"format\", \"digest\" FROM \"_schema_history\" ORDER BY \"number\" DESC LIMIT 1";
pub(crate) const UPGRADED: &str =
    "SELECT \"time\" FROM \"_schema_history\" WHERE \"number\" > 1 ORDER BY \"number\" DESC LIMIT 1";
pub(crate) const INSERT_SCHEMA: &str = "INSERT INTO \"_schema_history\" (\"number\", \"schema\", \"format\", \"digest\", \"time\", \
    \"step\") VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
pub(crate) const CATALOGUE: &str = "SELECT \"entity\", \"field\", \"entity_name\", \"field_name\", \"type\", \"nullable\" \
    FROM \"_catalogue\" ORDER BY \"entity\", \"field\"";
pub(crate) const CLEAR_CATALOGUE: &str = "DELETE FROM \"_catalogue\"";
pub(crate) const INSERT_CATALOGUE: &str = "INSERT INTO \"_catalogue\" (\"entity\", \"field\", \"entity_name\", \"field_name\", \
    \"type\", \"nullable\") VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
