//! The calls of the harness, made from the header: one case for each function, its arguments taken from bytes.

use crate::header::{self, Declaration, Typed};
use crate::process::{Maybe, read};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Not called: it takes the slot away that all calls share. The harness frees it at the end.
const LEFT_OUT: &[&str] = &["clientela_error_free"];
/// Plain structures, each with a function of the harness that makes one.
const VALUES: &[(&str, &str)] = &[
    ("clientela_money", "take_money"),
    ("clientela_decimal", "take_decimal"),
    ("clientela_str", "take_str"),
];
const NUMBERS: &[&str] =
    &["int32_t", "uint32_t", "int64_t", "uint64_t", "size_t", "clientela_date", "clientela_time"];

/// Text of `calls.h`.
pub(super) fn generate() -> Maybe<String> {
    let text = read(&header::path())?;
    let structures = header::structures(&text);
    let functions: Vec<Declaration> = header::declarations(&text)
        .into_iter()
        .filter(|function| !LEFT_OUT.contains(&function.name.as_str()))
        .collect();
    let handles: BTreeSet<&str> = structures
        .iter()
        .filter(|(_, fields)| fields.is_empty())
        .map(|(name, _)| name.as_str())
        .filter(|name| *name != "clientela_error")
        .collect();
    let sized: Vec<&(String, Vec<Typed>)> = structures
        .iter()
        .filter(|(_, fields)| fields.first().is_some_and(|field| field.name == "struct_size"))
        .collect();
    let mut made = String::from("/* Made from include/clientela.h. */\n");
    kinds(&mut made, &handles)?;
    let given = |name: &str| {
        let mut parameters = functions.iter().flat_map(|function| &function.parameters);
        parameters.any(|parameter| is_result(parameter) && plain(&parameter.kind) == name)
    };
    for (name, fields) in &sized {
        filler(&mut made, name, fields, given(name))?;
    }
    let sized: BTreeSet<&str> = sized.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(made, "static void call(input *in)\n{{\n    switch (take(in) % {}) {{", functions.len())?;
    for (place, function) in functions.iter().enumerate() {
        case(&mut made, place, function, &handles, &sized)?;
    }
    writeln!(made, "    default: break;\n    }}\n}}")?;
    Ok(made)
}

/// The kinds of handles, and how each ends.
fn kinds(made: &mut String, handles: &BTreeSet<&str>) -> std::fmt::Result {
    let list: Vec<String> = handles.iter().map(|name| format!("KIND_{name}")).collect();
    writeln!(made, "enum {{ {} }};\n", list.join(", "))?;
    writeln!(made, "static void end_handle(int kind, void *value)\n{{\n    switch (kind) {{")?;
    for name in handles {
        let end = if *name == "clientela_store" {
            "(void)clientela_store_close((clientela_store *)value, NULL)".to_owned()
        } else {
            format!("{name}_free(({name} *)value)")
        };
        writeln!(made, "    case KIND_{name}: {end}; break;")?;
    }
    writeln!(made, "    default: break;\n    }}\n}}\n")
}

/// A function that makes a structure of bytes, and one that reads the texts in it.
fn filler(made: &mut String, name: &str, fields: &[Typed], is_given: bool) -> std::fmt::Result {
    let mut fill = String::new();
    let mut look = String::new();
    for field in fields.iter().skip(1) {
        let name = &field.name;
        let kind = field.kind.trim_start_matches("struct ");
        let value = VALUES.iter().find(|(value, _)| *value == kind);
        if let Some((_, make)) = value {
            let make =
                if name == "path" { "clientela_s(take_path(in))".to_owned() } else { format!("{make}(in)") };
            writeln!(fill, "    it->{name} = {make};")?;
        } else if kind == "clientela_id" {
            writeln!(fill, "    it->{name} = ids[take(in) % COUNT(ids)];")?;
        } else if kind == "const char *" {
            writeln!(look, "    look_text(it->{name});")?;
        } else if let Some(pointed) = kind.strip_prefix("const struct ") {
            let pointed = pointed.trim_end_matches([' ', '*']);
            let one = if pointed == "clientela_str" {
                "take_str(in)".to_owned()
            } else {
                format!("*make_{pointed}(in)")
            };
            writeln!(
                fill,
                "    {{ static struct {pointed} some[3]; size_t at; for (at = 0; at < 3; at++) some[at] = {one}; it->{name} = some; }}"
            )?;
        } else if name == "abi" {
            writeln!(fill, "    it->{name} = take(in) ? CLIENTELA_ABI : (uint32_t)take_number(in);")?;
        } else if name.ends_with("_count") {
            writeln!(fill, "    it->{name} = take(in) % 4;")?;
        } else if name == "reserved" {
            writeln!(fill, "    it->{name} = take(in) == 255;")?;
        } else if NUMBERS.contains(&kind) {
            writeln!(fill, "    it->{name} = ({kind})take_number(in);")?;
        }
    }
    writeln!(
        made,
        "static struct {name} *make_{name}(input *in)\n{{\n\
         \x20   static union {{ struct {name} it; char room[sizeof(struct {name}) + EXTRA]; }} place;\n\
         \x20   struct {name} *it = &place.it;\n\n\
         \x20   memset(&place, 0, sizeof place);\n    CLIENTELA_INIT(it);\n{fill}\
         \x20   if (take(in) >= 240) it->struct_size = (uint32_t)(take_number(in) % (sizeof place + 1));\n\
         \x20   return it;\n}}\n"
    )?;
    if !is_given {
        return Ok(());
    }
    writeln!(made, "static void look_{name}(const struct {name} *it)\n{{\n{look}    (void)it;\n}}\n")
}

fn case(
    made: &mut String,
    place: usize,
    function: &Declaration,
    handles: &BTreeSet<&str>,
    sized: &BTreeSet<&str>,
) -> std::fmt::Result {
    writeln!(made, "    case {place}: {{ /* {} */", function.name)?;
    let (mut after, mut names) = (String::new(), Vec::new());
    let mut slot = "NULL";
    for (index, parameter) in function.parameters.iter().enumerate() {
        let argument = argument(parameter, function, handles, sized);
        writeln!(made, "        {} a{index} = {argument};", parameter.kind)?;
        names.push(format!("a{index}"));
        let pointed = plain(&parameter.kind);
        if sized.contains(pointed) && is_result(parameter) {
            writeln!(after, "            if (a{index}) look_{pointed}(a{index});")?;
        }
        if parameter.kind == "struct clientela_error **" {
            slot = "err";
            writeln!(made, "        clientela_error *const *err = a{index};")?;
        }
    }
    let call = format!("{}({})", function.name, names.join(", "));
    match function.returns.as_str() {
        "clientela_status" => {
            writeln!(
                made,
                "        clientela_status status = {call};\n        answered(\"{}\", status, {slot});",
                function.name
            )?;
            writeln!(made, "        if (status == CLIENTELA_OK) {{\n{after}        }}")?;
        }
        "void" => writeln!(made, "        {call};")?,
        "const char *" => writeln!(made, "        look_text({call});")?,
        _ => writeln!(made, "        (void){call};")?,
    }
    writeln!(made, "        break;\n    }}")
}

/// What is passed for a parameter.
fn argument(
    parameter: &Typed,
    function: &Declaration,
    handles: &BTreeSet<&str>,
    sized: &BTreeSet<&str>,
) -> String {
    let Typed { kind, name } = parameter;
    let pointed = plain(kind);
    match (kind.as_str(), name.as_str()) {
        ("struct clientela_error **", _) => return "take_slot(in)".to_owned(),
        ("const struct clientela_error *", _) => {
            return "take(in) < 240 ? slot : (clientela_error *)take_handle(in, -1)".to_owned();
        }
        ("const char *", "json") => return "take_command(in)".to_owned(),
        ("const char *", "path") => return "take_path(in)".to_owned(),
        ("const char *", _) => return "take_text(in)".to_owned(),
        ("char *", _) => return "text_room".to_owned(),
        ("size_t", "size") => return "take(in) % (sizeof text_room + 1)".to_owned(),
        ("const void *", _) => return "take_bytes(in)".to_owned(),
        ("size_t", "len" | "file_len") => return "bytes_length".to_owned(),
        ("struct ArrowArrayStream *", _) => {
            return format!("take_stream(in, {})", u8::from(function.name == "clientela_query_arrow"));
        }
        _ => {}
    }
    if kind.ends_with("**") {
        return format!("(struct {pointed} **)new_handle(in, KIND_{pointed})");
    }
    if handles.contains(pointed) {
        return format!("(struct {pointed} *)take_handle(in, KIND_{pointed})");
    }
    if sized.contains(pointed) {
        return format!("take(in) == 255 ? NULL : make_{pointed}(in)");
    }
    if pointed == "clientela_id" {
        return "take_id(in)".to_owned();
    }
    if let Some((value, make)) = VALUES.iter().find(|(value, _)| *value == pointed) {
        return format!(
            "take(in) == 255 ? NULL : (*({value} *)(void *)room = {make}(in), ({value} *)(void *)room)"
        );
    }
    if kind.ends_with('*') {
        return format!("take(in) == 255 ? NULL : ({kind})(void *)room");
    }
    format!("({kind})take_number(in)")
}

/// Whether a structure is written to.
fn is_result(parameter: &Typed) -> bool {
    !parameter.kind.starts_with("const")
}

/// The type a pointer points to, without what stands around its name.
fn plain(kind: &str) -> &str {
    kind.trim_start_matches("const ").trim_start_matches("struct ").trim_end_matches([' ', '*'])
}
