//! Questions on customers that may be one.

use crate::command::Key;
use crate::duplicates::{Clustered, Seen, clustered};
use crate::error::{CrmError, Result};
use crate::merging::{Pair, Sides};
use crate::session::Session;
use crate::setting;
use crate::view::View;
use clientela_analytics::linkage::probability;
use clientela_core::ENTITIES;
use clientela_core::custom::CustomValue;
use clientela_core::ids::{CustomerId, PartyId};
use clientela_core::organisation::Verb;
use clientela_core::party::matching::{Facts, MatchPolicy, Reasons, Weights, reasons, weights_of};
use clientela_core::party::merging::{ADDED, Reason, Side, choose, choose_added, outweighed, pointers};
use clientela_core::party::{Consent, Party, Relationship};
use clientela_model::{ClosedList, Entity, EntityId, Predicate, Record, Value, Why};
use clientela_store::Order;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Candidates listed when nothing else is said, and at most.
const LISTED: usize = 10;
const LISTED_MAX: usize = 100;
/// Clusters listed when nothing else is said, and at most.
const CLUSTERS: usize = 100;
const CLUSTERS_MAX: usize = 10_000;
/// Pairs of a cluster whose reasons are told.
const REASONED: usize = 10;

/// Who may be a customer that is entered, or one that is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DuplicatesOf {
    /// A customer that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// What is known of one that is entered, as far as it was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft: Option<Facts>,
    /// From which probability on; that of the setting `customer.duplicates` when not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "clientela_core::numbers::read")]
    pub least: Option<f64>,
    /// How many, at most 100; 10 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A customer that may be the one asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DuplicateCandidate {
    /// The customer.
    pub customer: CustomerId,
    /// Customer number.
    pub number: Option<String>,
    /// Name.
    pub name: String,
    /// Its party.
    pub party: PartyId,
    /// How likely both are one.
    pub probability: f64,
    /// Whether that is likely enough to be taken for one by the installation's rules.
    pub likely: bool,
    /// What each field says.
    pub why: Reasons,
}

/// Which customers may be one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DuplicateClustersOf {
    /// From which probability on; that of the rules when not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "clientela_core::numbers::read")]
    pub least: Option<f64>,
    /// How many clusters, at most 10,000; 100 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The rules; those of the setting `customer.duplicates` when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<MatchPolicy>,
}

/// A customer of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterMember {
    /// The customer.
    pub customer: CustomerId,
    /// Customer number.
    pub number: Option<String>,
    /// Name.
    pub name: String,
    /// Its party.
    pub party: PartyId,
}

/// Two parties of a cluster and why they are one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterPair {
    /// One.
    pub one: PartyId,
    /// The other.
    pub other: PartyId,
    /// How likely both are one.
    pub probability: f64,
    /// What each field says.
    pub why: Reasons,
}

/// Customers that are one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DuplicateCluster {
    /// The customers, by their numbers.
    pub customers: Vec<ClusterMember>,
    /// How likely its surest pair is one.
    pub probability: f64,
    /// Pairs with their reasons, the surest first, at most ten.
    pub pairs: Vec<ClusterPair>,
}

/// A key that says nothing, since too many have it in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnselectiveKey {
    /// The features of the key.
    pub features: Vec<String>,
    /// How many contents of it were passed over.
    pub contents: usize,
    /// How many customers have the most frequent of them.
    pub customers: u32,
}

/// Which customers may be one, and how that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DuplicateClusters {
    /// Parties of the customers that can be seen.
    pub parties: usize,
    /// Pairs that were compared.
    pub compared: usize,
    /// Whether there were more pairs than were compared.
    pub cut: bool,
    /// Clusters there are, listed or not.
    pub found: usize,
    /// The clusters, the surest first.
    pub clusters: Vec<DuplicateCluster>,
    /// Keys that were passed over.
    pub unselective: Vec<UnselectiveKey>,
    /// Steps of learning, none when weights were given.
    pub steps: u32,
    /// What agreement is worth among these customers: put into the setting, it holds for the next time.
    pub weights: Weights,
}

/// What a merge of two customers would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergePreviewOf {
    /// The customer that stays.
    pub survivor: Key,
    /// The customer that becomes it.
    pub merged: Key,
    /// Which content a field keeps, as in the command.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Side>,
}

/// What a field would keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewField {
    /// Its entity: party, relationship or custom_value.
    pub entity: String,
    /// The field.
    pub field: String,
    /// What the survivor says.
    pub survivor: Option<String>,
    /// What the merged one says.
    pub merged: Option<String>,
    /// Whose content stays.
    pub taken: Side,
    /// Why.
    pub reason: Reason,
}

/// Records that would belong to the survivor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRelation {
    /// Their entity.
    pub entity: String,
    /// The column by which they belong to it.
    pub column: String,
    /// How many of them can be seen.
    pub records: u64,
}

/// What a merge would do, as far as the session sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergePreview {
    /// The customer that stays.
    pub survivor: CustomerId,
    /// The customer that becomes it.
    pub merged: CustomerId,
    /// Whether the two customers become one; of two dealers only their parties do.
    pub customers_become_one: bool,
    /// Whether their parties become one; no when they have the same.
    pub parties_become_one: bool,
    /// Every field in which one of the two says something.
    pub fields: Vec<PreviewField>,
    /// What comes along.
    pub relations: Vec<PreviewRelation>,
    /// Grants that a withdrawal of the other outweighs.
    pub grants_outweighed: usize,
    /// Whether the session may do it.
    pub allowed: bool,
}

pub(super) fn duplicates(session: &Session, question: &DuplicatesOf) -> Result<Vec<DuplicateCandidate>> {
    loop {
        let found = session.look(|view| candidates(session, &view, question))?;
        // None: somebody brought what is compared to a later state meanwhile; that state is looked at.
        if let Some(found) = found {
            return Ok(found);
        }
    }
}

fn candidates(
    session: &Session,
    view: &View<'_>,
    question: &DuplicatesOf,
) -> Result<Option<Vec<DuplicateCandidate>>> {
    let (facts, own) = match (&question.customer, &question.draft) {
        (Some(key), None) => {
            let customer = view.resolve::<Relationship>(key)?.record;
            (Facts::from(&view.get::<Party>(customer.party)?.record), Some(customer))
        }
        (None, Some(draft)) => (draft.clone(), None),
        _ => {
            let error = CrmError::Argument {
                field: "customer",
                problem: "either a customer or a draft is asked about".to_owned(),
                hint: "one of the two",
            };
            return Err(error.into());
        }
    };
    let limit = question.limit.unwrap_or(LISTED).min(LISTED_MAX);
    let index = &session.crm().duplicates;
    let party = own.as_ref().map(|own| own.party);
    let Some((policy, prior, found)) = index.candidates(view, &facts, party, question.least)? else {
        return Ok(None);
    };
    let mut told = Vec::new();
    if let Some(own) = &own {
        for twin in customers_of(view, own.party)?.into_iter().filter(|twin| twin.id != own.id) {
            if view.dealer_of(twin.unit) == view.dealer_of(own.unit) {
                let name = facts.name.clone().unwrap_or_default();
                told.push(candidate(twin, name, 1.0, true, Why::new("duplicate.same_party")));
            }
        }
    }
    for one in found {
        if told.len() >= limit {
            break;
        }
        let customers = customers_of(view, one.party)?;
        if customers.is_empty() {
            // Whoever may not see it learns nothing of it.
            continue;
        }
        let name = view.get::<Party>(one.party)?.record.name;
        let (probability, why) = (probability(one.weight), reasons(&policy, &one.evidence, prior));
        for customer in customers {
            told.push(candidate(
                customer,
                name.clone(),
                probability,
                probability >= policy.likely,
                why.clone(),
            ));
        }
    }
    told.truncate(limit);
    Ok(Some(told))
}

fn candidate(
    customer: Relationship,
    name: String,
    probability: f64,
    likely: bool,
    why: Reasons,
) -> DuplicateCandidate {
    let Relationship { id, number, party, .. } = customer;
    DuplicateCandidate { customer: id, number, name, party, probability, likely, why }
}

/// The customers of a party that can be seen; it is asked by the index on the party, and then who sees them.
fn customers_of(view: &View<'_>, party: PartyId) -> Result<Vec<Relationship>> {
    let of_party = Predicate::equals("party", Value::Id(party.uuid()));
    let all = view.reader.find::<Relationship>(&of_party, &Order::by_id(), None, 0)?;
    let all = all.into_iter().map(|stored| stored.record);
    Ok(all.filter(|customer| view.may(Verb::Read, Relationship::ENTITY, &customer.to_values())).collect())
}

pub(super) fn clusters(session: &Session, question: &DuplicateClustersOf) -> Result<DuplicateClusters> {
    session.look(|view| {
        let policy = match &question.policy {
            Some(policy) => policy.clone(),
            None => setting::of(&view, setting::DUPLICATES)?,
        };
        policy.check()?;
        let found = clustered(&view, &policy, question.least)?;
        let limit = question.limit.unwrap_or(CLUSTERS).min(CLUSTERS_MAX);
        let clusters = found.clusters.iter().take(limit);
        Ok(DuplicateClusters {
            parties: found.parties.len(),
            compared: found.compared,
            cut: found.cut,
            found: found.clusters.len(),
            clusters: clusters.map(|cluster| told_cluster(&policy, &found, cluster)).collect(),
            unselective: unselective(&policy, &found),
            steps: found.model.learnt().0,
            weights: weights_of(&found.model),
        })
    })
}

fn told_cluster(
    policy: &MatchPolicy,
    found: &Clustered,
    (rows, matches): &(Vec<u32>, Vec<clientela_analytics::linkage::Match>),
) -> DuplicateCluster {
    let seen = |row: u32| found.parties.get(row as usize);
    let members = rows.iter().filter_map(|row| seen(*row)).flat_map(|Seen { party, name, customers }| {
        customers.iter().map(|(customer, number)| ClusterMember {
            customer: *customer,
            number: number.clone(),
            name: name.clone(),
            party: *party,
        })
    });
    let pairs = matches.iter().take(REASONED).filter_map(|one| {
        let evidence = found.model.explain(&found.table, one.left, one.right);
        Some(ClusterPair {
            one: seen(one.left)?.party,
            other: seen(one.right)?.party,
            probability: probability(one.weight),
            why: reasons(policy, &evidence, found.model.prior()),
        })
    });
    let mut customers: Vec<ClusterMember> = members.collect();
    customers.sort_by(|one, other| (&one.number, one.customer).cmp(&(&other.number, other.customer)));
    let surest = matches.first().map_or(0.0, |one| probability(one.weight));
    DuplicateCluster { customers, probability: surest, pairs: pairs.collect() }
}

fn unselective(policy: &MatchPolicy, found: &Clustered) -> Vec<UnselectiveKey> {
    let keys = policy.keys.iter().enumerate().filter_map(|(at, key)| {
        let blocks: Vec<u32> =
            found.too_large.iter().filter(|block| block.pass == at).map(|block| block.records).collect();
        Some(UnselectiveKey {
            features: key.iter().map(|feature| feature.word().to_owned()).collect(),
            contents: blocks.len(),
            customers: blocks.into_iter().max()?,
        })
    });
    keys.collect()
}

pub(super) fn merge_preview(session: &Session, question: &MergePreviewOf) -> Result<MergePreview> {
    session.look(|view| {
        let survivor = view.resolve::<Relationship>(&question.survivor)?.record;
        let merged = view.resolve::<Relationship>(&question.merged)?.record;
        let pair = Pair::of(&view, survivor, merged)?;
        pair.check(&question.fields)?;
        let (mut fields, mut relations) = (Vec::new(), Vec::new());
        let allowed = pair.allow(&view).is_ok();
        if let Some(parties) = &pair.parties {
            // Of one dealer's two customers the merged one goes as a whole, not as one of its party.
            let spared = pair.same_dealer.then_some(pair.merged.id);
            preview(&view, parties, spared, &question.fields, &mut fields, &mut relations)?;
        }
        let mut grants_outweighed = 0;
        if let Some(sides) = pair.relationships() {
            preview(&view, &sides, None, &question.fields, &mut fields, &mut relations)?;
            preview_added(&view, &sides, &question.fields, &mut fields)?;
            let said = |customer: CustomerId| {
                view.records::<Consent>(&Predicate::equals("customer", Value::Id(customer.uuid())))
            };
            let (ours, theirs) = (said(pair.survivor.id)?, said(pair.merged.id)?);
            grants_outweighed = outweighed(&ours, &theirs).len() + outweighed(&theirs, &ours).len();
        }
        Ok(MergePreview {
            survivor: pair.survivor.id,
            merged: pair.merged.id,
            customers_become_one: pair.same_dealer,
            parties_become_one: pair.parties.is_some(),
            fields,
            relations,
            grants_outweighed,
            allowed,
        })
    })
}

/// The added fields that can be read.
fn preview_added(
    view: &View<'_>,
    sides: &Sides<'_, Relationship>,
    choices: &BTreeMap<String, Side>,
    fields: &mut Vec<PreviewField>,
) -> Result<()> {
    let of = |customer: CustomerId| {
        view.records::<CustomValue>(&Predicate::equals("customer", Value::Id(customer.uuid())))
    };
    let (ours, theirs) = (of(sides.survivor.id)?, of(sides.merged.id)?);
    fields.extend(choose_added(&ours, &theirs, choices)?.into_iter().map(|line| {
        let [survivor, merged] = line.texts();
        PreviewField {
            entity: CustomValue::ENTITY.name.to_owned(),
            field: format!("{ADDED}{}", line.name),
            survivor,
            merged,
            taken: line.taken,
            reason: line.reason,
        }
    }));
    Ok(())
}

fn preview<R: Record>(
    view: &View<'_>,
    sides: &Sides<'_, R>,
    spared: Option<CustomerId>,
    choices: &BTreeMap<String, Side>,
    fields: &mut Vec<PreviewField>,
    relations: &mut Vec<PreviewRelation>,
) -> Result<()> {
    let declared: &'static Entity = R::ENTITY;
    let chosen = choose(declared, &sides.survivor.to_values(), &sides.merged.to_values(), choices)?;
    let shown = sides.read(view, chosen.lines).into_iter();
    let written = |value: &Value| (!value.is_null()).then(|| value.to_plain_text());
    fields.extend(shown.map(|line| PreviewField {
        entity: declared.name.to_owned(),
        field: line.column.name.to_owned(),
        survivor: written(&line.survivor),
        merged: written(&line.merged),
        taken: line.taken,
        reason: line.reason,
    }));
    let merged = Value::Id(sides.merged.id().uuid());
    for pointer in pointers(declared.name, ENTITIES) {
        let mut named = Predicate::equals(pointer.column, merged.clone());
        if let Some(spared) = spared.filter(|_| pointer.entity.number == Relationship::ENTITY.number) {
            named = named.and(Predicate::Not(Box::new(Predicate::equals("id", Value::Id(spared.uuid())))));
        }
        let records = view.count(pointer.entity, &named)?;
        if records > 0 {
            relations.push(PreviewRelation {
                entity: pointer.entity.name.to_owned(),
                column: pointer.column.to_owned(),
                records,
            });
        }
    }
    Ok(())
}
