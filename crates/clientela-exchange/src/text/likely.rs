//! Which one-byte encoding a text is likely in: none of them says so, and in each every byte is a character.
//!
//! | encoding | what speaks for it |
//! | --- | --- |
//! | Windows-1251 | most letters beyond ASCII stand beside another one: words are written in them alone |
//! | Windows-1250 | inside words stand bytes that are signs in Windows-1252, or ž and š, and more of them than of à and å |
//! | Windows-1252 | all others |
//!
//! It is a guess, told as one: whoever knows better names the encoding.

use super::TextEncoding;

/// In percent, how many of the letters beyond ASCII stand beside another one in a text that is Cyrillic: among Latin letters it is
/// about half of them at most.
const CYRILLIC_PERCENT: u64 = 80;

/// Counts of a text that comes piece by piece.
#[derive(Debug, Clone, Default)]
pub(super) struct Likely {
    /// The byte before last and the last one.
    before: u8,
    last: u8,
    beyond_ascii: u64,
    beside_another: u64,
    central_european: u64,
    western: u64,
}

impl Likely {
    /// Looks at the next piece. A byte is judged once its neighbours are known.
    pub(super) fn add(&mut self, piece: &[u8]) {
        if piece.is_ascii() && self.last.is_ascii() {
            let end = piece.last_chunk::<2>().copied();
            let [before, last] = end.unwrap_or([self.last, piece.last().copied().unwrap_or(self.last)]);
            if !piece.is_empty() {
                (self.before, self.last) = (before, last);
            }
            return;
        }
        for byte in piece {
            self.judge(*byte);
            (self.before, self.last) = (self.last, *byte);
        }
    }

    /// The encoding, once no piece follows.
    pub(super) fn encoding(mut self) -> TextEncoding {
        self.judge(b' ');
        if self.beside_another * 100 > self.beyond_ascii * CYRILLIC_PERCENT {
            TextEncoding::Windows1251
        } else if self.central_european > self.western {
            TextEncoding::Windows1250
        } else {
            TextEncoding::Windows1252
        }
    }

    /// Judges the last byte, now that the next one is known.
    fn judge(&mut self, next: u8) {
        let byte = self.last;
        if byte.is_ascii() {
            return;
        }
        let (after_letter, before_letter) = (is_letter(self.before), is_letter(next));
        if is_letter(byte) {
            self.beyond_ascii += 1;
            self.beside_another += u64::from(beyond(self.before) || beyond(next));
        }
        match byte {
            // Ť, Ź, ť and signs that stand for Ł, Ą, Ş, Ż, ł, ą, ş, Ľ, ľ, ż within words.
            0x8d | 0x8f | 0x9d | 0xaa | 0xb3 | 0xb9 | 0xba | 0xbc | 0xbe | 0xbf => {
                self.central_european += u64::from(after_letter && before_letter);
            }
            0xa3 | 0xa5 | 0xaf => self.central_european += u64::from(before_letter),
            // Š, Ž, š, ž: both know them, but few western languages.
            0x8a | 0x8e | 0x9a | 0x9e => self.central_european += u64::from(after_letter || before_letter),
            // À, Å, à, å, which are the rare Ŕ, Ĺ, ŕ, ĺ elsewhere.
            0xc0 | 0xc5 | 0xe0 | 0xe5 => self.western += 1,
            _ => {}
        }
    }
}

/// Whether a byte is a letter, in ASCII or where all three have letters.
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || beyond(byte)
}

/// Whether a byte stands where all three have letters beyond ASCII.
const fn beyond(byte: u8) -> bool {
    byte >= 0xc0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What somebody would export of a customer list, encoded as his office does.
    #[test]
    fn lists_of_each_country_are_told_apart() {
        use encoding_rs::{WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
        for (text, table, expected) in [
            ("Название;Город\nООО Ромашка;Москва\nИП Петров;Казань", WINDOWS_1251, TextEncoding::Windows1251),
            ("Наименование;Телефон\nЗАО Грузовик;+7 495 1234567", WINDOWS_1251, TextEncoding::Windows1251),
            ("Nazwa;Miasto\nPrzewóz Łódzki;Łódź\nSpółka;Wałbrzych", WINDOWS_1250, TextEncoding::Windows1250),
            (
                "Firma;Ulica\nTransport;ul. Żeromskiego 5, Częstochowa\nW.;Będzin",
                WINDOWS_1250,
                TextEncoding::Windows1250,
            ),
            (
                "Název;Město\nŽelezářství Dvořák;Plzeň\nNováček;Třebíč, náměstí Míru",
                WINDOWS_1250,
                TextEncoding::Windows1250,
            ),
            ("Naziv;Grad\nPrijevoz Šimić;Čakovec\nVožnja;Žminj", WINDOWS_1250, TextEncoding::Windows1250),
            ("Name;Ort\nMüller Straßenbau;Köln\nGötz;Düsseldorf", WINDOWS_1252, TextEncoding::Windows1252),
            (
                "Nom;Ville\nSœur Transports;Orléans\nForêt;À Châteauroux",
                WINDOWS_1252,
                TextEncoding::Windows1252,
            ),
            ("Nome;Città\nTrasporti Perù;Forlì, 3º piano", WINDOWS_1252, TextEncoding::Windows1252),
            (
                "Nombre;Lugar\nCía. Española;Málaga, ¿dónde?; 5 m³; £ 3",
                WINDOWS_1252,
                TextEncoding::Windows1252,
            ),
            ("Navn;By\nKøbenhavns Vognmænd;Ærøskøbing\nÅrhus;Århus", WINDOWS_1252, TextEncoding::Windows1252),
        ] {
            let (bytes, _, unmapped) = table.encode(text);
            assert!(!unmapped, "{text}");
            let mut likely = Likely::default();
            likely.add(&bytes);
            assert_eq!(likely.encoding(), expected, "{text}");
            assert_eq!(expected.decode(&bytes).as_deref(), Some(text));
            // Cut wherever it may be.
            let mut pieces = Likely::default();
            bytes.chunks(1).for_each(|piece| pieces.add(piece));
            assert_eq!(pieces.encoding(), expected, "{text}");
        }
    }
}
