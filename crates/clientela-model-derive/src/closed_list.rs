//! `#[derive(ClosedList)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, LitStr, Result};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(&input, "ClosedList is for enums"));
    };
    let mut variants = Vec::new();
    let mut words = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new_spanned(variant, "a word of a closed list has no fields"));
        }
        let given = variant.attrs.iter().find(|attribute| attribute.path().is_ident("word"));
        words.push(match given {
            Some(attribute) => attribute.parse_args::<LitStr>()?.value(),
            None => snake_case(&variant.ident.to_string()),
        });
        variants.push(&variant.ident);
    }
    let name = &input.ident;
    let title = snake_case(&name.to_string()).replace('_', " ");
    Ok(quote! {
        impl ::clientela_model::ClosedList for #name {
            const NAME: &'static str = #title;
            const WORDS: &'static [&'static str] = &[#(#words),*];
            const ALL: &'static [Self] = &[#(Self::#variants),*];
            fn word(self) -> &'static str {
                match self { #(Self::#variants => #words),* }
            }
        }
        impl ::clientela_model::Field for #name {
            const TYPE: ::clientela_model::ColumnType =
                ::clientela_model::ColumnType::Words(<#name as ::clientela_model::ClosedList>::WORDS);
            fn to_value(&self) -> ::clientela_model::Value {
                ::clientela_model::Value::Text(::std::borrow::Cow::Borrowed(::clientela_model::ClosedList::word(*self)))
            }
            fn from_value(value: ::clientela_model::Value) -> ::std::result::Result<Self, ::clientela_model::ValueError> {
                <Self as ::clientela_model::ClosedList>::parse(&value.into_text()?)
            }
        }
        impl ::std::fmt::Display for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(::clientela_model::ClosedList::word(*self))
            }
        }
        impl ::std::str::FromStr for #name {
            type Err = ::clientela_model::ValueError;
            fn from_str(word: &str) -> ::std::result::Result<Self, Self::Err> {
                <Self as ::clientela_model::ClosedList>::parse(word)
            }
        }
        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(::clientela_model::ClosedList::word(*self))
            }
        }
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let word = <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                <Self as ::clientela_model::ClosedList>::parse(&word).map_err(::serde::de::Error::custom)
            }
        }
    })
}

fn snake_case(name: &str) -> String {
    let mut word = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            word.push('_');
        }
        word.extend(letter.to_lowercase());
    }
    word
}
