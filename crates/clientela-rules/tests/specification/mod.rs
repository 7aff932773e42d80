//! The cases of the CEL specification, read from the files it is published in.

use crate::textproto::{self, Message, Proto};
use chrono::{DateTime, TimeDelta};
use clientela_rules::{Datum, Environment, Facts, Map, Signature, Type};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// What should come out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expected {
    Value(Datum),
    Error,
    /// The case asks the checker alone.
    Nothing,
}

/// One case.
#[derive(Debug)]
pub(crate) struct Case {
    /// `file/section/name`
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) environment: Environment,
    pub(crate) bindings: Vec<(String, Datum)>,
    pub(crate) expected: Expected,
    /// The type the checker should find.
    pub(crate) deduced: Option<Type>,
    /// Take the expression as it parses.
    pub(crate) unchecked: bool,
}

impl Facts for Case {
    fn variable(&self, name: &str) -> Option<Datum> {
        self.bindings.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

/// A file of cases.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) tier: u64,
    pub(crate) cases: Vec<Case>,
    /// Id and reason.
    pub(crate) skipped: Vec<(String, String)>,
}

/// The files that `applicable.json` lists, with the cases it does not skip.
pub(crate) fn files(folder: &Path) -> Vec<File> {
    let listed = std::fs::read_to_string(folder.join("applicable.json")).unwrap();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let reason = listed["skip_reason"].as_str().unwrap().to_owned();
    let files = listed["files"].as_object().unwrap();
    files.iter().map(|(name, file)| read(folder, name, file, &reason)).collect()
}

fn read(folder: &Path, name: &str, listed: &Value, reason: &str) -> File {
    let text = std::fs::read_to_string(folder.join(format!("{name}.textproto"))).unwrap();
    let document = textproto::parse(&text);
    let tier = listed["tier"].as_u64().unwrap();
    let mut file = File { name: name.to_owned(), tier, cases: Vec::new(), skipped: Vec::new() };
    for section in document.all("section") {
        let section_name = section.text("name");
        let listed = &listed["sections"][&section_name];
        let skip = listed["skip"].as_array().map(Vec::as_slice).unwrap_or_default();
        for test in section.all("test") {
            let test_name = test.text("name");
            let id = format!("{name}/{section_name}/{test_name}");
            if listed["applicable"] == 0 || skip.iter().any(|skipped| *skipped == test_name) {
                file.skipped.push((id, reason.to_owned()));
            } else {
                file.cases.push(case(id, test));
            }
        }
    }
    assert_eq!(file.cases.len() as u64, listed["applicable"].as_u64().unwrap(), "{name}: cases that apply");
    file
}

fn case(id: String, test: &Message) -> Case {
    let mut environment = Environment::new().returning_anything().container(test.text("container"));
    for declared in test.all("type_env") {
        let name = declared.text("name");
        if let Some(ident) = declared.all("ident").next() {
            environment = environment.variable(name, ty(ident.all("type").next().unwrap()));
        } else {
            let overloads = declared.all("function").flat_map(|function| function.all("overloads"));
            environment = environment.function(name, overloads.map(signature).collect());
        }
    }
    let bindings = test.all("bindings").map(|bound| {
        let value = bound.all("value").next().unwrap().all("value").next().unwrap();
        (bound.text("key"), datum(value))
    });
    let typed = test.all("typed_result").next();
    let value = test.all("value").next().or_else(|| typed.and_then(|typed| typed.all("result").next()));
    let error = test.first("eval_error").is_some() || test.first("any_eval_errors").is_some();
    let expected = match value {
        Some(value) => Expected::Value(datum(value)),
        None if error => Expected::Error,
        None if typed.is_some() => Expected::Nothing,
        None => Expected::Value(Datum::Bool(true)),
    };
    assert!(!test.yes("disable_macros"), "{id}: no file kept here asks for this");
    Case {
        id,
        source: test.text("expr"),
        environment,
        bindings: bindings.collect(),
        expected: if test.yes("check_only") { Expected::Nothing } else { expected },
        deduced: typed.and_then(|typed| typed.all("deduced_type").next()).map(ty),
        unchecked: test.yes("disable_check"),
    }
}

fn signature(overload: &Message) -> Signature {
    let parameters: Vec<Type> = overload.all("params").map(ty).collect();
    let result = ty(overload.all("result_type").next().unwrap());
    if overload.yes("is_instance_function") {
        Signature::member(parameters, result)
    } else {
        Signature::plain(parameters, result)
    }
}

/// A type of `cel.expr.Type`.
fn ty(message: &Message) -> Type {
    let (field, value) = message.0.first().unwrap();
    let inner = |name: &str| match value {
        Proto::Message(parts) => ty(parts.all(name).next().unwrap()),
        other => panic!("{field} of {other:?}"),
    };
    match (field.as_str(), value) {
        ("primitive", Proto::Word(word)) => primitive(word),
        ("wrapper", Proto::Word(word)) => primitive(word).or_null(),
        ("well_known", Proto::Word(word)) if word == "TIMESTAMP" => Type::Timestamp,
        ("well_known", Proto::Word(word)) if word == "DURATION" => Type::Duration,
        ("well_known", _) | ("dyn", _) => Type::Dyn,
        ("null", _) => Type::Null,
        ("list_type", _) => inner("elem_type").list(),
        ("map_type", _) => inner("key_type").map_to(inner("value_type")),
        ("type", Proto::Message(parts)) if parts.0.is_empty() => Type::Type(Box::new(Type::Dyn)),
        ("type", Proto::Message(parts)) => Type::Type(Box::new(ty(parts))),
        ("type_param", Proto::Text(name)) => Type::Parameter(text(name).into()),
        ("message_type", Proto::Text(name)) => match text(name).as_str() {
            "google.protobuf.Timestamp" => Type::Timestamp,
            "google.protobuf.Duration" => Type::Duration,
            other => panic!("no message {other} in cases that apply"),
        },
        ("abstract_type", Proto::Message(parts)) => {
            let parameters: Vec<Type> = parts.all("parameter_types").map(ty).collect();
            match (parts.text("name").as_str(), parameters.as_slice()) {
                ("optional_type", [only]) => only.clone().optional(),
                (name, _) => Type::Abstract(name.to_owned().into(), parameters),
            }
        }
        (other, _) => panic!("no type {other}"),
    }
}

fn primitive(word: &str) -> Type {
    match word {
        "BOOL" => Type::Bool,
        "INT64" => Type::Int,
        "UINT64" => Type::Uint,
        "DOUBLE" => Type::Double,
        "STRING" => Type::Text,
        "BYTES" => Type::Bytes,
        other => panic!("no primitive {other}"),
    }
}

/// A value of `cel.expr.Value`.
fn datum(message: &Message) -> Datum {
    let (field, value) = message.0.first().unwrap();
    match (field.as_str(), value) {
        ("null_value", _) => Datum::Null,
        ("bool_value", Proto::Word(word)) => Datum::Bool(word == "true"),
        ("int64_value", Proto::Word(word)) => Datum::Int(word.parse().unwrap()),
        ("uint64_value", Proto::Word(word)) => Datum::Uint(word.parse().unwrap()),
        ("double_value", Proto::Word(word)) => Datum::Double(word.parse().unwrap()),
        ("string_value", Proto::Text(bytes)) => text(bytes).into(),
        ("bytes_value", Proto::Text(bytes)) => bytes.as_slice().into(),
        ("type_value", Proto::Text(bytes)) => Datum::Type(text(bytes).into()),
        ("list_value", Proto::Message(list)) => list.all("values").map(datum).collect::<Vec<Datum>>().into(),
        ("map_value", Proto::Message(map)) => {
            let part = |entry: &Message, name: &str| datum(entry.all(name).next().unwrap());
            let entries = map.all("entries").map(|entry| (part(entry, "key"), part(entry, "value")));
            Datum::Map(Arc::new(Map::of(entries).unwrap()))
        }
        ("object_value", Proto::Message(object)) => {
            let (name, Proto::Message(fields)) = object.0.first().unwrap() else {
                panic!("an object is a message")
            };
            let number = |field: &str| match fields.first(field) {
                Some(Proto::Word(word)) => word.parse().unwrap(),
                _ => 0_i64,
            };
            let (seconds, nanos) = (number("seconds"), u32::try_from(number("nanos")).unwrap());
            if name.ends_with("google.protobuf.Duration]") {
                TimeDelta::new(seconds, nanos).unwrap().into()
            } else {
                assert!(name.ends_with("google.protobuf.Timestamp]"), "{name}");
                DateTime::from_timestamp(seconds, nanos).unwrap().into()
            }
        }
        (other, _) => panic!("no value {other}"),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Whether a value is exactly the one expected; what is not a number is itself here.
pub(crate) fn equal(one: &Datum, two: &Datum) -> bool {
    match (one, two) {
        (Datum::Double(one), Datum::Double(two)) if one.is_nan() && two.is_nan() => true,
        (Datum::List(one), Datum::List(two)) => {
            one.len() == two.len() && one.iter().zip(two.iter()).all(|(one, two)| equal(one, two))
        }
        (one, two) => one == two,
    }
}
