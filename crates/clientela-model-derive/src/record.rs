//! `#[derive(Record)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitInt, LitStr, Result, Token};

/// What `#[record(…)]` says.
struct Declaration {
    number: LitInt,
    name: LitStr,
    access: TokenStream,
    part_of: TokenStream,
    view: TokenStream,
    key: TokenStream,
}

/// What `#[field(…)]` says.
#[derive(Default)]
struct FieldAttributes {
    number: Option<LitInt>,
    label: Option<LitStr>,
    personal: bool,
    confidential: bool,
    whole: bool,
    merge: Option<Ident>,
    group: Option<LitStr>,
    indexed: bool,
    listed: bool,
    from: Option<LitStr>,
}

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let declaration = declaration(&input)?;
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input, "Record is for structs"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(&input, "Record is for structs with named fields"));
    };
    let Some(first) = fields.named.first() else {
        return Err(Error::new_spanned(&input, "a record has an id, its first field"));
    };
    let (id_field, id_type) = (&first.ident, &first.ty);
    let name = &input.ident;
    let doc = crate::doc_text(&input.attrs);
    let mut columns = Vec::new();
    let mut numbers = Vec::new();
    let mut names = Vec::new();
    let mut texts = Vec::new();
    for field in &fields.named {
        let Some(ident) = &field.ident else { continue };
        let attributes = field_attributes(field)?;
        let number = attributes.number.clone().ok_or_else(|| {
            Error::new_spanned(field, "a field has a permanent number: #[field(number = …)]")
        })?;
        let plain = number.base10_parse::<u16>()?;
        if numbers.contains(&plain) {
            return Err(Error::new_spanned(
                &number,
                "this number is used already; numbers are never used twice",
            ));
        }
        numbers.push(plain);
        columns.push(column(field, ident, &attributes, &number));
        names.push(ident);
        texts.push(ident.to_string());
    }
    let Declaration { number, name: entity, access, part_of, view, key } = declaration;
    Ok(quote! {
        impl ::clientela_model::Record for #name {
            type Id = #id_type;
            const ENTITY: &'static ::clientela_model::Entity = &::clientela_model::Entity {
                number: #number,
                name: #entity,
                doc: #doc,
                columns: &[#(#columns),*],
                part_of: #part_of,
                access: #access,
                view: #view,
                key: #key,
            };
            fn id(&self) -> #id_type {
                self.#id_field
            }
            fn to_values(&self) -> ::std::vec::Vec<::clientela_model::Value> {
                ::std::vec![#(::clientela_model::Field::to_value(&self.#names)),*]
            }
            fn from_values(
                values: ::std::vec::Vec<::clientela_model::Value>,
            ) -> ::std::result::Result<Self, ::clientela_model::RecordError> {
                let id = values.first().cloned().unwrap_or(::clientela_model::Value::Null);
                let mut reader = ::clientela_model::ValueReader::new(values);
                let read = || -> ::std::result::Result<Self, ::clientela_model::ValueError> {
                    ::std::result::Result::Ok(Self { #(#names: reader.next(#texts)?),* })
                };
                let mut read = read;
                read().map_err(|source| ::clientela_model::RecordError {
                    entity: #entity,
                    id: id.to_plain_text(),
                    source,
                })
            }
        }
    })
}

fn column(field: &syn::Field, ident: &Ident, attributes: &FieldAttributes, number: &LitInt) -> TokenStream {
    let (ty, text, doc) = (&field.ty, ident.to_string(), crate::doc_text(&field.attrs));
    let label = attributes.label.as_ref().map_or_else(|| label(&text), LitStr::value);
    let facet = match (attributes.confidential, attributes.whole) {
        (true, _) => quote!(Confidential),
        (false, true) => quote!(Whole),
        (false, false) => quote!(Standard),
    };
    let merge = match attributes.merge.as_ref().map(ToString::to_string).as_deref() {
        Some("fact") => quote!(Fact),
        Some("central") => quote!(Central),
        _ => quote!(LastWriter),
    };
    let (personal, indexed, listed) = (attributes.personal, attributes.indexed, attributes.listed);
    let (group, from) = (option(attributes.group.as_ref()), option(attributes.from.as_ref()));
    quote! {
        ::clientela_model::Column {
            number: #number,
            name: #text,
            label: #label,
            doc: #doc,
            ty: <#ty as ::clientela_model::Field>::TYPE,
            nullable: <#ty as ::clientela_model::Field>::NULLABLE,
            personal: #personal,
            facet: ::clientela_model::Facet::#facet,
            merge: ::clientela_model::Merge::#merge,
            group: #group,
            indexed: #indexed,
            listed: #listed,
            from: #from,
        }
    }
}

fn option(text: Option<&LitStr>) -> TokenStream {
    text.map_or_else(
        || quote!(::std::option::Option::None),
        |text| quote!(::std::option::Option::Some(#text)),
    )
}

/// `first_registration` reads "First registration".
fn label(name: &str) -> String {
    let text = name.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn declaration(input: &DeriveInput) -> Result<Declaration> {
    let (mut number, mut name, mut access) = (None, None, None);
    let none = quote!(::std::option::Option::None);
    let (mut part_of, mut view, mut key) = (none.clone(), none.clone(), none);
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("record")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("number") {
                number = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("name") {
                name = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("access") {
                access = Some(access_rule(&meta)?);
            } else if meta.path.is_ident("part_of") {
                let [entity, column] = words(&meta)?;
                part_of = quote!(::std::option::Option::Some((#entity, #column)));
            } else if meta.path.is_ident("view") {
                let [base, join, on] = words(&meta)?;
                view = quote!(::std::option::Option::Some(::clientela_model::View { base: #base, join: #join, on: #on }));
            } else if meta.path.is_ident("key") {
                let column = meta.value()?.parse::<Ident>()?.to_string();
                key = quote!(::std::option::Option::Some(#column));
            } else {
                return Err(meta.error("known are number, name, access, part_of, view and key"));
            }
            Ok(())
        })?;
    }
    let missing = |what: &str| Error::new_spanned(&input.ident, format!("#[record({what} = …)] is missing"));
    Ok(Declaration {
        number: number.ok_or_else(|| missing("number"))?,
        name: name.ok_or_else(|| missing("name"))?,
        access: access.ok_or_else(|| missing("access"))?,
        part_of,
        view,
        key,
    })
}

fn access_rule(meta: &ParseNestedMeta<'_>) -> Result<TokenStream> {
    let value = meta.value()?;
    let word: Ident = value.parse()?;
    match word.to_string().as_str() {
        "public" => Ok(quote!(::clientela_model::Access::Public)),
        "owned" => Ok(quote!(::clientela_model::Access::Owned)),
        "through" => {
            let inside;
            syn::parenthesized!(inside in value);
            let column = inside.parse::<Ident>()?.to_string();
            Ok(quote!(::clientela_model::Access::Through(#column)))
        }
        "via" => {
            let inside;
            syn::parenthesized!(inside in value);
            let entity = inside.parse::<Ident>()?.to_string();
            inside.parse::<Token![.]>()?;
            let column = inside.parse::<Ident>()?.to_string();
            Ok(quote!(::clientela_model::Access::Via { entity: #entity, column: #column }))
        }
        _ => Err(Error::new_spanned(word, "access is public, owned, through(column) or via(entity.column)")),
    }
}

/// The N comma-separated words in parentheses.
fn words<const N: usize>(meta: &ParseNestedMeta<'_>) -> Result<[String; N]> {
    let inside;
    syn::parenthesized!(inside in meta.input);
    let list = inside.parse_terminated(Ident::parse, Token![,])?;
    let words: Vec<String> = list.iter().map(ToString::to_string).collect();
    words.try_into().map_err(|_| meta.error(format!("{N} words are expected here")))
}

use syn::ext::IdentExt as _;
use syn::parse::Parse;

fn field_attributes(field: &syn::Field) -> Result<FieldAttributes> {
    let mut found = FieldAttributes::default();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("field")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("number") {
                found.number = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("label") {
                found.label = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("personal") {
                found.personal = true;
            } else if meta.path.is_ident("confidential") {
                found.confidential = true;
            } else if meta.path.is_ident("whole") {
                found.whole = true;
            } else if meta.path.is_ident("merge") {
                found.merge = Some(meta.value()?.call(Ident::parse_any)?);
            } else if meta.path.is_ident("group") {
                found.group = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("indexed") {
                found.indexed = true;
            } else if meta.path.is_ident("listed") {
                found.listed = true;
            } else if meta.path.is_ident("from") {
                found.from = Some(meta.value()?.parse()?);
            } else {
                return Err(meta.error(
                    "known are number, label, personal, confidential, whole, merge, group, indexed, listed and from",
                ));
            }
            Ok(())
        })?;
    }
    Ok(found)
}
