//! The rules an installation sets for what may be one.
#![allow(clippy::float_arithmetic, reason = "weights of evidence are not money")]

use super::features::Feature;
use clientela_analytics::linkage::{Comparison, Evidence, Field, Level, Model, Pass, Test};
use clientela_model::{ClosedList, Coded, ErrorKind, Why};
use serde::{Deserialize, Serialize};

/// What two texts must be to reach a level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MatchTest {
    /// The same.
    Exact,
    /// So alike after Jaro and Winkler, 0 to 1.
    JaroWinkler(f64),
    /// So many letters to change, swap, drop or insert.
    Edits(u32),
    /// One is the beginning of the other.
    Begins,
}

/// A level of a field.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRule {
    /// What is compared.
    pub feature: Feature,
    /// What it must be.
    pub test: MatchTest,
    /// How many pairs of one customer are assumed to reach this level and none above, as a share.
    #[serde(deserialize_with = "crate::numbers::read")]
    pub same: f64,
    /// How many pairs of different customers, as a share; what the store's own customers show counts beside it.
    #[serde(deserialize_with = "crate::numbers::read")]
    pub different: f64,
}

/// A field: what says that two customers are one, in levels, the best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// Its name in reasons.
    pub field: String,
    /// Whether rare contents that agree say more than common ones.
    #[serde(default)]
    pub frequencies: bool,
    /// The levels.
    pub levels: Vec<LevelRule>,
}

/// Weights learnt from an installation's own customers: shares by field and level, the rest last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Share of pairs that are one customer.
    #[serde(deserialize_with = "crate::numbers::read")]
    pub share_same: f64,
    /// Shares among pairs of one customer.
    #[serde(deserialize_with = "crate::numbers::read")]
    pub same: Vec<Vec<f64>>,
    /// Shares among pairs of different customers.
    #[serde(deserialize_with = "crate::numbers::read")]
    pub different: Vec<Vec<f64>>,
}

/// How duplicates are found: the document of the setting `customer.duplicates`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MatchPolicy {
    /// What is compared.
    pub fields: Vec<FieldRule>,
    /// Which are compared at all: those that have all features of one of these keys in common.
    pub keys: Vec<Vec<Feature>>,
    /// A key that more customers than this have in common says nothing.
    pub block_max: u32,
    /// From this probability on a customer is shown as a possible duplicate.
    #[serde(deserialize_with = "crate::numbers::read")]
    pub possible: f64,
    /// From this one on as a likely one.
    #[serde(deserialize_with = "crate::numbers::read")]
    pub likely: f64,
    /// How likely it is that a customer who is entered is there already.
    #[serde(deserialize_with = "crate::numbers::read")]
    pub expected: f64,
    /// Whether a cluster holds together only if its customers do on average, and not by one likely pair after the other.
    pub coherent: bool,
    /// From so many customers on the weights are learnt from them when all are looked at; fewer show too little.
    pub learn_from: u32,
    /// Features of which two different contents keep customers apart: they are never in one cluster.
    pub apart: Vec<Feature>,
    /// Weights that were learnt; what the fields assume when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Weights>,
}

/// Pairs that the shares assumed of a field are worth beside those that are seen.
const ASSUMED_PAIRS: f64 = 200.0;

const fn level(feature: Feature, test: MatchTest, same: f64, different: f64) -> LevelRule {
    LevelRule { feature, test, same, different }
}

impl Default for MatchPolicy {
    fn default() -> Self {
        use Feature::{
            Country, Email, EmailDomain, HouseNumber, LegalForm, Locality, Name, NameKey, NameSorted,
            NameStart, Phone, PhoneEnd, Place, PostalCode, Street, StreetStart, VatNumber,
        };
        use MatchTest::{Edits, Exact, JaroWinkler};
        let field = |name: &str, frequencies, levels: &[LevelRule]| FieldRule {
            field: name.to_owned(),
            frequencies,
            levels: levels.to_vec(),
        };
        Self {
            fields: vec![
                field(
                    "name",
                    true,
                    &[
                        level(Name, Exact, 0.65, 0.000_1),
                        level(NameSorted, Exact, 0.06, 0.000_02),
                        level(NameSorted, JaroWinkler(0.93), 0.13, 0.000_3),
                        level(NameSorted, JaroWinkler(0.85), 0.07, 0.004),
                        level(NameKey, Exact, 0.06, 0.002),
                    ],
                ),
                field("legal_form", false, &[level(LegalForm, Exact, 0.9, 0.4)]),
                field(
                    "vat_number",
                    false,
                    &[level(VatNumber, Exact, 0.9, 0.000_001), level(VatNumber, Edits(1), 0.06, 0.000_02)],
                ),
                field(
                    "email",
                    true,
                    &[
                        level(Email, Exact, 0.6, 0.000_01),
                        level(Email, Edits(1), 0.04, 0.000_02),
                        level(EmailDomain, Exact, 0.16, 0.000_2),
                    ],
                ),
                field(
                    "phone",
                    true,
                    &[
                        level(Phone, Exact, 0.6, 0.000_02),
                        level(PhoneEnd, Exact, 0.04, 0.000_02),
                        level(Phone, Edits(1), 0.04, 0.000_1),
                    ],
                ),
                field(
                    "street",
                    true,
                    &[
                        level(Street, Exact, 0.55, 0.000_2),
                        level(Street, JaroWinkler(0.9), 0.25, 0.002),
                        level(StreetStart, Exact, 0.05, 0.004),
                    ],
                ),
                field(
                    "place",
                    true,
                    &[
                        level(Place, Exact, 0.75, 0.001),
                        level(PostalCode, Exact, 0.06, 0.001),
                        level(Locality, JaroWinkler(0.92), 0.09, 0.005),
                    ],
                ),
                field("country", false, &[level(Country, Exact, 0.995, 0.6)]),
            ],
            keys: vec![
                vec![VatNumber],
                vec![Email],
                vec![PhoneEnd],
                vec![Name],
                vec![NameSorted],
                vec![NameKey, PostalCode],
                vec![NameKey, Locality],
                vec![NameStart],
                vec![EmailDomain],
                vec![Place, StreetStart, HouseNumber],
            ],
            block_max: 400,
            possible: 0.2,
            likely: 0.9,
            expected: 0.1,
            coherent: true,
            learn_from: 2_000,
            apart: vec![VatNumber],
            weights: None,
        }
    }
}

/// A policy that cannot be followed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MatchPolicyError {
    /// A list that is empty or too long.
    #[error("{what} must be 1 to {most}")]
    Count {
        /// What is counted.
        what: &'static str,
        /// Most of them.
        most: usize,
    },
    /// A share or probability outside of its bounds.
    #[error("{what} must lie between 0 and 1, and possible not above likely")]
    Share {
        /// What it is.
        what: &'static str,
    },
    /// Shares of a field that come to more than one.
    #[error(
        "the shares of the levels of field {field} must leave some for what reaches none: less than 1 in all"
    )]
    Shares {
        /// The field, from 1.
        field: usize,
    },
    /// A test for what is only ever equal.
    #[error(
        "level {level} of field {field} compares a feature that is equal or not; exact is the only test of it"
    )]
    Test {
        /// The field, from 1.
        field: usize,
        /// The level, from 1.
        level: usize,
    },
    /// Weights of other fields.
    #[error("the weights are not those of these fields; learn them again, or leave them out")]
    Weights,
}

impl Coded for MatchPolicyError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Validation
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Count { .. } => "duplicates.count",
            Self::Share { .. } => "duplicates.share",
            Self::Shares { .. } => "duplicates.shares",
            Self::Test { .. } => "duplicates.test",
            Self::Weights => "duplicates.weights",
        }
    }
    fn field(&self) -> Option<String> {
        Some("document".to_owned())
    }
}

/// Fields of a policy, keys and features of a key, at most.
const FIELDS_MAX: usize = 16;
const LEVELS_MAX: usize = 8;
const BLOCK_MAX: u32 = 10_000;

impl MatchPolicy {
    /// Refuses what cannot be followed.
    ///
    /// # Errors
    /// `duplicates.count`, `duplicates.share`, `duplicates.shares`, `duplicates.test`, `duplicates.weights`, in this order.
    pub fn check(&self) -> Result<(), MatchPolicyError> {
        let count = |what, size: usize, most| {
            if (1..=most).contains(&size) { Ok(()) } else { Err(MatchPolicyError::Count { what, most }) }
        };
        count("fields", self.fields.len(), FIELDS_MAX)?;
        count("keys", self.keys.len(), FIELDS_MAX)?;
        count("block_max", self.block_max as usize, BLOCK_MAX as usize)?;
        for key in &self.keys {
            count("features of a key", key.len(), FIELDS_MAX)?;
        }
        for field in &self.fields {
            count("levels of a field", field.levels.len(), LEVELS_MAX)?;
        }
        let share = |what, share: f64| {
            if share > 0.0 && share < 1.0 { Ok(()) } else { Err(MatchPolicyError::Share { what }) }
        };
        share("possible", self.possible)?;
        share("likely", self.likely)?;
        share("expected", self.expected)?;
        if self.possible > self.likely {
            return Err(MatchPolicyError::Share { what: "possible" });
        }
        for (at, field) in self.fields.iter().enumerate() {
            self.check_field(at, field)?;
        }
        if self.weights.is_some() && self.learnt().is_none() {
            return Err(MatchPolicyError::Weights);
        }
        Ok(())
    }

    fn check_field(&self, at: usize, field: &FieldRule) -> Result<(), MatchPolicyError> {
        for (place, level) in field.levels.iter().enumerate() {
            if !(level.same > 0.0 && level.same < 1.0 && level.different > 0.0 && level.different < 1.0) {
                return Err(MatchPolicyError::Share { what: "same and different of a level" });
            }
            if let MatchTest::JaroWinkler(least) = level.test
                && !(least > 0.0 && least <= 1.0)
            {
                return Err(MatchPolicyError::Share { what: "jaro_winkler" });
            }
            if level.test != MatchTest::Exact && !level.feature.is_alike() {
                return Err(MatchPolicyError::Test { field: at + 1, level: place + 1 });
            }
        }
        let sum = |of: fn(&LevelRule) -> f64| field.levels.iter().map(of).sum::<f64>();
        if sum(|level| level.same) < 1.0 && sum(|level| level.different) < 1.0 {
            Ok(())
        } else {
            Err(MatchPolicyError::Shares { field: at + 1 })
        }
    }

    /// The model of the weights that were learnt, if there are any and they are of these fields.
    #[must_use]
    pub fn learnt(&self) -> Option<Model> {
        let weights = self.weights.as_ref()?;
        let (same, different) = (weights.same.clone(), weights.different.clone());
        Model::of_shares(comparison(self)?, weights.share_same, same, different)
    }

    /// The model of what the fields assume.
    #[must_use]
    pub fn assumed(&self, share_same: f64) -> Option<Model> {
        let shares = |of: fn(&LevelRule) -> f64| -> Vec<Vec<f64>> {
            let fields = self.fields.iter();
            fields.map(|field| with_rest(field.levels.iter().map(of).collect())).collect()
        };
        Model::of_shares(
            comparison(self)?,
            share_same,
            shares(|level| level.same),
            shares(|level| level.different),
        )
    }
}

fn with_rest(mut shares: Vec<f64>) -> Vec<f64> {
    let rest = 1.0 - shares.iter().sum::<f64>();
    shares.push(rest.max(1e-6));
    shares
}

/// The fields of a policy, over a table with a column for each feature; none when they have too many levels together.
#[must_use]
pub fn comparison(policy: &MatchPolicy) -> Option<Comparison> {
    let test = |test: MatchTest| match test {
        MatchTest::Exact => Test::Exact,
        MatchTest::JaroWinkler(least) => Test::JaroWinkler(least),
        MatchTest::Edits(most) => Test::Edits(most),
        MatchTest::Begins => Test::Begins,
    };
    let fields = policy.fields.iter().map(|rule| {
        let level = |level: &LevelRule| Level { column: level.feature as usize, test: test(level.test) };
        let field = Field::new(rule.levels.iter().map(level).collect());
        let shares = |of: fn(&LevelRule) -> f64| with_rest(rule.levels.iter().map(of).collect());
        let field =
            field.assuming(&shares(|level| level.same), &shares(|level| level.different), ASSUMED_PAIRS);
        if rule.frequencies { field.with_frequencies() } else { field }
    });
    Comparison::new(fields.collect())
}

/// The keys of a policy as passes.
#[must_use]
pub fn passes(policy: &MatchPolicy) -> Vec<Pass> {
    policy.keys.iter().map(|key| Pass(key.iter().map(|feature| *feature as usize).collect())).collect()
}

/// The weights of a model, to be kept in the setting.
#[must_use]
pub fn weights_of(model: &Model) -> Weights {
    Weights {
        share_same: model.share_same(),
        same: model.same().to_vec(),
        different: model.different().to_vec(),
    }
}

/// Why two customers may be one: what each field says, in bits, the weightiest first.
pub type Reasons = Why;

/// The reasons of a weight. The facts hold no content of either customer.
#[must_use]
pub fn reasons(policy: &MatchPolicy, evidence: &[Evidence], prior: f64) -> Reasons {
    let mut said: Vec<&Evidence> = evidence.iter().filter(|one| one.level.is_some()).collect();
    said.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    let start = Why::new("duplicate.weighed").fact("prior", format_args!("{prior:.2}"));
    said.into_iter().fold(start, |why, one| {
        let Some(rule) = policy.fields.get(one.field) else { return why };
        let level = one.level.and_then(|level| rule.levels.get(level));
        let mut reason = Why::new(if level.is_some() { "duplicate.agrees" } else { "duplicate.differs" })
            .fact("field", &rule.field);
        if let Some(level) = level {
            reason = reason.fact("feature", level.feature.word()).fact("test", level.test);
        }
        reason = reason.fact("weight", format_args!("{:.2}", one.weight));
        if one.by_frequency.abs() >= 0.005 {
            reason = reason.fact("by_frequency", format_args!("{:.2}", one.by_frequency));
        }
        why.because(reason)
    })
}

impl std::fmt::Display for MatchTest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exact => f.write_str("exact"),
            Self::JaroWinkler(least) => write!(f, "jaro_winkler {least}"),
            Self::Edits(most) => write!(f, "edits {most}"),
            Self::Begins => f.write_str("begins"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::features::{Facts, Features};
    use super::*;
    use clientela_analytics::linkage::{Table, probability};

    fn facts(line: &str) -> Facts {
        let mut cells =
            line.split('|').map(str::trim).map(|cell| (!cell.is_empty()).then(|| cell.to_owned()));
        let mut next = || cells.next().flatten();
        Facts {
            name: next(),
            vat_number: next(),
            street: next(),
            postal_code: next(),
            locality: next(),
            country: next(),
            email: next(),
            phone: next(),
            ..Facts::default()
        }
    }

    /// Name | VAT number | street | postal code | town | country | e-mail | phone
    #[test]
    fn what_a_dealer_would_say() {
        let cases = [
            // The same company, written otherwise.
            (
                "Rossi S.r.l.||Via Roma 1|10121|Torino|IT||011 5551234",
                "ROSSI SRL||via Roma, 1|10121|TORINO|IT||+39 011 5551234",
                true,
            ),
            (
                "Müller GmbH & Co. KG||Hauptstr. 5|80331|München|DE||",
                "Mueller GmbH Co KG||Hauptstraße 5|80331|Muenchen|DE||",
                true,
            ),
            (
                "ООО Ромашка|||101000|Москва|RU|info@romashka.ru|",
                "OOO Romashka|||101000|Moskva|RU|info@romashka.ru|",
                true,
            ),
            ("Bianchi Trasporti SpA|IT00760350017||||IT||", "Trasporti Bianchi|IT00760350017||||IT||", true),
            (
                "Dupont & Fils SARL||12 rue de la Gare|69001|Lyon|FR|contact@dupont.fr|",
                "SARL Dupond Fils||12 rue de la Gare|69001|Lyon|FR|contact@dupont.fr|",
                true,
            ),
            // Different companies.
            (
                "Rossi S.r.l.||Via Roma 1|10121|Torino|IT||",
                "Rossi S.p.A.||Corso Francia 80|20100|Milano|IT||",
                false,
            ),
            ("Bianchi Trasporti||||Milano|IT||", "Verdi Trasporti||||Milano|IT||", false),
            (
                "Müller GmbH||Hauptstr. 5|80331|München|DE||",
                "Schmidt GmbH||Hauptstr. 5|80331|München|DE||",
                false,
            ),
        ];
        let policy = MatchPolicy::default();
        policy.check().unwrap();
        let model = policy.assumed(0.1 / 10_000.0).unwrap();
        for (one, other, expected) in cases {
            let mut table = Table::new(Feature::ALL.len());
            for line in [one, other] {
                table.push(&Features::of(&facts(line)).cells());
            }
            // Among many others, no value of the two is common.
            for number in 0..1_000 {
                let line = format!(
                    "other{number}|DE{number}|street{number} 1|{number}|town{number}|DE|a@b{number}.de|99{number}00000"
                );
                let filler = facts(&line);
                table.push(&Features::of(&filler).cells());
            }
            let weight = model.weight(&table, 0, 1);
            let why = reasons(&policy, &model.explain(&table, 0, 1), model.prior());
            assert_eq!(
                probability(weight) >= policy.possible,
                expected,
                "{one} / {other}: {weight:.1}\n{why}"
            );
        }
    }

    #[test]
    fn a_policy_that_cannot_be_followed_is_refused() {
        let refused = |change: fn(&mut MatchPolicy)| {
            let mut policy = MatchPolicy::default();
            change(&mut policy);
            policy.check().map_err(|error| error.code()).err()
        };
        assert_eq!(refused(|_| ()), None);
        assert_eq!(refused(|policy| policy.fields.clear()), Some("duplicates.count"));
        assert_eq!(refused(|policy| policy.keys[0].clear()), Some("duplicates.count"));
        assert_eq!(refused(|policy| policy.block_max = 0), Some("duplicates.count"));
        assert_eq!(refused(|policy| policy.possible = 0.95), Some("duplicates.share"));
        assert_eq!(refused(|policy| policy.likely = f64::NAN), Some("duplicates.share"));
        assert_eq!(refused(|policy| policy.fields[0].levels[0].same = 0.9), Some("duplicates.shares"));
        let wrong = |policy: &mut MatchPolicy| policy.fields[1].levels[0].test = MatchTest::Edits(1);
        assert_eq!(refused(wrong), Some("duplicates.test"));
        let weights = |policy: &mut MatchPolicy| {
            policy.weights = Some(Weights { share_same: 0.1, same: vec![], different: vec![] });
        };
        assert_eq!(refused(weights), Some("duplicates.weights"));
        let mut learnt = MatchPolicy::default();
        learnt.weights = learnt.assumed(0.01).map(|model| weights_of(&model));
        assert_eq!(learnt.check(), Ok(()));
        let read: MatchPolicy = serde_json::from_str(&serde_json::to_string(&learnt).unwrap()).unwrap();
        assert_eq!(read.fields, learnt.fields);
    }
}
