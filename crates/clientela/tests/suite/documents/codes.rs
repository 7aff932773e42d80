//! Every error code of the library, found in its sources.
//!
//! Codes are made in four ways, and all four are read from the syntax tree, not from the text:
//!
//! | made by | as in |
//! | --- | --- |
//! | an enum that implements `Coded` | the arms of its `fn code` (or `fn dotted`), with the arms of `fn kind` |
//! | `ValueError::new("code", …)` | the literals of the call |
//! | a helper that passes its parameter on to `ValueError::new` | the literals at its call sites |
//! | a structure with a field `code` | the literal in it |
//!
//! A call whose code cannot be read this way fails the test: the list would be short by one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{Expr, Lit};

/// The kind of what is told of a row and goes no further.
pub(crate) const ROW: &str = "finding of a row";

/// What is known of one code.
#[derive(Debug, Default)]
pub(crate) struct Code {
    pub(crate) kinds: BTreeSet<String>,
    pub(crate) places: BTreeSet<String>,
    pub(crate) meanings: BTreeSet<String>,
}

/// Everything found.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    pub(crate) codes: BTreeMap<String, Code>,
    /// Calls whose code cannot be read.
    pub(crate) unreadable: Vec<String>,
    /// Codes a doc comment promises under `# Errors`, with the file.
    pub(crate) promised: BTreeSet<(String, String)>,
    /// What tables in doc comments say of codes.
    pub(crate) tables: BTreeMap<String, String>,
}

impl Codes {
    fn add(&mut self, code: &str, kind: &str, place: &str, meaning: &str) {
        let entry = self.codes.entry(code.to_owned()).or_default();
        entry.kinds.insert(kind.to_owned());
        entry.places.insert(place.to_owned());
        entry.meanings.insert(meaning.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

/// The codes of the sources of these crates.
pub(crate) fn of_crates(root: &Path, crates: &[&str]) -> Codes {
    let mut codes = Codes::default();
    for name in crates {
        let part = name.trim_start_matches("crates/").trim_start_matches("clientela-");
        let mut files = Vec::new();
        let mut helpers = Helpers::default();
        for path in sources(&root.join(name).join("src")) {
            let text = std::fs::read_to_string(&path).unwrap();
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            helpers.visit_file(&file);
            files.push((path.strip_prefix(root).unwrap().display().to_string(), file, text));
        }
        for (path, file, text) in &files {
            read_file(file, part, path, &helpers, &mut codes);
            read_documentation(text, path, &mut codes);
        }
    }
    codes
}

/// What doc comments say of codes: rows of a table with a code first, and the codes in `# Errors`.
fn read_documentation(text: &str, path: &str, codes: &mut Codes) {
    let mut errors = false;
    for line in text.lines() {
        let Some(doc) = line.trim_start().strip_prefix("///") else {
            errors = false;
            continue;
        };
        errors = if doc.trim_start().starts_with('#') { doc.trim() == "# Errors" } else { errors };
        let quoted: Vec<&str> = doc.split('`').skip(1).step_by(2).filter(|word| is_code(word)).collect();
        if doc.trim_start().starts_with("| `")
            && let [.., meaning, _] = doc.split('|').collect::<Vec<_>>().as_slice()
        {
            for code in &quoted {
                codes.tables.insert((*code).to_owned(), meaning.trim().to_owned());
            }
        }
        if errors {
            for code in quoted {
                codes.promised.insert((code.to_owned(), path.to_owned()));
            }
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

fn read_file(file: &syn::File, part: &str, path: &str, helpers: &Helpers, codes: &mut Codes) {
    let mut declared = Declared::default();
    declared.visit_file(file);
    let mut made = Made { part, path, helpers: &helpers.names, codes, in_helper: false };
    made.visit_file(file);
    for (owner, codes_of) in &declared.codes {
        let kinds = declared.kinds.get(owner);
        for (variant, code) in codes_of {
            // Findings that are the parts of a validation have no kind of their own.
            let kind = kinds.map_or("validation", |kinds| {
                kinds.get(variant).or_else(|| kinds.get("_")).map_or("as the error inside", String::as_str)
            });
            let meaning = declared
                .meanings
                .get(&(owner.clone(), variant.clone()))
                .or_else(|| declared.meanings.get(&(owner.clone(), String::new())))
                .map_or("", String::as_str);
            codes.add(code, kind, &format!("{part}: {owner}"), meaning);
        }
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.to_token_stream().to_string().contains("test")
    })
}

fn literal(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Reference(inner) => literal(&inner.expr),
        Expr::MethodCall(call) => literal(&call.receiver),
        Expr::Macro(call) if call.mac.path.is_ident("format") => {
            let inside = call.mac.tokens.to_string();
            inside.split('"').nth(1).map(str::to_owned)
        }
        _ => None,
    }
}

fn is_code(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|word| {
            word.starts_with(|letter: char| letter.is_ascii_lowercase())
                && word
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        })
}

fn is_value_error(call: &syn::ExprCall) -> bool {
    called(call).as_deref() == Some("ValueError::new")
}

/// The last one or two segments of what is called.
fn called(call: &syn::ExprCall) -> Option<String> {
    let Expr::Path(path) = &*call.func else { return None };
    let segments: Vec<String> = path.path.segments.iter().map(|part| part.ident.to_string()).collect();
    Some(match segments.as_slice() {
        [.., owner, name] if owner.starts_with(char::is_uppercase) => format!("{owner}::{name}"),
        [.., name] => name.clone(),
        [] => return None,
    })
}

/// Functions and closures of a crate that pass their code on to `ValueError::new`.
#[derive(Default)]
struct Helpers {
    names: BTreeSet<String>,
    inside: Vec<String>,
}

impl<'ast> Visit<'ast> for Helpers {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.inside.push(item.sig.ident.to_string());
        visit::visit_item_fn(self, item);
        self.inside.pop();
    }
    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.inside.push(item.sig.ident.to_string());
        visit::visit_impl_item_fn(self, item);
        self.inside.pop();
    }
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let name = match &local.pat {
            syn::Pat::Ident(name) => name.ident.to_string(),
            _ => String::new(),
        };
        let closure = local.init.as_ref().is_some_and(|init| matches!(&*init.expr, Expr::Closure(_)));
        if closure {
            self.inside.push(name);
        }
        visit::visit_local(self, local);
        if closure {
            self.inside.pop();
        }
    }
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let passes_on = matches!(call.args.first(), Some(Expr::Path(_)));
        if is_value_error(call)
            && passes_on
            && let Some(name) = self.inside.last()
        {
            self.names.insert(name.clone());
        }
        visit::visit_expr_call(self, call);
    }
}

/// Codes made where they are needed.
struct Made<'a> {
    part: &'a str,
    path: &'a str,
    helpers: &'a BTreeSet<String>,
    codes: &'a mut Codes,
    in_helper: bool,
}

impl Made<'_> {
    fn meaning(arguments: &syn::punctuated::Punctuated<Expr, syn::Token![,]>) -> String {
        let texts: Vec<String> = arguments.iter().skip(1).filter_map(literal).collect();
        match texts.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [what, problem] => format!("{what} {problem}"),
            [what, problem, expected, ..] => format!("{what} {problem}; expected {expected}"),
        }
    }
}

impl<'ast> Visit<'ast> for Made<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let outer = self.in_helper;
        self.in_helper |= self.helpers.contains(&item.sig.ident.to_string());
        visit::visit_item_fn(self, item);
        self.in_helper = outer;
    }
    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let outer = self.in_helper;
        self.in_helper |= self.helpers.contains(&item.sig.ident.to_string());
        visit::visit_impl_item_fn(self, item);
        self.in_helper = outer;
    }
    fn visit_local(&mut self, local: &'ast syn::Local) {
        let outer = self.in_helper;
        if let syn::Pat::Ident(name) = &local.pat {
            self.in_helper |= self.helpers.contains(&name.ident.to_string());
        }
        visit::visit_local(self, local);
        self.in_helper = outer;
    }
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        let name = called(call).unwrap_or_default();
        let finds = name == "finding";
        let makes =
            finds || name == "ValueError::new" || name == "Problem::new" || self.helpers.contains(&name);
        match call.args.first().map(|first| (first, literal(first))) {
            Some((_, Some(code))) if makes => {
                let kind = match name.as_str() {
                    // Told in the report of an import, never as an error.
                    _ if self.path.contains("/import/") => ROW,
                    "Problem::new" => "rule",
                    "finding" => "finding of a check",
                    _ => "validation",
                };
                self.codes.add(&code, kind, self.part, &Self::meaning(&call.args));
            }
            Some((Expr::Path(_), None)) if makes && self.in_helper => {}
            Some((first, None)) if makes => {
                let text = first.to_token_stream();
                self.codes.unreadable.push(format!("{}: {name}({text}, …)", self.path));
            }
            _ => {}
        }
        visit::visit_expr_call(self, call);
    }
    fn visit_expr_struct(&mut self, made: &'ast syn::ExprStruct) {
        let text_of = |name: &str| {
            made.fields
                .iter()
                .find(|field| matches!(&field.member, syn::Member::Named(found) if found == name))
                .and_then(|field| literal(&field.expr))
        };
        if let Some(code) = text_of("code").filter(|code| is_code(code)) {
            let owner = made.path.segments.last().map(|part| part.ident.to_string()).unwrap_or_default();
            let kind = match owner.as_str() {
                "Finding" => "finding of a check",
                "Setup" => "state",
                _ => "validation",
            };
            let meaning = match (text_of("problem").or_else(|| text_of("message")), text_of("hint")) {
                (Some(problem), Some(hint)) => format!("{problem}; {hint}"),
                (Some(problem), None) => problem,
                _ => String::new(),
            };
            self.codes.add(&code, kind, self.part, &meaning);
        }
        visit::visit_expr_struct(self, made);
    }
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let code = call.args.first().and_then(literal).filter(|code| is_code(code));
        if let (true, Some(code)) = (call.method == "add", code) {
            let meaning = call.args.iter().nth(1).and_then(literal).unwrap_or_default();
            self.codes.add(&code, "finding of a check", self.part, &meaning);
        } else if let Some(code) = call.args.first().and_then(literal).filter(|code| is_code(code))
            && self.helpers.contains(&call.method.to_string())
        {
            self.codes.add(&code, "validation", self.part, &Self::meaning(&call.args));
        }
        visit::visit_expr_method_call(self, call);
    }
}

/// Enums that say their own codes.
#[derive(Default)]
struct Declared {
    /// Of an enum: variant and code, in order.
    codes: BTreeMap<String, Vec<(String, String)>>,
    /// Of an enum: variant, or `_`, and kind.
    kinds: HashMap<String, HashMap<String, String>>,
    /// Of an enum and a variant: what its documentation says.
    meanings: HashMap<(String, String), String>,
}

fn documentation(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => literal(&pair.value),
        _ => None,
    });
    lines.map(|line| line.trim().to_owned()).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

impl<'ast> Visit<'ast> for Declared {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.meanings.insert((item.ident.to_string(), String::new()), documentation(&item.attrs));
    }
    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        for variant in &item.variants {
            let key = (item.ident.to_string(), variant.ident.to_string());
            let said = variant.attrs.iter().find(|attribute| attribute.path().is_ident("error"));
            let message = said.and_then(|said| {
                let text = said.to_token_stream().to_string();
                text.split_once('"')
                    .and_then(|(_, rest)| rest.split_once('"'))
                    .map(|(text, _)| text.to_owned())
            });
            let text = documentation(&variant.attrs);
            self.meanings.insert(
                key,
                match message {
                    Some(message) => format!("{text} *{}*", message.replace("\\n", " ")),
                    None => text,
                },
            );
        }
    }
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let owner = match &*item.self_ty {
            syn::Type::Path(path) => {
                path.path.segments.last().map(|part| part.ident.to_string()).unwrap_or_default()
            }
            _ => String::new(),
        };
        for member in &item.items {
            let syn::ImplItem::Fn(function) = member else { continue };
            let name = function.sig.ident.to_string();
            if name == "code" || name == "dotted" {
                let mut arms = Arms::default();
                arms.visit_block(&function.block);
                let codes = arms.found.into_iter().filter(|(_, text)| is_code(text) || text == "internal");
                self.codes.entry(owner.clone()).or_default().extend(codes);
            }
            if name == "kind" {
                let mut arms = Arms::default();
                arms.visit_block(&function.block);
                self.kinds.entry(owner.clone()).or_default().extend(arms.kinds);
            }
        }
    }
}

/// What the arms of one match give.
#[derive(Default)]
struct Arms {
    found: Vec<(String, String)>,
    kinds: HashMap<String, String>,
    variants: Vec<String>,
}

impl<'ast> Visit<'ast> for Arms {
    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.variants.clear();
        variants(&arm.pat, &mut self.variants);
        visit::visit_expr(self, &arm.body);
        self.variants.clear();
    }
    fn visit_expr_lit(&mut self, expression: &'ast syn::ExprLit) {
        if let Lit::Str(text) = &expression.lit {
            let variant = self.variants.first().cloned().unwrap_or_default();
            self.found.push((variant, text.value()));
        }
    }
    fn visit_expr_path(&mut self, expression: &'ast syn::ExprPath) {
        let segments: Vec<String> =
            expression.path.segments.iter().map(|part| part.ident.to_string()).collect();
        if let [.., owner, kind] = segments.as_slice()
            && owner == "ErrorKind"
        {
            let kind = words(kind);
            if self.variants.is_empty() {
                self.kinds.insert("_".to_owned(), kind);
            } else {
                self.kinds.extend(self.variants.iter().map(|variant| (variant.clone(), kind.clone())));
            }
        }
    }
}

fn variants(pattern: &syn::Pat, into: &mut Vec<String>) {
    let mut last = |path: &syn::Path| into.extend(path.segments.last().map(|part| part.ident.to_string()));
    match pattern {
        syn::Pat::Or(or) => or.cases.iter().for_each(|case| variants(case, into)),
        syn::Pat::Struct(found) => last(&found.path),
        syn::Pat::TupleStruct(found) => last(&found.path),
        syn::Pat::Path(found) => last(&found.path),
        syn::Pat::Wild(_) => into.push("_".to_owned()),
        syn::Pat::Ident(_) => into.push("_".to_owned()),
        _ => {}
    }
}

/// `NotFound` as `not found`.
fn words(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
