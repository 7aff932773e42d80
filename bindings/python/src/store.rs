//! A store opened by a user: the one handle of this binding.

use crate::call;
use crate::error::{BindingError, of_facade, why_json};
use crate::home::Home;
use crate::import::{self, NativeImport, NativeSource};
use crate::pipeline::NativePipeline;
use crate::python::{mapping_to_json, value_to_python};
use crate::records::{self, Read, RecordParts};
use crate::rule_sets::{self, AnswerParts, Question};
use crate::table::NativeTable;
use crate::target::NativeTarget;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use clientela::model::id::parse_uuid;
use clientela::question::By;
use clientela::{
    Clock, Crm, CrmOptions, FixedClock, Founding, QuotingSession, Request, SeededRandom, Session,
    SystemClock, TableQuery, Verb,
};
use clientela_demo::Network;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A store seen by one user in one position. Any thread may use it.
#[pyclass(frozen, module = "clientela._native")]
pub(crate) struct NativeStore {
    session: Home<Session>,
    clock: Option<Arc<FixedClock>>,
    closed: AtomicBool,
}

/// Commits and records looked at, and what was found: code and sentence.
type CheckReport = (u64, u64, Vec<(String, String)>);

/// A stage of a funnel: code and name of the method and of the stage, place, probability, count, sums.
type FunnelLine<'py> = ((String, String), (String, String), u16, u16, u64, Vec<Bound<'py, PyAny>>);

/// One entry of a record's history: moment, user, position, command, its kind, reason, and the fields before and after.
type HistoryLine<'py> = (
    DateTime<Utc>,
    String,
    Option<String>,
    String,
    String,
    String,
    bool,
    Vec<(&'static str, Bound<'py, PyAny>, Bound<'py, PyAny>)>,
);

impl NativeStore {
    /// The session, if this process opened it and it is open.
    fn session(&self) -> Result<&Session, BindingError> {
        let session = self.session.get()?;
        if self.closed.load(Ordering::Acquire) { Err(BindingError::Closed) } else { Ok(session) }
    }

    /// A call that reads or writes, on a thread of its own, stopped by Ctrl-C.
    pub(crate) fn work<T: Send + 'static>(
        &self,
        py: Python<'_>,
        place: &'static str,
        work: impl FnOnce(&Session) -> clientela::Result<T> + Send + 'static,
    ) -> PyResult<T> {
        self.told(py, place, None, work)
    }

    /// Such a call that tells how far it is.
    pub(crate) fn told<T: Send + 'static>(
        &self,
        py: Python<'_>,
        place: &'static str,
        progress: Option<&Bound<'_, PyAny>>,
        work: impl FnOnce(&Session) -> clientela::Result<T> + Send + 'static,
    ) -> PyResult<T> {
        let session = self.session()?.clone();
        call::long(py, place, progress, move |watch| work(&session.watched(Arc::clone(watch))))
    }
}

#[pymethods]
impl NativeStore {
    /// Opens a store and signs a user in.
    #[staticmethod]
    #[pyo3(signature = (path, user, position, read_only, clock, seed))]
    fn open(
        py: Python<'_>,
        path: PathBuf,
        user: String,
        position: Option<String>,
        read_only: bool,
        clock: Option<DateTime<Utc>>,
        seed: Option<u64>,
    ) -> PyResult<Self> {
        let clock = clock.map(|at| Arc::new(FixedClock::new(at)));
        let mut options = CrmOptions::new(path);
        options.read_only = read_only;
        let options = repeatable(options, clock.as_ref(), seed);
        let session = call::long(py, "open", None, move |_| {
            Crm::open_with(options)?.session(&user, position.as_deref())
        })?;
        Ok(Self::new(session, clock))
    }

    /// Makes a store with its first unit and administrator, and signs the administrator in.
    #[staticmethod]
    #[pyo3(signature = (path, login, user_name, unit_code, unit_name, country, clock, seed))]
    #[allow(clippy::too_many_arguments, reason = "called by name, from one place, in Python")]
    fn create(
        py: Python<'_>,
        path: PathBuf,
        login: String,
        user_name: String,
        unit_code: String,
        unit_name: String,
        country: Option<String>,
        clock: Option<DateTime<Utc>>,
        seed: Option<u64>,
    ) -> PyResult<Self> {
        let clock = clock.map(|at| Arc::new(FixedClock::new(at)));
        let options = repeatable(CrmOptions::new(path).create(), clock.as_ref(), seed);
        let session = call::long(py, "create", None, move |_| {
            let country: Result<_, clientela::model::ValueError> =
                country.map(|code| code.parse()).transpose();
            let country = country.map_err(|error| error.at("country"))?;
            let crm = Crm::open_with(options)?;
            let founding = Founding { unit_code, unit_name, country, login: login.clone(), user_name };
            crm.found(&founding)?;
            crm.session(&login, None)
        })?;
        Ok(Self::new(session, clock))
    }

    /// Makes a drawn network at this path and signs a user in. On failure the caller removes what was made.
    #[staticmethod]
    #[pyo3(signature = (path, customers, dealers, seed, today, user, progress))]
    #[allow(clippy::too_many_arguments, reason = "called from one place, in Python")]
    fn demo(
        py: Python<'_>,
        path: PathBuf,
        customers: usize,
        dealers: usize,
        seed: u64,
        today: Option<NaiveDate>,
        user: String,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let morning = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(8);
        let clock = today.map(|day| Arc::new(FixedClock::new(morning(day))));
        let today = today.unwrap_or_else(|| SystemClock.now().date_naive());
        let options = repeatable(CrmOptions::new(&path), clock.as_ref(), None);
        let session = call::long(py, "demo", progress, move |watch| {
            let network = Network { customers, dealers, seed, ..Network::new(today) };
            network.create_watched(&path, watch, &mut |_| {}).map_err(BindingError::demo)?;
            Crm::open_with(options)?.session(&user, None)
        })?;
        Ok(Self::new(session, clock))
    }

    /// The same store seen by another user or in another position.
    #[pyo3(signature = (user, position))]
    fn sign_in(&self, py: Python<'_>, user: String, position: Option<String>) -> PyResult<Self> {
        let session =
            self.work(py, "sign_in", move |session| session.crm().session(&user, position.as_deref()))?;
        Ok(Self::new(session, self.clock.clone()))
    }

    /// Sets the clock given when the store was opened; without one the system's is used and cannot be set.
    fn set_clock(&self, at: DateTime<Utc>) -> PyResult<bool> {
        self.session()?;
        Ok(self.clock.as_ref().map(|clock| clock.set(at)).is_some())
    }

    /// The moment, from the clock the store was opened with.
    fn now(&self) -> PyResult<DateTime<Utc>> {
        Ok(self.session()?.now())
    }

    /// Does what a command asks, for the reason beside it, and gives the receipt as JSON.
    #[pyo3(signature = (command, id, reason))]
    fn execute(
        &self,
        py: Python<'_>,
        command: &Bound<'_, PyAny>,
        id: Option<String>,
        reason: Option<String>,
    ) -> PyResult<String> {
        let json = mapping_to_json(command)?.to_string();
        self.work(py, "execute", move |session| {
            let mut request = Request::from_json(&json)?;
            request.reason = request.reason.or(reason);
            let receipt = match id {
                Some(id) => session.execute(parse_uuid(&id)?, &request)?,
                None => session.run(&request)?,
            };
            to_json(&receipt)
        })
    }

    /// Answers a question, as JSON.
    #[pyo3(signature = (question, progress))]
    fn ask(
        &self,
        py: Python<'_>,
        question: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let json = mapping_to_json(question)?.to_string();
        self.told(py, "ask", progress, move |session| {
            Ok(session.answer(&clientela::Question::from_json(&json)?)?.to_string())
        })
    }

    /// The lines of stored offers that a changed price list would change, as a table.
    fn what_if(&self, py: Python<'_>, question: &Bound<'_, PyAny>) -> PyResult<NativeTable> {
        let json = mapping_to_json(question)?.to_string();
        let table =
            self.work(py, "what if", move |session| match clientela::Question::from_json(&json)? {
                clientela::Question::OfferWhatIf(about) => session.what_if_table(&about),
                _ => {
                    Err(clientela::CrmError::Internal { what: "the question is what if a list changed" }
                        .into())
                }
            })?;
        Ok(NativeTable::new(Arc::clone(table.schema()), table.batches().to_vec()))
    }

    /// The receipt of a command that took effect, as JSON.
    fn receipt(&self, py: Python<'_>, id: String) -> PyResult<String> {
        self.work(py, "receipt", move |session| to_json(&session.receipt(parse_uuid(&id)?)?))
    }

    /// An entity as a table of what may be seen.
    #[pyo3(signature = (entity, columns, filter, as_of, limit, progress))]
    #[allow(clippy::too_many_arguments, reason = "called from one place, in Python")]
    fn table(
        &self,
        py: Python<'_>,
        entity: String,
        columns: Vec<String>,
        filter: Option<String>,
        as_of: Option<DateTime<Utc>>,
        limit: Option<usize>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<NativeTable> {
        let query = TableQuery { columns, filter, as_of, limit, ..TableQuery::new(entity) };
        let table = self.told(py, "table", progress, move |session| session.table(&query))?;
        Ok(NativeTable::new(Arc::clone(table.schema()), table.batches().to_vec()))
    }

    /// A record by entity and key: entity, version, names and values.
    fn record<'py>(&self, py: Python<'py>, entity: String, key: String) -> PyResult<RecordParts<'py>> {
        self.work(py, "record", move |session| records::record(session, &entity, &key))?.parts(py)
    }

    /// A customer with contacts and fleet.
    fn customer<'py>(
        &self,
        py: Python<'py>,
        key: String,
    ) -> PyResult<(RecordParts<'py>, Vec<RecordParts<'py>>, Vec<RecordParts<'py>>)> {
        let read = self.work(py, "customer", move |session| session.customer(&key))?;
        let contacts = read.contacts.iter().map(|contact| Read::of(contact, 0).parts(py));
        let fleet = read.fleet.iter().map(|vehicle| Read::of(vehicle, 0).parts(py));
        Ok((
            Read::of(&read.customer, read.version).parts(py)?,
            contacts.collect::<PyResult<_>>()?,
            fleet.collect::<PyResult<_>>()?,
        ))
    }

    /// An offer with its current version: offer, version's content, items, price steps.
    #[allow(clippy::type_complexity, reason = "unpacked at once, in one place, in Python")]
    fn offer<'py>(
        &self,
        py: Python<'py>,
        key: String,
    ) -> PyResult<(RecordParts<'py>, RecordParts<'py>, Vec<RecordParts<'py>>, Vec<RecordParts<'py>>)> {
        let read = self.work(py, "offer", move |session| session.offer(&key))?;
        let items = read.items.iter().map(|item| Read::of(item, 0).parts(py));
        let steps = read.steps.iter().map(|step| Read::of(step, 0).parts(py));
        Ok((
            Read::of(&read.offer, read.version).parts(py)?,
            Read::of(&read.revision, 0).parts(py)?,
            items.collect::<PyResult<_>>()?,
            steps.collect::<PyResult<_>>()?,
        ))
    }

    /// Customers that fit a search given as a mapping.
    fn find_customers<'py>(
        &self,
        py: Python<'py>,
        search: &Bound<'py, PyAny>,
        limit: usize,
    ) -> PyResult<Vec<RecordParts<'py>>> {
        let json = mapping_to_json(search)?;
        let found = self.work(py, "find_customers", move |session| {
            let search = serde_json::from_value(json)
                .map_err(|error| clientela::CrmError::Command { field: None, problem: error.to_string() })?;
            session.find_customers(&search, limit)
        })?;
        found.iter().map(|stored| Read::of(&stored.record, stored.version).parts(py)).collect()
    }

    /// Who changed what of a record, when and why.
    fn history<'py>(&self, py: Python<'py>, entity: String, id: String) -> PyResult<Vec<HistoryLine<'py>>> {
        let entries = self.work(py, "history", move |session| session.history(&entity, parse_uuid(&id)?))?;
        let lines = entries.into_iter().map(|entry| {
            let changes = entry.changes.iter().map(|change| {
                let (before, after) =
                    (value_to_python(py, &change.before)?, value_to_python(py, &change.after)?);
                Ok((change.column.name, before, after))
            });
            let changes = changes.collect::<PyResult<_>>()?;
            let (actor, position) = (entry.actor.to_string(), entry.position.map(|id| id.to_string()));
            Ok((
                entry.time,
                actor,
                position,
                entry.command.to_string(),
                entry.kind,
                entry.reason,
                entry.created,
                changes,
            ))
        });
        lines.collect()
    }

    /// Whether the acting position may do this with a record, and why as JSON.
    fn can(&self, py: Python<'_>, verb: String, entity: String, id: String) -> PyResult<(bool, String)> {
        use clientela::model::ClosedList;
        self.work(py, "can", move |session| {
            let verb = Verb::parse(&verb).map_err(|error| error.at("verb"))?;
            let verdict = session.can(verb, &entity, parse_uuid(&id)?)?;
            Ok((verdict.allowed, why_json(&verdict.why)))
        })
    }

    /// Whom a campaign would reach now.
    #[pyo3(signature = (campaign, progress))]
    fn target(
        &self,
        py: Python<'_>,
        campaign: String,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<NativeTarget> {
        let plan = self.told(py, "target", progress, move |session| session.target(&campaign))?;
        Ok(NativeTarget::new(plan))
    }

    /// The opportunities over time as columns, one for each currency; rolled up the tree of units, or of positions.
    fn pipeline(&self, py: Python<'_>, by_unit: bool) -> PyResult<Vec<NativePipeline>> {
        let by = if by_unit { By::Unit } else { By::Position };
        let columns = self.work(py, "pipeline", move |session| session.pipeline_columns(by))?;
        Ok(columns.into_iter().map(NativePipeline::new).collect())
    }

    /// Open opportunities by stage, of one sales method or all.
    #[pyo3(signature = (method))]
    fn funnel<'py>(&self, py: Python<'py>, method: Option<String>) -> PyResult<Vec<FunnelLine<'py>>> {
        let stages = self.work(py, "funnel", move |session| session.funnel(method.as_deref()))?;
        let lines = stages.into_iter().map(|line| {
            use clientela::model::Value;
            let amounts = line.amounts.iter().map(|sum| value_to_python(py, &Value::Money(*sum)));
            let amounts = amounts.collect::<PyResult<_>>()?;
            let (method, stage) = ((line.method, line.method_name), (line.stage, line.stage_name));
            Ok((method, stage, line.sequence, line.probability, line.count, amounts))
        });
        lines.collect()
    }

    /// Why one customer is on a campaign's list or not, as JSON.
    fn explain_target(&self, py: Python<'_>, campaign: String, customer: String) -> PyResult<String> {
        self.work(py, "explain_target", move |session| {
            session.explain_target(&campaign, &customer).map(|why| why_json(&why))
        })
    }

    /// What the version of a rule set that holds on a day says of a record.
    #[pyo3(signature = (name, about, key, on, passed_over))]
    fn evaluate_rule_set<'py>(
        &self,
        py: Python<'py>,
        name: String,
        about: String,
        key: String,
        on: Option<NaiveDate>,
        passed_over: bool,
    ) -> PyResult<AnswerParts<'py>> {
        let question = Question { name, about, key, on, passed_over };
        let answer = self.work(py, "evaluate", move |session| question.ask(session))?;
        rule_sets::parts(py, &answer)
    }

    /// Reads a source and says what would come of it, with options as a mapping.
    #[pyo3(signature = (source, options, progress))]
    fn plan_import(
        &self,
        py: Python<'_>,
        source: &NativeSource,
        options: &Bound<'_, PyAny>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<NativeImport> {
        let (json, source) = (mapping_to_json(options)?, source.source());
        let plan = self.told(py, "plan_import", progress, move |session| {
            session.plan_import(source, import::options(json)?)
        })?;
        Ok(NativeImport::new(plan))
    }

    /// Takes an import back, a chunk of rows at a time: how many records were taken back, how many stayed, how many chunks are left.
    #[pyo3(signature = (run, reason, progress))]
    fn revert_import(
        &self,
        py: Python<'_>,
        run: String,
        reason: Option<String>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(u64, u64, u64)> {
        let session = self.session()?.clone();
        let report = call::long(py, "revert_import", progress, move |watch| {
            session.revert_import(&run, reason.as_deref(), &mut |so_far| {
                watch.tell("records", so_far.taken_back + so_far.kept, 0);
                if watch.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        })?;
        Ok((report.taken_back, report.kept, report.chunks_left))
    }

    /// The message that takes a customer to the quoting tool.
    #[pyo3(signature = (customer, session_id, workstation))]
    fn quoting_customer<'py>(
        &self,
        py: Python<'py>,
        customer: String,
        session_id: Option<String>,
        workstation: Option<String>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let tool = QuotingSession { session_id, workstation };
        let bytes = self.work(py, "quoting", move |session| session.quoting_customer(&customer, &tool))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The message that makes an affair of the quoting tool from an opportunity.
    #[pyo3(signature = (opportunity, session_id, workstation))]
    fn quoting_affair<'py>(
        &self,
        py: Python<'py>,
        opportunity: String,
        session_id: Option<String>,
        workstation: Option<String>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let tool = QuotingSession { session_id, workstation };
        let bytes = self.work(py, "quoting", move |session| session.quoting_affair(&opportunity, &tool))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Takes a message of the quoting tool and gives the answer; empty when none is due.
    #[pyo3(signature = (message, file))]
    fn quoting_receive<'py>(
        &self,
        py: Python<'py>,
        message: Vec<u8>,
        file: Option<Vec<u8>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let answer =
            self.work(py, "quoting", move |session| session.quoting_receive(&message, file.as_deref()))?;
        Ok(PyBytes::new(py, &answer))
    }

    /// A file of an opportunity by its SHA-256.
    fn file<'py>(&self, py: Python<'py>, digest: String) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.work(py, "file", move |session| session.file(&digest))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Copies the store, whole and consistent.
    #[pyo3(signature = (to, progress))]
    fn backup(&self, py: Python<'_>, to: PathBuf, progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        self.told(py, "backup", progress, move |session| session.crm().backup(to))
    }

    /// Checks file and journal: commits and records looked at, and what was found as code and sentence.
    #[pyo3(signature = (progress))]
    fn check(&self, py: Python<'_>, progress: Option<&Bound<'_, PyAny>>) -> PyResult<CheckReport> {
        let report = self.told(py, "check", progress, |session| session.crm().check())?;
        Ok(found(report))
    }

    /// What the journal is now, as a text to be kept elsewhere.
    fn anchor(&self, py: Python<'_>) -> PyResult<String> {
        self.work(py, "anchor", |session| Ok(session.crm().anchor()?.to_string()))
    }

    /// Checks the journal against an anchor.
    fn check_since(&self, py: Python<'_>, anchor: String) -> PyResult<CheckReport> {
        let report = self.work(py, "check", move |session| session.crm().check_since(&anchor.parse()?))?;
        Ok(found(report))
    }

    /// What store this is.
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let session = self.session()?;
        let info = session.crm().info().map_err(of_facade)?;
        let facts = PyDict::new(py);
        facts.set_item("path", info.path)?;
        facts.set_item("user", session.login())?;
        facts.set_item("origin", info.origin.to_string())?;
        facts.set_item("version", info.version)?;
        facts.set_item("schema_version", info.schema_version)?;
        facts.set_item("sqlite_version", info.sqlite_version)?;
        facts.set_item("size", info.size)?;
        facts.set_item("read_only", info.read_only)?;
        Ok(facts.into_any())
    }

    /// Stops what is running on this store, in any thread.
    fn interrupt(&self) -> PyResult<()> {
        self.session()?.crm().interrupt();
        Ok(())
    }

    /// Closes the store for everybody who shares it; a second time does nothing.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        if !self.session.is_here() || self.closed.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let crm = self.session.get()?.crm().clone();
        call::long(py, "close", None, move |_| crm.close())
    }

    /// Whether it is closed.
    #[getter]
    fn closed(&self) -> bool {
        // Closed by this handle, or by another on the same store.
        self.closed.load(Ordering::Acquire)
            || self.session.get().is_ok_and(|session| session.crm().is_closed())
    }

    /// Whether the process that opened it is this one.
    #[getter]
    fn of_this_process(&self) -> bool {
        self.session.is_here()
    }
}

impl NativeStore {
    fn new(session: Session, clock: Option<Arc<FixedClock>>) -> Self {
        Self { session: Home::new(session), clock, closed: AtomicBool::new(false) }
    }
}

/// The options with the clock and the random bits the caller gave.
fn repeatable(options: CrmOptions, clock: Option<&Arc<FixedClock>>, seed: Option<u64>) -> CrmOptions {
    let options = match clock {
        Some(clock) => options.clock(Arc::clone(clock) as Arc<dyn clientela::Clock>),
        None => options,
    };
    match seed {
        Some(seed) => options.random(Arc::new(SeededRandom::new(seed))),
        None => options,
    }
}

fn found(report: clientela::Report) -> CheckReport {
    let findings = report.findings.into_iter().map(|finding| (finding.code.to_owned(), finding.message));
    (report.commits, report.records, findings.collect())
}

fn to_json(receipt: &clientela::Receipt) -> clientela::Result<String> {
    serde_json::to_string(receipt)
        .map_err(|_| clientela::CrmError::Internal { what: "receipts are JSON" }.into())
}
