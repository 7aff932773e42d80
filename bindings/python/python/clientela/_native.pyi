"""
The compiled part of clientela; use the package `clientela`.
"""

from _typeshed import SupportsGetItem
from datetime import date, datetime
from os import PathLike
from typing import Any, SupportsIndex, final

__all__ = ["ColumnInfo", "NativeImport", "NativeImportReport", "NativeMask", "NativePipeline", "NativeRule", "NativeSource", "NativeStore", "NativeTable", "NativeTarget", "build_info", "commands", "dictionary", "entities", "messy_customers", "questions", "rule_explain_over_table", "rule_funnel_over_table", "rule_over_table", "table_of_ids", "version", "what_if_table"]

@final
class ColumnInfo:
    """
    What a column is, as the data dictionary says it.
    """
    @property
    def arrow_type(self, /) -> str:
        """
        Its Arrow type.
        """
    @property
    def currency(self, /) -> str | None:
        """
        The currency of its amounts, when all have the same.
        """
    @property
    def description(self, /) -> str:
        """
        What it is.
        """
    @property
    def empty(self, /) -> int:
        """
        Number of missing values.
        """
    @property
    def label(self, /) -> str:
        """
        Its name for people.
        """
    @property
    def name(self, /) -> str:
        """
        Its name.
        """
    @property
    def personal(self, /) -> bool:
        """
        Whether it can tell something about a person.
        """
    @property
    def type(self, /) -> str:
        """
        Its type in the words of the data dictionary, such as `amount`; of foreign columns the Arrow type.
        """

@final
class NativeImport:
    """
    What would come of a file.
    """
    @property
    def acceptable(self, /) -> int:
        """
        Rows that would come in.
        """
    @property
    def added_before(self, /) -> int:
        """
        Of these, rows an earlier run has brought in already.
        """
    @property
    def changed(self, /) -> int:
        """
        Of these, rows that would change a record that is there.
        """
    def commit(self, /, note: str, rejected: str | PathLike[str] | None, progress: Any | None) -> NativeImportReport:
        """
        Brings the rows in, a chunk at a time, and writes those that are rejected to a file as they come. Stopped, what was written
        stays, and committing again goes on.
        """
    @property
    def conflicting(self, /) -> int:
        """
        Rows that would be rejected because somebody in the store says otherwise.
        """
    @property
    def encoding(self, /) -> str | None:
        """
        How a table of text is encoded, as it was named, or guessed when it was not.
        """
    @property
    def id(self, /) -> str:
        """
        The plan's id: the same for the same file, options and user.
        """
    @property
    def mapping(self, /) -> list[tuple[str, str | None]]:
        """
        Headers of the file's columns and the fields they go to.
        """
    @property
    def preview(self, /) -> list[tuple[int, list[tuple[str, str]]]]:
        """
        The first rows as they would come in: line, fields and what they would hold.
        """
    @property
    def read(self, /) -> int:
        """
        Rows of the file.
        """
    @property
    def reasons(self, /) -> dict[str, int]:
        """
        How many rows are rejected for which reason, by its code.
        """
    @property
    def rejected(self, /) -> list[tuple[int, str | None, str, str]]:
        """
        The first thousand rows that would not come in.
        """
    @property
    def rejected_rows(self, /) -> int:
        """
        How many rows would not come in.
        """
    @property
    def saved(self, /) -> str | None:
        """
        Name of the saved mapping that is used.
        """
    @property
    def unchanged(self, /) -> int:
        """
        Of these, rows whose record is there just so.
        """
    def write_rejected(self, /, path: str | PathLike[str]) -> None:
        """
        Writes the rows that are not in to a file, as a table to be put right: their cells, then line and reason.
        """

@final
class NativeImportReport:
    """
    What came of an import.
    """
    @property
    def added(self, /) -> int:
        """
        Rows brought in.
        """
    @property
    def added_before(self, /) -> int:
        """
        Of these, rows brought in by an earlier run.
        """
    @property
    def cancelled(self, /) -> bool:
        """
        Whether it was stopped.
        """
    @property
    def changed(self, /) -> int:
        """
        Of these, rows that changed a record that was there.
        """
    @property
    def conflicting(self, /) -> int:
        """
        Rows rejected because somebody in the store says otherwise.
        """
    @property
    def read(self, /) -> int:
        """
        Rows dealt with.
        """
    @property
    def reasons(self, /) -> dict[str, int]:
        """
        How many for which reason.
        """
    @property
    def rejected(self, /) -> list[tuple[int, str | None, str, str]]:
        """
        The first of them.
        """
    @property
    def rejected_rows(self, /) -> int:
        """
        Rows rejected.
        """
    @property
    def unchanged(self, /) -> int:
        """
        Of these, rows whose record was there just so.
        """

@final
class NativeMask:
    """
    Yes or no for each row of a table, without gaps.
    """
    def __arrow_c_array__(self, /, requested_schema: Any | None = None) -> tuple[Any, Any]:
        """
        The mask as capsules with an Arrow schema and array. A requested schema is not met: the consumer casts.
        """
    def __len__(self, /) -> int:
        """
        Number of rows.
        """
    def bytes(self, /) -> bytes:
        """
        One byte to a row, 1 where the rule holds.
        """
    @property
    def count(self, /) -> int:
        """
        The rows for which the rule holds.
        """
    def filter(self, /, table: NativeTable) -> NativeTable:
        """
        The rows of the table that was asked for which the rule holds, copied.
        """
    @property
    def unknown(self, /) -> int:
        """
        The rows of which it cannot be told.
        """

@final
class NativePipeline:
    """
    Opportunities of one currency over time. Frozen; any thread may use it.
    """
    def __len__(self, /) -> int:
        """
        Number of opportunities.
        """
    def change(self, /, since: date, until: date, first_day: date, last_day: date, node: SupportsIndex | None) -> NativeTable:
        """
        What changed in a period's open pipeline between the ends of two days.
        """
    @property
    def currency(self, /) -> str | None:
        """
        Code of the currency, when it comes from a store.
        """
    def forecast(self, /, day: date, first_day: date, last_day: date, by_history: bool) -> NativeTable:
        """
        The forecast of a period as it stood on a day, rolled up the tree.
        """
    @staticmethod
    def from_table(passages: NativeTable, parents: SupportsGetItem[int, SupportsIndex | None], stages: SupportsGetItem[int, tuple[SupportsIndex, SupportsIndex]]) -> NativePipeline:
        """
        Reads a table of passages; `parents` says who stands above each owner, `stages` method and probability of each stage.
        """
    def funnel(self, /, starts: SupportsGetItem[int, date], until: date, day: date, horizon_days: SupportsIndex | None) -> NativeTable:
        """
        What became of those that came to each stage in each period.
        """
    @property
    def passages(self, /) -> int:
        """
        Number of their passages.
        """

@final
class NativeRule:
    """
    A rule about records of a store, checked. It belongs to no store.
    """
    def __new__(cls, /, text: str, about: str) -> NativeRule:
        """
        Checks a rule.
        """
    @property
    def conditions(self, /) -> list[str]:
        """
        Its conditions as they are written, where all of them must hold.
        """
    @property
    def estimated_steps(self, /) -> int:
        """
        The steps one decision takes at most where each list has fifty entries.
        """
    def explain(self, /, store: NativeStore, key: str) -> str:
        """
        Why it holds for one record or not, as JSON.
        """
    def funnel(self, /, store: NativeStore, workers: SupportsIndex | None, progress: Any | None) -> tuple[int, list[tuple[str, int, int, int, int]]]:
        """
        How many records each condition removes: the records asked, and the conditions.
        """
    def holds(self, /, store: NativeStore, key: str) -> bool | None:
        """
        Whether it holds for one record; `None` when it cannot be told.
        """
    @staticmethod
    def of_store(store: NativeStore, text: str, about: str) -> NativeRule:
        """
        Checks a rule with the fields a store adds.
        """
    @property
    def reads(self, /) -> list[tuple[str, bool, bool]]:
        """
        The fields it reads: path, personal or not, confidential or not.
        """
    @property
    def result_type(self, /) -> str:
        """
        The type of its result, as messages name it.
        """
    def select(self, /, store: NativeStore, workers: SupportsIndex | None, progress: Any | None) -> tuple[bytes, int, int, int]:
        """
        All records that may be seen and for which it holds.
        """

@final
class NativeSource:
    """
    What is brought in: read as often as a plan and its commits need it.
    """
    @staticmethod
    def of_bytes(content: SupportsGetItem[int, SupportsIndex], cards: bool) -> NativeSource:
        """
        The content of such a file.
        """
    @staticmethod
    def of_path(path: str | PathLike[str], cards: bool) -> NativeSource:
        """
        A file: a table of text or a spreadsheet, or vCards. It is read a piece at a time and must stay as it is.
        """
    @staticmethod
    def of_stream(source: Any) -> NativeSource:
        """
        The batches of an object with `__arrow_c_stream__`, each let go before the next is asked for.
        """

@final
class NativeStore:
    """
    A store seen by one user in one position. Any thread may use it.
    """
    def anchor(self, /) -> str:
        """
        What the journal is now, as a text to be kept elsewhere.
        """
    def ask(self, /, question: Any, progress: Any | None) -> str:
        """
        Answers a question, as JSON.
        """
    def backup(self, /, to: str | PathLike[str], progress: Any | None) -> None:
        """
        Copies the store, whole and consistent.
        """
    def can(self, /, verb: str, entity: str, id: str) -> tuple[bool, str]:
        """
        Whether the acting position may do this with a record, and why as JSON.
        """
    def check(self, /, progress: Any | None) -> tuple[int, int, list[tuple[str, str]]]:
        """
        Checks file and journal: commits and records looked at, and what was found as code and sentence.
        """
    def check_since(self, /, anchor: str) -> tuple[int, int, list[tuple[str, str]]]:
        """
        Checks the journal against an anchor.
        """
    def close(self, /) -> None:
        """
        Closes the store for everybody who shares it; a second time does nothing.
        """
    @property
    def closed(self, /) -> bool:
        """
        Whether it is closed.
        """
    @staticmethod
    def create(path: str | PathLike[str], login: str, user_name: str, unit_code: str, unit_name: str, country: str | None, clock: datetime | None, seed: SupportsIndex | None) -> NativeStore:
        """
        Makes a store with its first unit and administrator, and signs the administrator in.
        """
    def customer(self, /, key: str) -> tuple[tuple[str, int, list[tuple[str, Any]]], list[tuple[str, int, list[tuple[str, Any]]]], list[tuple[str, int, list[tuple[str, Any]]]]]:
        """
        A customer with contacts and fleet.
        """
    @staticmethod
    def demo(path: str | PathLike[str], customers: SupportsIndex, dealers: SupportsIndex, seed: SupportsIndex, today: date | None, user: str, progress: Any | None) -> NativeStore:
        """
        Makes a drawn network at this path and signs a user in. On failure the caller removes what was made.
        """
    def evaluate_rule_set(self, /, name: str, about: str, key: str, on: date | None, passed_over: bool) -> tuple[str, str, list[Any], str]:
        """
        What the version of a rule set that holds on a day says of a record.
        """
    def execute(self, /, command: Any, id: str | None, reason: str | None) -> str:
        """
        Does what a command asks, for the reason beside it, and gives the receipt as JSON.
        """
    def explain_target(self, /, campaign: str, customer: str) -> str:
        """
        Why one customer is on a campaign's list or not, as JSON.
        """
    def file(self, /, digest: str) -> bytes:
        """
        A file of an opportunity by its SHA-256.
        """
    def find_customers(self, /, search: Any, limit: SupportsIndex) -> list[tuple[str, int, list[tuple[str, Any]]]]:
        """
        Customers that fit a search given as a mapping.
        """
    def funnel(self, /, method: str | None) -> list[tuple[tuple[str, str], tuple[str, str], int, int, int, list[Any]]]:
        """
        Open opportunities by stage, of one sales method or all.
        """
    def history(self, /, entity: str, id: str) -> list[tuple[datetime, str, str | None, str, str, str, bool, list[tuple[str, Any, Any]]]]:
        """
        Who changed what of a record, when and why.
        """
    def info(self, /) -> Any:
        """
        What store this is.
        """
    def interrupt(self, /) -> None:
        """
        Stops what is running on this store, in any thread.
        """
    def now(self, /) -> datetime:
        """
        The moment, from the clock the store was opened with.
        """
    @property
    def of_this_process(self, /) -> bool:
        """
        Whether the process that opened it is this one.
        """
    def offer(self, /, key: str) -> tuple[tuple[str, int, list[tuple[str, Any]]], tuple[str, int, list[tuple[str, Any]]], list[tuple[str, int, list[tuple[str, Any]]]], list[tuple[str, int, list[tuple[str, Any]]]]]:
        """
        An offer with its current version: offer, version's content, items, price steps.
        """
    @staticmethod
    def open(path: str | PathLike[str], user: str, position: str | None, read_only: bool, clock: datetime | None, seed: SupportsIndex | None) -> NativeStore:
        """
        Opens a store and signs a user in.
        """
    def pipeline(self, /, by_unit: bool) -> list[NativePipeline]:
        """
        The opportunities over time as columns, one for each currency; rolled up the tree of units, or of positions.
        """
    def plan_import(self, /, source: NativeSource, options: Any, progress: Any | None) -> NativeImport:
        """
        Reads a source and says what would come of it, with options as a mapping.
        """
    def quoting_affair(self, /, opportunity: str, session_id: str | None, workstation: str | None) -> bytes:
        """
        The message that makes an affair of the quoting tool from an opportunity.
        """
    def quoting_customer(self, /, customer: str, session_id: str | None, workstation: str | None) -> bytes:
        """
        The message that takes a customer to the quoting tool.
        """
    def quoting_receive(self, /, message: SupportsGetItem[int, SupportsIndex], file: SupportsGetItem[int, SupportsIndex] | None) -> bytes:
        """
        Takes a message of the quoting tool and gives the answer; empty when none is due.
        """
    def receipt(self, /, id: str) -> str:
        """
        The receipt of a command that took effect, as JSON.
        """
    def record(self, /, entity: str, key: str) -> tuple[str, int, list[tuple[str, Any]]]:
        """
        A record by entity and key: entity, version, names and values.
        """
    def revert_import(self, /, run: str, reason: str | None, progress: Any | None) -> tuple[int, int, int]:
        """
        Takes an import back, a chunk of rows at a time: how many records were taken back, how many stayed, how many chunks are left.
        """
    def set_clock(self, /, at: datetime) -> bool:
        """
        Sets the clock given when the store was opened; without one the system's is used and cannot be set.
        """
    def sign_in(self, /, user: str, position: str | None) -> NativeStore:
        """
        The same store seen by another user or in another position.
        """
    def table(self, /, entity: str, columns: SupportsGetItem[int, str], filter: str | None, as_of: datetime | None, limit: SupportsIndex | None, progress: Any | None) -> NativeTable:
        """
        An entity as a table of what may be seen.
        """
    def target(self, /, campaign: str, progress: Any | None) -> NativeTarget:
        """
        Whom a campaign would reach now.
        """
    def what_if(self, /, question: Any) -> NativeTable:
        """
        The lines of stored offers that a changed price list would change, as a table.
        """

@final
class NativeTable:
    """
    Record batches of one schema. Frozen; any thread may use it.
    """
    def __arrow_c_schema__(self, /) -> Any:
        """
        The columns as a capsule with an Arrow schema.
        """
    def __arrow_c_stream__(self, /, requested_schema: Any | None = None) -> Any:
        """
        The table as a capsule with an Arrow stream. A requested schema is not met: the consumer casts.
        """
    def __len__(self, /) -> int:
        """
        Number of rows.
        """
    def __reduce__(self, /) -> Any: ...
    @property
    def batches(self, /) -> int:
        """
        Number of batches.
        """
    @property
    def columns(self, /) -> list[ColumnInfo]:
        """
        What the columns are.
        """
    @property
    def entity(self, /) -> str | None:
        """
        The entity the rows are of, when they come from a store.
        """
    @staticmethod
    def from_columns(columns: SupportsGetItem[int, tuple[str, SupportsGetItem[int, Any]]]) -> NativeTable:
        """
        A table of named columns of plain values.
        """
    @staticmethod
    def from_stream(source: Any) -> NativeTable:
        """
        Takes everything out of an object with `__arrow_c_stream__`, without copying.
        """
    @property
    def nbytes(self, /) -> int:
        """
        Bytes the buffers take.
        """
    def rows(self, /, offset: SupportsIndex, limit: SupportsIndex) -> list[Any]:
        """
        Rows as tuples of plain values, at most `limit` from `offset` on.
        """
    def select(self, /, names: SupportsGetItem[int, str]) -> NativeTable:
        """
        Only these columns, in this order, on the same buffers.
        """
    def slice(self, /, offset: SupportsIndex, limit: SupportsIndex) -> NativeTable:
        """
        The rows from `offset` on, at most `limit`, on the same buffers.
        """
    def texts(self, /, offset: SupportsIndex, limit: SupportsIndex) -> list[list[str | None]]:
        """
        Rows as texts, at most `limit` from `offset` on; `None` where nothing is given.
        """
    def write_csv(self, /, path: str | PathLike[str], separator: str, guard_formulas: bool, progress: Any | None = None) -> int:
        """
        Writes RFC 4180 CSV with a header line, exact decimals, ISO dates; the file appears whole or not at all.
        """

@final
class NativeTarget:
    """
    Whom a campaign would reach, as decided at one moment.
    """
    @property
    def at(self, /) -> datetime:
        """
        When it was decided.
        """
    @property
    def campaign(self, /) -> str:
        """
        Code of the campaign.
        """
    def explain(self, /, customer: str) -> str:
        """
        Why one customer is in or out, as JSON.
        """
    def lines(self, /) -> list[tuple[str, str | None, str]]:
        """
        Every customer that was looked at: its id, the consent used, the reason that decided.
        """
    @property
    def reasons(self, /) -> list[tuple[str, int]]:
        """
        How many customers each reason decided for.
        """
    @property
    def size(self, /) -> int:
        """
        How many customers are in.
        """

def build_info() -> list[tuple[str, str]]:
    """
    What this library was built with: for reports of faults.
    """

def commands() -> list[str]:
    """
    The word of every command.
    """

def dictionary() -> list[tuple[str, str, str, str, list[str], bool, bool, bool, str]]:
    """
    The data dictionary, line by line: entity, column, label, type, words, may be empty, personal, confidential, meaning.
    """

def entities() -> list[tuple[str, str, str | None]]:
    """
    Every entity: its name, meaning, and the column people name its records by.
    """

def messy_customers() -> bytes:
    """
    A customers' list as messy as real ones, for lessons in importing: the same bytes always.
    """

def questions() -> list[str]:
    """
    The word of every question.
    """

def rule_explain_over_table(table: NativeTable, text: str, today: date, row: SupportsIndex) -> str:
    """
    Why a rule holds for a row of a table or not, as JSON.
    """

def rule_funnel_over_table(table: NativeTable, text: str, today: date, workers: SupportsIndex | None) -> tuple[int, list[tuple[str, int, int, int, int]]]:
    """
    How many rows of a table each condition of a rule removes: the rows asked, and the conditions.
    """

def rule_over_table(table: NativeTable, text: str, today: date, workers: SupportsIndex | None) -> NativeMask:
    """
    Asks a rule of the rows of a table, whose columns go by their names.
    """

def table_of_ids(ids: bytes) -> NativeTable:
    """
    Ids, 16 bytes each, as the column `id` of a table: texts, as tables of a store have them.
    """

def version() -> str:
    """
    Version of the library.
    """

def what_if_table(lines: NativeTable, steps: NativeTable | None, percent: str | None, prices: NativeTable | None, price_list: str | None, currency: str | None, rounding: str) -> NativeTable:
    """
    Prices the lines of a table as they are, and as they would be with other list prices.
    """
