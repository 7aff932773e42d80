//! Made persons, some of them entered more than once, the same for the same seed.

use super::{COLUMNS, Person, Persons};
use clientela_core::party::entry::NewCustomer;
use std::fmt::Write as _;

/// Of a hundred records, how many are repetitions.
const REPEATED: u64 = 20;
/// Most repetitions of one person.
const REPETITIONS_MAX: u64 = 3;

const BEGINS: [&str; 20] =
    ["b", "br", "c", "ch", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v", "w"];
const MIDDLES: [&str; 9] = ["a", "e", "i", "o", "u", "ai", "ee", "ou", "ea"];
const ENDS: [&str; 12] = ["", "n", "r", "s", "l", "t", "ck", "nd", "ll", "m", "th", "rd"];

struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        u64::try_from((u128::from(self.roll()) * u128::from(limit)) >> 64).unwrap_or(0)
    }

    /// A place below the limit, low ones more often, as names are common or rare: the place `k` with a share in proportion to
    /// `1 / (k + 20)`.
    #[allow(clippy::float_arithmetic, reason = "a share of names is not money")]
    fn common(&mut self, limit: u64) -> u64 {
        const SHIFT: f64 = 20.0;
        let part = f64::from(u32::try_from(self.below(1 << 32)).unwrap_or(0)) / 4_294_967_296.0;
        let size = f64::from(u32::try_from(limit).unwrap_or(u32::MAX));
        let place = SHIFT * ((1.0 + size / SHIFT).powf(part) - 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and the limit"
        )]
        let place = place as u64;
        place.min(limit.saturating_sub(1))
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// The word of a number: the same number, the same word.
fn word(kind: u64, number: u64) -> String {
    let mut dice = Dice(number.wrapping_mul(0x1_0000_01b3) ^ (kind << 56));
    let mut word = String::new();
    let place = |dice: &mut Dice, list: &[&'static str]| {
        list.get(usize::try_from(dice.below(list.len() as u64)).unwrap_or(0)).copied().unwrap_or("")
    };
    for _ in 0..2 + dice.below(2) {
        word.push_str(place(&mut dice, &BEGINS));
        word.push_str(place(&mut dice, &MIDDLES));
        word.push_str(place(&mut dice, &ENDS));
    }
    word
}

fn person(dice: &mut Dice, truth: u32, size: u64) -> Person {
    let suburb = dice.common(4_000);
    let state = ["nsw", "vic", "qld", "wa", "sa", "tas"][usize::try_from(suburb % 6).unwrap_or(0)];
    let street = dice.common(20_000);
    let kind = ["street", "place", "crescent", "circuit", "avenue"][usize::try_from(street % 5).unwrap_or(0)];
    let second = if dice.percent(60) { String::new() } else { word(4, dice.common(8_000)) };
    let cells = [
        word(0, dice.common(1_500)),
        word(1, dice.common(size.clamp(5_000, 60_000))),
        (1 + dice.common(250)).to_string(),
        format!("{} {kind}", word(2, street)),
        second,
        word(3, suburb),
        (2_000 + suburb * 7 % 6_000).to_string(),
        state.to_owned(),
        format!("{}{:02}{:02}", 1_900 + dice.below(100), 1 + dice.below(12), 1 + dice.below(28)),
        (1_000_000 + dice.below(9_000_000)).to_string(),
    ];
    Person { truth, cells }
}

/// One slip of whoever enters it.
fn slip(dice: &mut Dice, cells: &mut [String; 10]) {
    let at = usize::try_from(dice.below(COLUMNS.len() as u64)).unwrap_or(0);
    let mut letters: Vec<char> = cells[at].chars().collect();
    let place = usize::try_from(dice.below(letters.len().max(1) as u64)).unwrap_or(0);
    let other = if at >= 8 || at == 6 || at == 2 {
        char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0))
    } else {
        char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0))
    };
    match dice.below(12) {
        0 => letters.clear(),
        1 if at < 2 => cells.swap(0, 1),
        2 if at == 3 || at == 4 => cells.swap(3, 4),
        3 if at == 0 || at == 1 => letters = word(at as u64, dice.common(1_500)).chars().collect(),
        4..=5 if place + 1 < letters.len() => letters.swap(place, place + 1),
        6..=7 if letters.len() > 2 => {
            letters.remove(place);
        }
        8..=9 if !letters.is_empty() => letters.insert(place, other),
        _ if !letters.is_empty() => letters[place] = other,
        _ => {}
    }
    if !(letters.is_empty() && cells[at].is_empty()) {
        cells[at] = letters.into_iter().collect();
    }
}

/// A company, the same for the same number: of as many names and towns as a country has.
#[must_use]
pub fn company(number: u32) -> NewCustomer {
    let mut dice = Dice(u64::from(number) << 20);
    let text = |text: &str| Some(text.to_owned());
    let form =
        ["S.r.l.", "S.p.A.", "S.n.c.", "S.a.s.", "GmbH", "SARL"][usize::try_from(dice.below(6)).unwrap_or(0)];
    let trade = ["Trasporti", "Logistica", "Spedizioni", "Costruzioni", "", "", ""];
    let trade = trade[usize::try_from(dice.below(7)).unwrap_or(0)];
    let town = dice.common(8_000);
    let name = format!("{} {} {trade} {form}", word(6, dice.common(40_000)), word(7, dice.common(40_000)));
    NewCustomer {
        kind: text("company"),
        name: Some(name),
        street: Some(format!("Via {} {}", word(8, dice.common(3_000)), 1 + dice.below(120))),
        postal_code: Some(format!("{:05}", 10_000 + town * 11 % 88_000)),
        locality: Some(word(9, town)),
        country: text("IT"),
        email: dice.percent(60).then(|| format!("info@{}{number}.example", word(6, u64::from(number % 977)))),
        phone: dice.percent(80).then(|| format!("0523 {:06}", 100_000 + dice.below(900_000))),
        number: Some(format!("K-{number:07}")),
        ..NewCustomer::default()
    }
}

/// So many records.
#[must_use]
pub fn persons(records: u32, seed: u64) -> Persons {
    let mut dice = Dice(seed);
    let mut all: Vec<Person> = Vec::with_capacity(records as usize);
    let mut truth = 0;
    while all.len() < records as usize {
        let one = person(&mut dice, truth, u64::from(records) / 20);
        truth += 1;
        let repetitions = if dice.percent(REPEATED * 100 / (REPEATED + 200) * 2) {
            1 + dice.below(REPETITIONS_MAX)
        } else {
            0
        };
        for _ in 0..repetitions {
            let mut again = one.clone();
            for _ in 0..1 + dice.below(4) {
                slip(&mut dice, &mut again.cells);
            }
            all.push(again);
        }
        all.push(one);
    }
    all.truncate(records as usize);
    Persons { all, second: None }
}

/// The records as a file of FEBRL's form.
#[must_use]
pub fn written(persons: &[Person]) -> String {
    let mut text = format!("rec_id, {}\n", COLUMNS.join(", "));
    for (row, person) in persons.iter().enumerate() {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "rec-{}-{row}, {}", person.truth, person.cells.join(", "));
    }
    text
}
