//! Derives of `clientela-model`: `Record` for records, `ClosedList` for closed lists of words.
//!
//! See `clientela_model::Record` for what is made of them.
#![forbid(unsafe_code)]

mod closed_list;
mod record;

use proc_macro::TokenStream;

/// Makes a struct with named fields a record.
///
/// On the struct: `#[record(number = 7, name = "party", access = public | owned | through(column) | via(entity.column),
/// part_of(entity, column), view(base, join, on), key = column)]`.
///
/// On each field: `#[field(number = 1, label = "…", personal, confidential, merge = last_writer | fact | central, group = "…",
/// indexed, listed, from = "…")]`. The first field is the id. The doc comment becomes the column's description.
#[proc_macro_derive(Record, attributes(record, field))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    record::derive(syn::parse_macro_input!(input as syn::DeriveInput))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes a fieldless enum a closed list; its words are the variants in snake case (or `#[word("…")]`).
///
/// Also implements `Field`, `Display`, `FromStr`, `Serialize` and `Deserialize`, all through the words.
#[proc_macro_derive(ClosedList, attributes(word))]
pub fn derive_closed_list(input: TokenStream) -> TokenStream {
    closed_list::derive(syn::parse_macro_input!(input as syn::DeriveInput))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// The text of the doc comments of an item, one line.
fn doc_text(attributes: &[syn::Attribute]) -> String {
    let lines =
        attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(|attribute| {
            match &attribute.meta {
                syn::Meta::NameValue(syn::MetaNameValue {
                    value: syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }),
                    ..
                }) => Some(text.value().trim().to_owned()),
                _ => None,
            }
        });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
