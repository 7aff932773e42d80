//! Cards as phones and mail programs really write them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

mod common;

use clientela_exchange::vcard::{self, CardError, ContactKind, PhoneKind, Place};
use clientela_model::Coded;
use proptest::prelude::*;

#[test]
fn every_file_of_other_programs_is_read() {
    let Some(folder) = common::vectors("contacts") else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "vcf"))
        .collect();
    files.sort();
    let (mut cards, mut emails, mut phones) = (0, 0, 0);
    for path in &files {
        let file = vcard::read(&std::fs::read(path).unwrap()).unwrap();
        let counts = (
            file.cards.len(),
            file.cards.iter().map(|card| card.emails.len()).sum::<usize>(),
            file.cards.iter().map(|card| card.phones.len()).sum::<usize>(),
        );
        println!("{}: {counts:?} {:?}", path.file_name().unwrap().display(), file.problems);
        assert!(counts.0 > 0, "{}", path.display());
        (cards, emails, phones) = (cards + counts.0, emails + counts.1, phones + counts.2);
    }
    println!("{} files: {cards} cards, {emails} e-mail addresses, {phones} phone numbers", files.len());
    assert_eq!((files.len(), cards, emails, phones), (16, 24, 36, 69));
}

fn one(lines: &str) -> vcard::ContactCard {
    let file = vcard::read(format!("BEGIN:VCARD\r\n{lines}\r\nEND:VCARD\r\n").as_bytes()).unwrap();
    assert_eq!(file.problems, []);
    file.cards.into_iter().next().unwrap()
}

#[test]
fn versions_and_encodings() {
    let old = one(
        "VERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BCr=\r\ngen;;;\r\nTEL;CELL;PREF:0170 1\r\nTEL;WORK;FAX:2\r\nTEL;HOME;VOICE:3",
    );
    assert_eq!((old.family.as_deref(), old.given.as_deref()), (Some("Müller"), Some("Jürgen")));
    assert_eq!(old.full_name, "Jürgen Müller");
    let phones: Vec<_> =
        old.phones.iter().map(|phone| (phone.number.as_str(), phone.kind, phone.place)).collect();
    assert_eq!(
        phones,
        [
            ("0170 1", PhoneKind::Mobile, None),
            ("2", PhoneKind::Fax, Some(Place::Work)),
            ("3", PhoneKind::Phone, Some(Place::Home))
        ]
    );
    let new = one(
        "VERSION:4.0\r\nKIND:org\r\nFN:Trasporti\\, Esempio\r\nTEL;VALUE=uri;TYPE=\"voice,work\";PREF=1:tel:+39-0523-1;ext=55\r\nEMAIL:mailto:a@esempio.example\r\nADR;TYPE=work:;;Via Roma 1;Piacenza;PC;29122;Italia\r\nBDAY:--0203\r\nNOTE:una\\nriga\r\nORG:Esempio;Officina",
    );
    assert_eq!((new.kind, new.full_name.as_str()), (ContactKind::Organisation, "Trasporti, Esempio"));
    assert_eq!(
        (new.phones[0].number.as_str(), new.phones[0].extension.as_deref()),
        ("+39-0523-1", Some("55"))
    );
    assert_eq!(new.emails[0].value, "a@esempio.example");
    assert_eq!(new.addresses[0].postal_code.as_deref(), Some("29122"));
    let birthday = new.birthday.unwrap();
    assert_eq!(
        (birthday.year, birthday.month, birthday.day, birthday.date()),
        (None, Some(2), Some(3), None)
    );
    assert_eq!((new.notes[0].as_str(), new.departments[0].as_str()), ("una\nriga", "Officina"));
    let latin = vcard::read(
        b"BEGIN:VCARD\nVERSION:2.1\nFN:M\xfcller\nNOTE;CHARSET=windows-1251:\xcf\xf0\xe8\nEND:VCARD\n",
    )
    .unwrap();
    assert_eq!((latin.cards[0].full_name.as_str(), latin.cards[0].notes[0].as_str()), ("Müller", "При"));
    let wide: Vec<u8> =
        "BEGIN:VCARD\r\nFN:Müller\r\nEND:VCARD\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(vcard::read(&wide).unwrap().cards[0].full_name, "Müller");
}

#[test]
fn what_cannot_be_read_is_reported_and_the_rest_is_read() {
    let file = vcard::read(
        b"hello\nBEGIN:VCARD\nFN:One\nno property\nBDAY:some day\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nEND:VCARD\nBEGIN:VCARD\nFN:Two\nBEGIN:VCARD\nFN:Inner\nEND:VCARD\nTEL:1\nEND:VCARD\nBEGIN:VCARD\nFN:Three\n",
    )
    .unwrap();
    let names: Vec<_> = file.cards.iter().map(|card| card.full_name.as_str()).collect();
    assert_eq!(names, ["One", "Two", "Three"]);
    assert_eq!(file.cards[1].phones.len(), 1);
    let problems: Vec<_> = file.problems.iter().map(|problem| (problem.line(), problem.code())).collect();
    assert_eq!(
        problems,
        [
            (1, "vcard.outside"),
            (2, "vcard.birthday"),
            (4, "vcard.line"),
            (7, "vcard.empty"),
            (12, "vcard.nested"),
            (17, "vcard.unterminated")
        ]
    );
    let mut huge = b"BEGIN:VCARD\nFN:".to_vec();
    huge.extend(std::iter::repeat_n(b'x', vcard::MAX_CARD_BYTES));
    huge.extend(b"\nEND:VCARD\nBEGIN:VCARD\nFN:Small\nEND:VCARD\n");
    let file = vcard::read(&huge).unwrap();
    assert_eq!(file.cards.len(), 1);
    assert_eq!(file.problems, [CardError::CardTooLarge { line: 1, limit: vcard::MAX_CARD_BYTES }]);
}

/// Bytes that come a few at a time.
struct Dribble<'a>(&'a [u8], usize);

impl std::io::Read for Dribble<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(into.len()).min(self.0.len());
        let (now, rest) = self.0.split_at(count);
        into[..count].copy_from_slice(now);
        self.0 = rest;
        Ok(count)
    }
}

/// The same card again and again, without end.
struct Endless {
    card: Vec<u8>,
    given: usize,
}

impl std::io::Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        for byte in into.iter_mut() {
            *byte = self.card[self.given % self.card.len()];
            self.given += 1;
        }
        Ok(into.len())
    }
}

#[test]
fn a_file_is_read_as_far_as_its_cards_are_asked_for() {
    let card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mario Rossi\r\nEND:VCARD\r\n".to_vec();
    let mut endless = Endless { card, given: 0 };
    let read =
        vcard::Cards::new(&mut endless).take(10_000).filter(|found| matches!(found, Ok(Ok(_)))).count();
    assert_eq!(read, 10_000);
    assert!(endless.given < 10_000 * 60 + 200_000, "{} bytes were read", endless.given);
    // A line without end is not held.
    let begin = b"BEGIN:VCARD\nNOTE:".as_slice();
    let long = std::io::Read::take(std::io::repeat(b'x'), 4 * vcard::MAX_CARD_BYTES as u64);
    let end = b"\nEND:VCARD\nBEGIN:VCARD\nFN:Anna\nEND:VCARD\n".as_slice();
    let all = std::io::Read::chain(std::io::Read::chain(begin, long), end);
    let found: Vec<_> = vcard::Cards::new(all).map(|found| found.unwrap()).collect();
    assert_eq!(found[0], Err(CardError::CardTooLarge { line: 1, limit: vcard::MAX_CARD_BYTES }));
    assert_eq!(found[1].as_ref().map(|card| (card.line, card.full_name.as_str())), Ok((4, "Anna")));
    assert_eq!(found.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_fail(lines in prop::collection::vec("(BEGIN:VCARD|END:VCARD|N:|TEL;TYPE=|BDAY:|ADR;;|PHOTO;ENCODING=b:|NOTE;QUOTED-PRINTABLE:)?[ -~äß\t]{0,40}", 0..30)) {
        let text = format!("BEGIN:VCARD\n{}", lines.join("\n"));
        prop_assert!(vcard::read(text.as_bytes()).is_ok());
    }

    #[test]
    fn pieces_make_no_difference(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "BEGIN:VCARD", "END:VCARD", "FN:M\u{fc}ller", "TEL:1", "BDAY:yesterday", " folded", "no property", "", "EMAIL:a@b.it",
            ]), 0..30),
        end in prop::sample::select(vec!["\r\n", "\n", "\r"]),
        wide in any::<bool>(),
        count in 1_usize..9,
    ) {
        let text = parts.join(end);
        let bytes = if wide { format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() };
        let whole = vcard::read(&bytes).unwrap();
        let (mut cards, mut problems) = (Vec::new(), Vec::new());
        for found in vcard::Cards::new(Dribble(&bytes, count)) {
            match found.unwrap() {
                Ok(card) => cards.push(card),
                Err(problem) => problems.push(problem),
            }
        }
        problems.sort_by_key(CardError::line);
        prop_assert_eq!((cards, problems), (whole.cards, whole.problems));
    }
}
