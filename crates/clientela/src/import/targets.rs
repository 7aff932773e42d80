//! The fields a file can fill, by what its rows become.

use super::options::{ImportOptions, ImportTarget};
use crate::error::CrmError;
use clientela_exchange::csv::{MappingError, MappingFault, Target};

/// A field, the further words its column is known by, and whether a row cannot do without.
struct Field(&'static str, &'static [&'static str], bool);

/// The id of a record in this store, as an export writes it: a key of an upsert, and nothing else.
pub(crate) const RECORD_ID: &str = "record_id";

const CUSTOMER: &[Field] = &[
    Field("name", &[], true),
    Field("name2", &["name 2", "ragione sociale 2", "nome 2", "zusatz"], false),
    Field("kind", &["tipo", "tipo cliente", "type", "art"], true),
    Field("vat_number", &[], false),
    Field("street", &[], false),
    Field("postal_code", &[], false),
    Field("locality", &[], false),
    Field("region", &[], false),
    Field("country", &[], true),
    Field("email", &[], false),
    Field("phone", &[], false),
    Field("language", &[], false),
    Field("nace", &[], false),
    Field("number", &[], false),
    Field("status", &[], false),
    Field("size", &["dimensione", "taille", "groesse"], false),
    Field("since", &["customer since", "cliente dal", "client depuis", "kunde seit"], false),
    Field("source", &[], false),
    Field("price_group", &["gruppo prezzi", "listino", "preisgruppe", "groupe de prix"], false),
    Field("credit_hold", &["blocco fido", "liefersperre", "blocage"], false),
    Field("do_not_contact", &["no contact", "non contattare", "ne pas contacter", "kontaktsperre"], false),
    Field("notes", &[], false),
    Field("owner", &[], false),
    Field(RECORD_ID, &[], false),
];

const VEHICLE: &[Field] = &[
    Field("customer_number", &[], false),
    Field("vat_number", &[], false),
    Field("country", &[], false),
    Field("vin", &[], false),
    Field("plate", &[], false),
    Field("make", &[], true),
    Field("model", &[], false),
    Field("category", &[], false),
    Field("body", &["carrozzeria", "allestimento", "carrosserie", "aufbau"], false),
    Field("euro_class", &["euro", "classe euro", "norme euro", "euronorm", "schadstoffklasse"], false),
    Field("first_registration", &[], false),
    Field("mileage", &[], false),
    Field("ownership", &["possesso", "detenzione", "detention", "besitz"], false),
    Field("acquired", &["data acquisto", "acquis le", "angeschafft"], false),
    Field("disposed", &["data cessione", "cede le", "abgegeben"], false),
    Field("usage", &["impiego", "utilizzo", "emploi", "einsatz"], false),
    Field("disposal_reason", &["motivo cessione", "abgabegrund"], false),
    Field(RECORD_ID, &[], false),
];

const CONTACT: &[Field] = &[
    Field("customer_number", &[], false),
    Field("vat_number", &[], false),
    Field("country", &[], false),
    Field("number", &["contact number", "codice contatto", "numero contact", "kontaktnummer"], false),
    Field("given_name", &[], false),
    Field("family_name", &[], true),
    Field("role", &[], false),
    Field("influence", &["influenza", "einfluss"], false),
    Field("language", &[], false),
    Field("mobile", &[], false),
    Field("phone", &[], false),
    Field("email", &[], false),
    Field(RECORD_ID, &[], false),
];

const CONSENT: &[Field] = &[
    Field("customer_number", &[], false),
    Field("vat_number", &[], false),
    Field("country", &[], false),
    Field("contact_number", &["codice contatto", "numero contact", "kontaktnummer"], false),
    Field("purpose", &["finalita", "finalite", "zweck"], true),
    Field("channel", &["canale", "canal", "kanal"], true),
    Field("decision", &["consent", "consenso", "consentement", "einwilligung", "decisione"], true),
    Field("basis", &["base giuridica", "base legale", "rechtsgrundlage"], true),
    Field("wording", &["testo", "informativa", "texte", "wortlaut"], false),
    Field("source", &[], false),
    Field("proof", &["prova", "preuve", "nachweis"], false),
    Field("at", &["date", "data", "data consenso", "datum", "le"], false),
    Field("contact_point", &["recapito", "adresse", "kontaktadresse"], false),
    Field("expires_at", &["scadenza", "expire le", "gueltig bis"], false),
    Field(
        "awaits_confirmation",
        &["attesa conferma", "attend confirmation", "wartet auf bestaetigung"],
        false,
    ),
    Field("proof_kind", &["tipo prova", "type de preuve", "nachweisart"], false),
    Field("proof_digest", &[], false),
    Field(RECORD_ID, &[], false),
];

const MARKET_TOTAL: &[Field] = &[
    Field(
        "unit",
        &[
            "area",
            "dealer",
            "unit code",
            "concessionario",
            "codice dealer",
            "gebiet",
            "haendler",
            "concession",
        ],
        true,
    ),
    Field("first_day", &["from", "month", "dal", "mese", "von", "monat", "du", "mois"], true),
    Field("last_day", &["until", "al", "bis", "au"], false),
    Field(
        "registrations",
        &["market", "immatricolazioni", "mercato", "zulassungen", "markt", "immatriculations", "marche"],
        true,
    ),
    Field("source", &["fonte", "quelle"], false),
];

fn fields(target: ImportTarget) -> &'static [Field] {
    match target {
        ImportTarget::Customer => CUSTOMER,
        ImportTarget::Vehicle => VEHICLE,
        ImportTarget::Contact => CONTACT,
        ImportTarget::Consent => CONSENT,
        ImportTarget::MarketTotal => MARKET_TOTAL,
    }
}

/// The field of that name.
pub(super) fn field(target: ImportTarget, name: &str) -> Option<&'static str> {
    fields(target).iter().map(|field| field.0).find(|known| *known == name)
}

/// What a mapping can fill. A field with a default is not required of the table.
pub(super) fn targets(options: &ImportOptions) -> Vec<Target> {
    let target = |field: &Field| {
        let start = Target::new(field.0);
        let named = field.1.iter().fold(start, |target, word| target.known_as(word));
        // A row about a record that is there need not say again what the record holds.
        let required = field.2 && options.upsert.is_none() && !options.defaults.contains_key(field.0);
        if required { named.required() } else { named }
    };
    fields(options.target).iter().map(target).collect()
}

/// The fields that can name a record.
const fn keys(target: ImportTarget) -> &'static [&'static str] {
    match target {
        ImportTarget::Customer => &["number", "vat_number", RECORD_ID],
        ImportTarget::Vehicle => &["vin", "plate", RECORD_ID],
        ImportTarget::Contact => &["number", "email", RECORD_ID],
        // By its moment: of one person about one purpose and channel.
        ImportTarget::Consent => &["at", RECORD_ID],
        // Known by its area and period.
        ImportTarget::MarketTotal => &[],
    }
}

/// The fields of a table in the order an export writes them.
pub(crate) fn names(target: ImportTarget) -> impl Iterator<Item = &'static str> {
    fields(target).iter().map(|field| field.0)
}

/// Refuses an upsert by what names no record, and one that empties what a record cannot be without.
///
/// # Errors
/// `argument.invalid` with the field `upsert`.
pub(super) fn check_upsert(options: &ImportOptions) -> Result<(), CrmError> {
    let Some(upsert) = &options.upsert else { return Ok(()) };
    let keys = keys(options.target);
    let wrong = |problem: &str, hint| {
        let problem = problem.to_owned();
        Err(CrmError::Argument { field: "upsert", problem, hint })
    };
    if upsert.key.is_empty() || upsert.key.iter().any(|key| !keys.contains(&key.as_str())) {
        return wrong(
            "names no key of such records",
            match options.target {
                ImportTarget::Customer => "number, vat_number or record_id",
                ImportTarget::Vehicle => "vin, plate or record_id",
                ImportTarget::Contact => "number, email or record_id",
                ImportTarget::Consent => "at or record_id",
                ImportTarget::MarketTotal => "no upsert: a total takes the place of the one before it",
            },
        );
    }
    let known = |name: &String| {
        let field = fields(options.target).iter().find(|field| field.0 == name);
        // What somebody said stays as it was said.
        let may_be_empty = |field: &Field| {
            !field.2 && !NEVER_EMPTY.contains(&field.0) && options.target != ImportTarget::Consent
        };
        field.is_some_and(may_be_empty) && !upsert.key.contains(name)
    };
    if !upsert.clear.iter().all(known) {
        return wrong(
            "empties a field that is never empty, a key, or none at all",
            "fields that may be empty",
        );
    }
    Ok(())
}

/// Fields an empty cell never empties, beside those a record cannot be without: they have no empty value, or say whose it is.
const NEVER_EMPTY: &[&str] =
    &["status", "credit_hold", "do_not_contact", "owner", "ownership", "customer_number", RECORD_ID];

/// Refuses parts without anything that says whose they are, and defaults for what is no field.
///
/// # Errors
/// `mapping.required`, `mapping.no_target`.
pub(super) fn check(options: &ImportOptions, filled: &[&str]) -> Result<(), MappingError> {
    let mut faults: Vec<MappingFault> = options
        .defaults
        .keys()
        .chain(options.words.keys())
        .filter(|name| field(options.target, name).is_none())
        .map(|name| MappingFault::NoTarget { target: name.clone() })
        .collect();
    let names_customer = |field: &&str| matches!(*field, "customer_number" | "vat_number");
    let part = !matches!(options.target, ImportTarget::Customer | ImportTarget::MarketTotal);
    if part && options.customer.is_none() && !filled.iter().any(names_customer) {
        faults.push(MappingFault::Required { target: "customer_number".to_owned() });
    }
    if faults.is_empty() { Ok(()) } else { Err(MappingError { faults }) }
}
