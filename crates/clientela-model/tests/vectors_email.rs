//! E-mail addresses against two reference suites.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod support;

use clientela_model::identifier::EmailAddress;
use support::{list, text, vectors};

#[test]
fn valid_addresses_have_their_normal_form() {
    let Some(file) = vectors("email/email_addresses.json") else { return };
    let rows = list(&file, "valid");
    for row in rows {
        let (_, address) =
            EmailAddress::parse_mailbox(text(row, "input")).unwrap_or_else(|error| panic!("{row}: {error}"));
        assert_eq!(address.as_str(), text(row, "normalized"), "{row}");
        assert_eq!(address.ascii_domain(), text(row, "ascii_domain"), "{row}");
        assert_eq!(address.needs_international_server(), row["smtputf8"].as_bool().unwrap(), "{row}");
        // Without the name and the angle brackets it is an address by itself.
        assert_eq!(EmailAddress::parse(address.as_str()).as_ref(), Ok(&address), "{row}");
    }
    println!("e-mail: {} valid", rows.len());
    assert_eq!(rows.len(), 27);
}

#[test]
fn invalid_addresses_are_refused() {
    let Some(file) = vectors("email/email_addresses.json") else { return };
    let rows = list(&file, "invalid");
    let accepted: Vec<_> =
        rows.iter().filter(|row| EmailAddress::parse(text(row, "input")).is_ok()).collect();
    assert!(accepted.is_empty(), "{accepted:#?}");
    // With a name before it only those are accepted that the suite refuses because of the name.
    for row in rows {
        let named = text(row, "why").contains("display name and angle brackets");
        assert_eq!(EmailAddress::parse_mailbox(text(row, "input")).is_ok(), named, "{row}");
    }
    println!("e-mail: {} invalid", rows.len());
    assert_eq!(rows.len(), 79);
}

/// Diagnoses the suite grades as acceptable and a list of customers has no use for.
const STRICTER: [(&str, &str); 5] = [
    ("ISEMAIL_RFC5321_TLD", "one label: a machine of the own network"),
    ("ISEMAIL_RFC5321_TLDNUMERIC", "no top-level domain is a number"),
    ("ISEMAIL_RFC5321_ADDRESSLITERAL", "the address of a machine"),
    ("ISEMAIL_VALID test@io", "one label, although the suite found a mail server there"),
    ("ISEMAIL_RFC5321_QUOTEDSTRING \"\"@iana.org", "empty quotes"),
];

#[test]
fn graded_addresses_agree() {
    let Some(file) = vectors("email/email_addresses.json") else { return };
    let rows = list(&file, "isemail");
    let (mut accepted, mut stricter, mut wrong) = (0, 0, Vec::new());
    for row in rows {
        let (input, diagnosis) = (text(row, "input"), text(row, "diagnosis"));
        let graded =
            matches!(text(row, "category"), "ISEMAIL_VALID_CATEGORY" | "ISEMAIL_RFC5321" | "ISEMAIL_DNSWARN");
        let case = format!("{diagnosis} {input}");
        let own = graded && STRICTER.iter().any(|(name, _)| *name == diagnosis || *name == case);
        let found = EmailAddress::parse(input).is_ok();
        if found != (graded && !own) {
            wrong.push(format!("{row}: {found}"));
        }
        accepted += usize::from(found);
        stricter += usize::from(own);
    }
    println!("e-mail: {} graded, {accepted} accepted, {stricter} refused by choice", rows.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows.len(), 164);
}
