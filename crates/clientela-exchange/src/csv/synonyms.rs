//! What people call the columns of a customer file, in four languages. Data: a new word is one more word here.

/// Names of a column in this library, and what it is called in English, Italian, French and German.
///
/// Words are compared without accents, letter case and punctuation; see [`plain`].
const COLUMNS: &[(&[&str], &[&str])] = &[
    (
        &["name", "full_name", "display_name", "customer_name"],
        &[
            "customer",
            "client",
            "account",
            "account name",
            "company",
            "company name",
            "business name",
            "ragione sociale",
            "denominazione",
            "cliente",
            "azienda",
            "nome azienda",
            "nominativo",
            "raison sociale",
            "societe",
            "entreprise",
            "denomination",
            "nom du client",
            "firma",
            "firmenname",
            "kunde",
            "kundenname",
            "unternehmen",
            "bezeichnung",
        ],
    ),
    (&["organisation", "organization"], &["employer", "organizzazione", "ente", "organisme", "arbeitgeber"]),
    (
        &["given_name", "first_name"],
        &["forename", "christian name", "nome", "nome di battesimo", "prenom", "vorname"],
    ),
    (
        &["family_name", "last_name", "surname"],
        &["cognome", "nom", "nom de famille", "nachname", "familienname", "zuname"],
    ),
    (&["title", "salutation"], &["titolo", "civilite", "titre", "anrede", "titel"]),
    (
        &["role", "job_title", "position"],
        &["function", "ruolo", "mansione", "qualifica", "fonction", "poste", "funktion", "stellung"],
    ),
    (
        &["email", "email_address"],
        &[
            "e mail",
            "mail",
            "posta elettronica",
            "indirizzo email",
            "courriel",
            "adresse email",
            "adresse e mail",
            "e mail adresse",
            "mailadresse",
        ],
    ),
    (&["certified_email", "pec"], &["posta certificata", "indirizzo pec", "email pec"]),
    (
        &["phone", "phone_number", "telephone"],
        &[
            "tel",
            "tel no",
            "landline",
            "telefono",
            "telefono fisso",
            "numero di telefono",
            "telephone fixe",
            "numero de telephone",
            "telefon",
            "telefonnummer",
            "festnetz",
            "rufnummer",
        ],
    ),
    (
        &["mobile", "mobile_phone", "mobile_number"],
        &[
            "cell",
            "cell phone",
            "cellulare",
            "telefono cellulare",
            "tel cellulare",
            "portable",
            "telephone portable",
            "gsm",
            "handy",
            "handynummer",
            "mobiltelefon",
            "mobil",
        ],
    ),
    (&["fax", "fax_number"], &["telefax", "telecopie", "faxnummer"]),
    (
        &["website", "url", "web"],
        &[
            "web site",
            "homepage",
            "sito",
            "sito web",
            "site",
            "site web",
            "site internet",
            "webseite",
            "internet",
        ],
    ),
    (
        &["street", "address", "address_line", "address_line_1", "street_address"],
        &[
            "address 1",
            "indirizzo",
            "via",
            "via e numero",
            "adresse",
            "rue",
            "adresse 1",
            "strasse",
            "strasse und hausnummer",
            "strasse hausnummer",
            "anschrift",
        ],
    ),
    (
        &["house_number", "street_number"],
        &["numero civico", "civico", "n civico", "numero de rue", "hausnummer", "hausnr"],
    ),
    (
        &["postal_code", "postcode", "zip"],
        &["zip code", "post code", "cap", "codice postale", "code postal", "cp", "plz", "postleitzahl"],
    ),
    (
        &["locality", "city", "town"],
        &["citta", "comune", "localita", "ville", "localite", "commune", "ort", "stadt", "wohnort"],
    ),
    (
        &["region", "province", "state", "county"],
        &["provincia", "prov", "regione", "departement", "canton", "bundesland", "kanton", "land region"],
    ),
    (
        &["country", "country_code"],
        &["nazione", "paese", "stato", "pays", "code pays", "land", "staat", "laendercode", "landercode"],
    ),
    (
        &["vat_number", "vat_id", "vat"],
        &[
            "vat no",
            "vat registration number",
            "partita iva",
            "p iva",
            "piva",
            "numero de tva",
            "no tva",
            "tva",
            "tva intracommunautaire",
            "numero tva",
            "ust id",
            "ust idnr",
            "ustid",
            "ust id nr",
            "umsatzsteuer id",
            "umsatzsteuer identifikationsnummer",
        ],
    ),
    (
        &["tax_number", "fiscal_code", "tax_id", "tax_code"],
        &[
            "codice fiscale",
            "cod fiscale",
            "cod fisc",
            "cf",
            "numero fiscal",
            "steuernummer",
            "steuernr",
            "st nr",
        ],
    ),
    (&["invoice_address", "sdi_code"], &["codice sdi", "codice destinatario", "sdi", "codice univoco"]),
    (&["siren"], &["numero siren", "no siren"]),
    (&["siret"], &["numero siret", "no siret"]),
    (&["iban"], &["conto corrente", "codice iban", "kontonummer", "bankverbindung"]),
    (
        &["birth_date", "birthday", "date_of_birth"],
        &[
            "born",
            "data di nascita",
            "nato il",
            "date de naissance",
            "ne le",
            "geburtsdatum",
            "geburtstag",
            "geboren",
        ],
    ),
    (&["language"], &["lingua", "langue", "sprache"]),
    (
        &["industry", "sector", "nace"],
        &[
            "branch",
            "settore",
            "ateco",
            "codice ateco",
            "attivita",
            "secteur",
            "code naf",
            "naf",
            "branche",
            "wirtschaftszweig",
        ],
    ),
    (
        &["fleet_size"],
        &[
            "number of vehicles",
            "vehicles",
            "numero veicoli",
            "n veicoli",
            "parco veicoli",
            "parc",
            "nombre de vehicules",
            "taille du parc",
            "fuhrpark",
            "anzahl fahrzeuge",
            "fuhrparkgroesse",
            "fuhrparkgrosse",
        ],
    ),
    (
        &["customer_number", "customer_code", "external_id", "number"],
        &[
            "customer no",
            "customer id",
            "account number",
            "codice cliente",
            "numero cliente",
            "cod cliente",
            "code client",
            "numero client",
            "no client",
            "kundennummer",
            "kundennr",
            "kunden nr",
            "kd nr",
        ],
    ),
    (
        &["owner", "salesperson", "seller"],
        &[
            "sales rep",
            "account manager",
            "venditore",
            "agente",
            "commerciale",
            "vendeur",
            "commercial",
            "verkaeufer",
            "verkaufer",
            "betreuer",
        ],
    ),
    (
        &["dealer", "dealer_code", "branch_code"],
        &[
            "dealership",
            "concessionaria",
            "concessionario",
            "filiale",
            "concession",
            "concessionnaire",
            "haendler",
            "handler",
            "niederlassung",
        ],
    ),
    (
        &["source", "lead_source"],
        &["origin", "origine", "fonte", "provenienza", "provenance", "quelle", "herkunft"],
    ),
    (&["status"], &["state of customer", "stato cliente", "statut", "etat"]),
    (&["category", "class"], &["categoria", "classe", "categorie", "kategorie", "klasse", "segment"]),
    (
        &["notes", "note", "comment"],
        &[
            "remarks",
            "comments",
            "annotazioni",
            "commenti",
            "osservazioni",
            "remarques",
            "commentaire",
            "notiz",
            "notizen",
            "bemerkung",
            "bemerkungen",
            "anmerkung",
        ],
    ),
    (
        &["vin", "chassis_number"],
        &[
            "vehicle identification number",
            "telaio",
            "numero telaio",
            "n telaio",
            "numero de chassis",
            "chassis",
            "no de serie",
            "fahrgestellnummer",
            "fin",
            "fahrgestellnr",
        ],
    ),
    (
        &["plate", "registration_number", "licence_plate"],
        &[
            "license plate",
            "registration",
            "number plate",
            "targa",
            "immatriculation",
            "plaque",
            "kennzeichen",
            "amtliches kennzeichen",
            "nummernschild",
        ],
    ),
    (
        &["make", "brand"],
        &[
            "manufacturer",
            "marca",
            "costruttore",
            "marque",
            "constructeur",
            "marke",
            "hersteller",
            "fabrikat",
        ],
    ),
    (&["model"], &["modello", "modele", "modell", "typ"]),
    (
        &["first_registration", "registration_date"],
        &[
            "data immatricolazione",
            "prima immatricolazione",
            "date d immatriculation",
            "premiere immatriculation",
            "mise en circulation",
            "erstzulassung",
            "zulassungsdatum",
            "ez",
        ],
    ),
    (
        &["odometer_km", "odometer", "mileage"],
        &[
            "km",
            "kilometers",
            "chilometri",
            "chilometraggio",
            "kilometrage",
            "kilometerstand",
            "laufleistung",
        ],
    ),
    (&["amount", "value"], &["importo", "valore", "montant", "valeur", "betrag", "wert"]),
    (&["currency"], &["valuta", "divisa", "devise", "monnaie", "waehrung", "wahrung"]),
    (&["date", "day"], &["data", "giorno", "jour", "datum", "tag"]),
    (
        &["consent_email", "newsletter"],
        &[
            "marketing consent",
            "opt in",
            "consenso marketing",
            "consenso",
            "consentement",
            "einwilligung",
            "werbeeinwilligung",
        ],
    ),
];

/// The words for a column of this name, if the table knows it: the names first.
pub(super) fn of(target: &str) -> impl Iterator<Item = &'static str> {
    let row = COLUMNS.iter().find(|(names, _)| names.contains(&target));
    row.into_iter().flat_map(|(names, words)| names.iter().chain(words.iter()).copied())
}

/// Whether the header is a word of the table.
pub(super) fn is_known(header: &str) -> bool {
    let header = plain(header);
    COLUMNS.iter().any(|(names, words)| names.iter().chain(words.iter()).any(|word| plain(word) == header))
}

/// A header for comparison: lower case, no accents, everything but letters and digits one blank.
pub(super) fn plain(header: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let mut text = String::with_capacity(header.len());
    for letter in header.nfkd().flat_map(char::to_lowercase) {
        match letter {
            'ß' => text.push_str("ss"),
            letter if letter.is_alphanumeric() => text.push(letter),
            // A combining accent belongs to the letter before it.
            letter if ('\u{300}'..='\u{36f}').contains(&letter) => {}
            _ if text.ends_with(' ') || text.is_empty() => {}
            _ => text.push(' '),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn no_word_means_two_columns() {
        let mut seen = HashMap::new();
        for (row, (names, words)) in COLUMNS.iter().enumerate() {
            for word in names.iter().chain(words.iter()) {
                let before = seen.insert(plain(word), row);
                assert!(before.is_none_or(|before| before == row), "{word}");
            }
        }
    }

    #[test]
    fn headers_are_compared_by_their_letters() {
        for (header, expected) in [
            ("  Città ", "citta"),
            ("E-Mail", "e mail"),
            ("Straße/Nr.", "strasse nr"),
            ("P. IVA", "p iva"),
            ("", ""),
        ] {
            assert_eq!(plain(header), expected);
        }
    }
}
