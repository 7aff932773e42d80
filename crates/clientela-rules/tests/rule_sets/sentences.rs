//! Rules read back as sentences.

use crate::world::ENVIRONMENT;
use clientela_rules::sentence::Sentences;

#[test]
fn rules_read_as_sentences() {
    let english = Sentences::english();
    let italian = Sentences::italian()
        .with_label("customer.dormant", "dormiente")
        .with_label("customer.since", "data di inizio")
        .with_label("customer.discount", "sconto")
        .with_label("vehicle.price", "prezzo");
    for (rule, in_english, in_italian) in [
        ("customer.score >= 60", "the customer's score is at least 60", "punteggio del cliente almeno 60"),
        (
            "customer.score >= 60 && customer.segment == 'A'",
            "the customer's score is at least 60 and the customer's segment is \"A\"",
            "punteggio del cliente almeno 60 e segmento del cliente uguale a «A»",
        ),
        (
            "customer.score >= 60 && (customer.segment == 'A' || customer.city == 'Roma')",
            "the customer's score is at least 60 and either the customer's segment is \"A\" or the customer's city is \"Roma\"",
            "punteggio del cliente almeno 60 e o segmento del cliente uguale a «A» o città del cliente uguale a «Roma»",
        ),
        (
            "!(customer.score >= 60 && customer.segment == 'A')",
            "the customer's score is less than 60 or the customer's segment is not \"A\"",
            "punteggio del cliente minore di 60 o segmento del cliente diverso da «A»",
        ),
        (
            "customer.segment in ['A', 'B']",
            "the customer's segment is \"A\" or \"B\"",
            "segmento del cliente uguale a «A» o «B»",
        ),
        (
            "!(customer.segment in ['A', 'B'])",
            "the customer's segment is neither \"A\" nor \"B\"",
            "segmento del cliente diverso da «A» e da «B»",
        ),
        (
            "customer.city != null && customer.score == null",
            "the customer's city is known and the customer's score is not known",
            "città del cliente presente e punteggio del cliente mancante",
        ),
        ("customer.dormant", "the customer's dormant is yes", "dormiente del cliente uguale a sì"),
        (
            "customer.since < today - years(3)",
            "the customer's since is before 3 years ago",
            "data di inizio del cliente prima di 3 anni fa",
        ),
        (
            "customer.since >= date('2026-01-31') && customer.since <= today + days(1)",
            "the customer's since is not before 2026-01-31 and the customer's since is not after 1 day from today",
            "data di inizio del cliente non prima di 31/01/2026 e data di inizio del cliente non dopo 1 giorno da oggi",
        ),
        (
            "customer.fleet.exists(v, v.make == 'R' && v.first_registration < today - years(3))",
            "the customer has at least one vehicle whose make is \"R\" and whose first registration is before 3 years ago",
            "il cliente ha almeno un veicolo con marca uguale a «R» e con prima immatricolazione prima di 3 anni fa",
        ),
        (
            "!customer.fleet.exists(v, v.make == 'R')",
            "the customer has no vehicle whose make is \"R\"",
            "il cliente non ha alcun veicolo con marca uguale a «R»",
        ),
        (
            "customer.fleet.all(v, v.make == 'R' || v.price > 10.5)",
            "the customer has only vehicles whose make is \"R\" or whose price is more than 10.5",
            "il cliente ha solo veicoli con marca uguale a «R» o con prezzo maggiore di 10,5",
        ),
        ("customer.fleet.size() >= 2", "the number of vehicles is at least 2", "numero di veicoli almeno 2"),
        (
            "customer.fleet.filter(v, v.make == 'R').size() > 1",
            "the number of vehicles whose make is \"R\" is more than 1",
            "numero di veicoli con marca uguale a «R» maggiore di 1",
        ),
        (
            "customer.fleet.map(v, v.price).sum() > 1000",
            "the sum of price over vehicles is more than 1000",
            "somma di prezzo di veicoli maggiore di 1000",
        ),
        (
            "customer.city.startsWith('Ro') && !customer.city.contains('x')",
            "the customer's city begins with \"Ro\" and the customer's city does not contain \"x\"",
            "città del cliente che comincia con «Ro» e città del cliente non contenente «x»",
        ),
        (
            "customer.discount * 100 < customer.score",
            "the customer's discount times 100 is less than the customer's score",
            "sconto del cliente per 100 minore di punteggio del cliente",
        ),
        (
            "customer.discount * 100 + 1 < 2 * (3 + customer.discount)",
            "‘customer.discount * 100 + 1’ is less than ‘2 * (3 + customer.discount)’",
            "‘customer.discount * 100 + 1’ minore di ‘2 * (3 + customer.discount)’",
        ),
    ] {
        assert_eq!(english.tell(rule, &ENVIRONMENT).as_deref(), Ok(in_english), "{rule}");
        assert_eq!(italian.tell(rule, &ENVIRONMENT).as_deref(), Ok(in_italian), "{rule}");
    }
}

#[test]
fn an_installation_adds_its_own_words() {
    let own = Sentences::english()
        .with_words("label customer.dormant = sleeping\nyes = true\n# a comment\n")
        .unwrap();
    assert_eq!(own.tell("customer.dormant", &ENVIRONMENT).as_deref(), Ok("the customer's sleeping is true"));
    assert_eq!(Sentences::english().with_words("fine = yes\nnonsense").map_err(|error| error.line), Err(2));
    assert!(Sentences::english().tell("customer.scroe > 1", &ENVIRONMENT).is_err());
}
