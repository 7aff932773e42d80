//! All SQL of the store: made from declarations and conditions, never from values.
//!
//! | file | what |
//! | --- | --- |
//! | `dialect` | what differs between engines |
//! | `cell` | values of the model as values of SQL, and back |
//! | `table` | tables, views, indexes and statements of one entity |
//! | `own` | the store's own tables: journal, commands, files |
//! | `condition` | a [`Predicate`](clientela_model::Predicate) as a `WHERE` clause |
//! | `decimal` | exact comparison and order of coefficient and scale |
//! | `query` | a whole `SELECT` |
//! | `list_table` | the tables that keep lists in order |
//! | `list` | one page of a list |

pub(crate) mod cell;
pub(crate) mod condition;
pub(crate) mod decimal;
pub(crate) mod dialect;
pub(crate) mod list;
pub(crate) mod list_table;
pub(crate) mod own;
pub(crate) mod plan;
pub(crate) mod query;
pub(crate) mod table;
