//! Values of Python and values of ours: exact both ways, refused where they cannot be.

use crate::cell::{Cell, decimal_text};
use crate::error::BindingError;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use clientela::model::Value;
use clientela::rules::Datum;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyBytes, PyDate, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple,
    PyType, PyTzInfoAccess,
};
use serde_json::Value as Json;

/// How deep a command may be nested; deeper is a mistake, not a command.
const DEPTH_MAX: usize = 32;

static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static UUID: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static MONEY: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// `decimal.Decimal`.
pub(crate) fn decimal_type<'py>(py: Python<'py>) -> PyResult<&'py Bound<'py, PyType>> {
    DECIMAL.import(py, "decimal", "Decimal")
}

/// `uuid.UUID`.
pub(crate) fn uuid_type<'py>(py: Python<'py>) -> PyResult<&'py Bound<'py, PyType>> {
    UUID.import(py, "uuid", "UUID")
}

/// `clientela.Money`.
pub(crate) fn money_type<'py>(py: Python<'py>) -> PyResult<&'py Bound<'py, PyType>> {
    MONEY.import(py, "clientela.money", "Money")
}

/// A cell as Python has it: `Decimal`, `date`, `datetime` with zone.
pub(crate) fn cell_to_python<'py>(py: Python<'py>, cell: &Cell<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match cell {
        Cell::Null => py.None().into_bound(py),
        Cell::Bool(yes) => PyBool::new(py, *yes).to_owned().into_any(),
        Cell::Integer(number) => number.into_pyobject(py)?.into_any(),
        Cell::Float(number) => PyFloat::new(py, *number).into_any(),
        Cell::Decimal { digits, scale } => decimal_type(py)?.call1((decimal_text(*digits, *scale),))?,
        Cell::Date(day) => day.into_pyobject(py)?.into_any(),
        Cell::Instant(at) => at.into_pyobject(py)?.into_any(),
        Cell::Local(at) => at.into_pyobject(py)?.into_any(),
        Cell::Text(text) => PyString::new(py, text).into_any(),
        Cell::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
    })
}

/// A column's value as Python has it: `Decimal`, `Money`, `date`, `datetime` with zone, `UUID`.
pub(crate) fn value_to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(yes) => PyBool::new(py, *yes).to_owned().into_any(),
        Value::Integer(number) => number.into_pyobject(py)?.into_any(),
        Value::Decimal(number) => decimal_type(py)?.call1((number.to_string(),))?,
        Value::Money(money) => {
            money_type(py)?.call1((money.amount().to_string(), money.currency().code()))?
        }
        Value::Date(day) => day.into_pyobject(py)?.into_any(),
        Value::Instant(at) => at.into_pyobject(py)?.into_any(),
        Value::Text(text) => PyString::new(py, text).into_any(),
        Value::Id(id) => uuid_type(py)?.call1((id.hyphenated().to_string(),))?,
        Value::Blob(bytes) => PyBytes::new(py, bytes).into_any(),
    })
}

/// What a rule gives, as Python has it; periods and records as the texts reasons show.
pub(crate) fn datum_to_python<'py>(py: Python<'py>, datum: &Datum) -> PyResult<Bound<'py, PyAny>> {
    Ok(match datum {
        Datum::Null | Datum::Optional(None) => py.None().into_bound(py),
        Datum::Bool(yes) => PyBool::new(py, *yes).to_owned().into_any(),
        Datum::Int(number) => number.into_pyobject(py)?.into_any(),
        Datum::Uint(number) => number.into_pyobject(py)?.into_any(),
        Datum::Double(number) => PyFloat::new(py, *number).into_any(),
        Datum::Decimal(number) => decimal_type(py)?.call1((number.to_string(),))?,
        Datum::Text(text) => PyString::new(py, text).into_any(),
        Datum::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
        Datum::Date(day) => day.into_pyobject(py)?.into_any(),
        Datum::Timestamp(at) => at.into_pyobject(py)?.into_any(),
        Datum::Duration(duration) => duration.into_pyobject(py)?.into_any(),
        Datum::Id(id) => uuid_type(py)?.call1((id.hyphenated().to_string(),))?,
        Datum::Optional(Some(inner)) => datum_to_python(py, inner)?,
        Datum::List(parts) => {
            let parts = parts.iter().map(|part| datum_to_python(py, part));
            PyTuple::new(py, parts.collect::<PyResult<Vec<_>>>()?)?.into_any()
        }
        other => PyString::new(py, &other.to_string()).into_any(),
    })
}

/// A mapping of Python values as JSON text, for commands: decimals, amounts, days, moments and ids written exactly.
///
/// Texts, `None`, `bool`, `int`, mappings, lists and tuples stand for themselves; words of closed lists may be given as
/// members of a `str` enum.
///
/// # Errors
/// `argument.float` for any float, `argument.naive_datetime`, `argument.type`, `argument.range`, with the path.
pub(crate) fn mapping_to_json(value: &Bound<'_, PyAny>) -> PyResult<Json> {
    to_json(value, "", 0)
}

fn to_json(value: &Bound<'_, PyAny>, path: &str, depth: usize) -> PyResult<Json> {
    let py = value.py();
    let here = || if path.is_empty() { "the value".to_owned() } else { path.to_owned() };
    if depth > DEPTH_MAX {
        let expected = "at most 32 levels of mappings and lists";
        return Err(BindingError::Range { field: here(), problem: "is nested too deeply", expected }.into());
    }
    if value.is_none() {
        return Ok(Json::Null);
    }
    if let Ok(yes) = value.cast::<PyBool>() {
        return Ok(Json::Bool(yes.is_true()));
    }
    if let Ok(text) = value.cast::<PyString>() {
        let text = text.to_str().map_err(|_| BindingError::Range {
            field: here(),
            problem: "has characters that are not text",
            expected: "text that can be written in UTF-8",
        })?;
        return Ok(Json::String(text.to_owned()));
    }
    if value.is_instance_of::<PyFloat>() {
        return Err(BindingError::Float { field: here() }.into());
    }
    if value.is_instance_of::<PyInt>() {
        let number: i64 = value.extract().map_err(|_| BindingError::Range {
            field: here(),
            problem: "is larger than 64 bits",
            expected: "a whole number of 64 bits",
        })?;
        return Ok(Json::from(number));
    }
    if value.is_instance(decimal_type(py)?)? {
        return exact_decimal(value, &here()).map(Json::String);
    }
    if let Some(at) = instant(value, &here())? {
        return Ok(Json::String(at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()));
    }
    if value.is_instance_of::<PyDate>() {
        let day: NaiveDate = value.extract()?;
        return Ok(Json::String(day.format("%Y-%m-%d").to_string()));
    }
    if value.is_instance(uuid_type(py)?)? {
        return Ok(Json::String(value.str()?.to_string()));
    }
    if value.is_instance(money_type(py)?)? {
        let amount = exact_decimal(&value.getattr("amount")?, &here())?;
        let currency: String = value.getattr("currency")?.extract()?;
        return Ok(serde_json::json!({ "amount": amount, "currency": currency }));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value
            .try_iter()?
            .enumerate()
            .map(|(index, item)| to_json(&item?, &format!("{path}[{index}]"), depth + 1));
        return items.collect::<PyResult<Vec<_>>>().map(Json::Array);
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        let mut object = serde_json::Map::new();
        for pair in mapping.items()?.iter() {
            let (key, inner): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
            let name = key
                .cast::<PyString>()
                .map_err(|_| BindingError::wrong_type("a key of a mapping", &key, "text"))?
                .to_string();
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            object.insert(name, to_json(&inner, &below, depth + 1)?);
        }
        return Ok(Json::Object(object));
    }
    let expected = "text, a number without rounding (int or Decimal), Money, a date, a datetime with zone, a UUID, or lists and mappings of these";
    Err(BindingError::wrong_type(&here(), value, expected).into())
}

/// A finite decimal as plain digits; `1E+3` becomes `1000`.
pub(crate) fn exact_decimal(value: &Bound<'_, PyAny>, field: &str) -> PyResult<String> {
    if !value.call_method0("is_finite")?.extract::<bool>()? {
        let (problem, expected) = ("is not a number", "a finite decimal");
        return Err(BindingError::Range { field: field.to_owned(), problem, expected }.into());
    }
    // A small text can stand for very many digits: the exponent is looked at before they are written out.
    let exponent: i64 = value.call_method0("adjusted")?.extract()?;
    if exponent.abs() > 64 {
        let (problem, expected) = ("has too many digits", "at most 28 digits");
        return Err(BindingError::Range { field: field.to_owned(), problem, expected }.into());
    }
    value.call_method1("__format__", ("f",))?.extract()
}

/// The moment of a `datetime`, nothing for another type.
///
/// # Errors
/// `argument.naive_datetime` when it has no zone.
pub(crate) fn instant(value: &Bound<'_, PyAny>, field: &str) -> PyResult<Option<DateTime<Utc>>> {
    let Ok(at) = value.cast::<PyDateTime>() else { return Ok(None) };
    if at.get_tzinfo().is_none() {
        return Err(BindingError::Naive { field: field.to_owned() }.into());
    }
    // Zones of zoneinfo are asked in Python, which knows their rules.
    let utc = value.call_method1("astimezone", (pyo3::types::PyTzInfo::utc(value.py())?,))?;
    let no_zone = PyDict::new(value.py());
    no_zone.set_item("tzinfo", value.py().None())?;
    let plain: NaiveDateTime = utc.call_method("replace", (), Some(&no_zone))?.extract()?;
    Ok(Some(plain.and_utc()))
}
