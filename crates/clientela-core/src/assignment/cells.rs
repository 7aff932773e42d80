//! Candidates that records of many sets of rules share.
//!
//! A million records may know tens of thousands of different sets of rules that hold. To look through all candidates for each of
//! them, or to keep a queue of candidates for each, costs more than everything else. But rules name whole units and teams: most
//! give the same to all they name. Those few cut the candidates into **atoms**; what the others give differs only inside atoms,
//! and for the rules of that atom. So a set of rules is a list of **cells**, each with one score, and a cell with its queue is the
//! same for all sets that differ elsewhere.

use super::scores::{Scores, cut, ones};
use super::{Candidate, RULES_MAX, ScoredRule};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

/// The most atoms; rules that would make more are told apart inside atoms.
const ATOMS_MAX: usize = 256;

/// The most cells with the same score of one set of rules that are looked at one by one; more become a cell of their own.
const CELLS_MAX: usize = 8;

/// What a candidate is chosen by among equals, the smallest first: share in use, draw, place.
pub(super) type Turn = (u64, u64, u32);

/// Present candidates of whom rules say the same.
struct Cell {
    members: Vec<u32>,
    /// Those with room, some with a turn of before: turns only grow, so the first that is true is the first of all.
    waiting: BinaryHeap<Reverse<Turn>>,
}

/// Candidates of an atom to whom the rules that differ inside it give the same.
#[derive(Clone, Copy)]
struct Piece {
    sum: Option<i128>,
    /// Those present; none when all are absent.
    cell: Option<u32>,
}

/// What a set of rules comes to for the candidates.
pub(super) struct Named {
    /// The cells that pass, the best score first.
    pub(super) cells: Vec<(i64, u32)>,
    /// Whether somebody is named, and whether somebody passes, present or not.
    pub(super) any: bool,
    pub(super) passes: bool,
}

pub(super) struct Cells {
    /// The members of each atom.
    atoms: Vec<Vec<u32>>,
    /// For each rule that gives the same to whole atoms: what, and the atoms. For the others the atoms they name some of.
    named: Vec<(Option<i64>, Vec<u32>)>,
    /// For each atom the rules that differ inside it.
    inside: Vec<u128>,
    pieces: HashMap<(u32, u128), Vec<Piece>>,
    cells: Vec<Cell>,
    joined: HashMap<Vec<u32>, u32>,
    /// For each atom what it is given: used anew for each set of rules.
    sums: Vec<Option<i128>>,
}

impl Cells {
    pub(super) fn new(rules: &[ScoredRule], scores: &Scores, candidates: usize) -> Self {
        let rules = &rules[..rules.len().min(RULES_MAX)];
        let (of, whole) = atoms(rules, candidates);
        let count = of.iter().map(|atom| *atom as usize + 1).max().unwrap_or(0);
        let (mut atoms, mut inside) = (vec![Vec::new(); count], vec![0_u128; count]);
        let whole_bits = whole.iter().fold(0_u128, |bits, rule| bits | 1 << rule);
        for (atom, candidate) in of.iter().zip(0_u32..) {
            atoms[*atom as usize].push(candidate);
            inside[*atom as usize] |= scores.naming(candidate) & !whole_bits;
        }
        let named = rules.iter().enumerate().map(|(place, rule)| {
            let score = rule.named.first().map(|(_, score)| *score).filter(|_| whole.contains(&place));
            let mut places: Vec<u32> =
                rule.named.iter().filter_map(|(candidate, _)| of.get(*candidate as usize).copied()).collect();
            places.sort_unstable();
            places.dedup();
            (score, places)
        });
        let named = named.collect();
        let (pieces, cells, joined) = (HashMap::new(), Vec::new(), HashMap::new());
        Self { atoms, named, inside, pieces, cells, joined, sums: vec![None; count] }
    }

    /// Whom a set of rules names: `turn` says where in the queue somebody stands who has room.
    pub(super) fn named(
        &mut self,
        rules: u128,
        passing_score: i64,
        (scores, candidates): (&Scores, &[Candidate]),
        turn: impl Fn(u32) -> Option<Turn>,
    ) -> Named {
        let mut touched = Vec::new();
        for rule in ones(rules) {
            let Some((score, atoms)) = self.named.get(rule) else { continue };
            touched.extend_from_slice(atoms);
            for atom in atoms.iter().filter(|_| score.is_some()) {
                let sum = &mut self.sums[*atom as usize];
                *sum = Some(sum.unwrap_or(0) + i128::from(score.unwrap_or(0)));
            }
        }
        touched.sort_unstable();
        touched.dedup();
        let mut named = Named { cells: Vec::new(), any: false, passes: false };
        for atom in touched {
            let base = self.sums[atom as usize].take();
            let differing = self.inside[atom as usize] & rules;
            if !self.pieces.contains_key(&(atom, differing)) {
                let pieces = self.cut(atom, differing, (scores, candidates), &turn);
                self.pieces.insert((atom, differing), pieces);
            }
            for piece in &self.pieces[&(atom, differing)] {
                let (Some(one), two) = (base.or(piece.sum), base.and(piece.sum)) else { continue };
                let score = cut(one + two.unwrap_or(0));
                let passes = score >= passing_score;
                (named.any, named.passes) = (true, named.passes || passes);
                named.cells.extend(piece.cell.filter(|_| passes).map(|cell| (score, cell)));
            }
        }
        named.cells.sort_unstable_by_key(|(score, cell)| (Reverse(*score), *cell));
        named
    }

    /// The pieces of an atom under the rules that differ inside it.
    fn cut(
        &mut self,
        atom: u32,
        differing: u128,
        (scores, candidates): (&Scores, &[Candidate]),
        turn: impl Fn(u32) -> Option<Turn>,
    ) -> Vec<Piece> {
        let mut by_sum: BTreeMap<Option<i128>, Vec<u32>> = BTreeMap::new();
        for member in &self.atoms[atom as usize] {
            by_sum.entry(scores.sum(*member, differing)).or_default().push(*member);
        }
        let pieces = by_sum.into_iter().map(|(sum, mut members)| {
            members.retain(|member| !candidates[*member as usize].absent);
            let cell = (!members.is_empty()).then(|| self.cell(members, &turn));
            Piece { sum, cell }
        });
        pieces.collect()
    }

    fn cell(&mut self, members: Vec<u32>, turn: impl Fn(u32) -> Option<Turn>) -> u32 {
        let waiting = members.iter().filter_map(|member| turn(*member)).map(Reverse).collect();
        self.cells.push(Cell { members, waiting });
        u32::try_from(self.cells.len() - 1).unwrap_or(u32::MAX)
    }

    /// The first of all in these cells, which have one score: the place of the list it is at now, and who; nobody when nobody
    /// has room. Many cells become one, which stands at the end of the list.
    pub(super) fn first(
        &mut self,
        tier: &mut [(i64, u32)],
        turn: impl Fn(u32) -> Option<Turn>,
    ) -> (usize, Option<Turn>) {
        if tier.len() <= CELLS_MAX {
            return (0, tier.iter().filter_map(|(_, cell)| self.head(*cell, &turn)).min());
        }
        let cells: Vec<u32> = tier.iter().map(|(_, cell)| *cell).collect();
        let whole = self.joined.get(&cells).copied().unwrap_or_else(|| {
            let members =
                cells.iter().flat_map(|cell| self.cells[*cell as usize].members.iter().copied()).collect();
            let whole = self.cell(members, &turn);
            self.joined.insert(cells, whole);
            whole
        });
        let last = tier.len() - 1;
        tier[last].1 = whole;
        (last, self.head(whole, turn))
    }

    /// The first of a cell. Who is full is full for good; who waits with an old turn is put back with his new one.
    fn head(&mut self, cell: u32, turn: impl Fn(u32) -> Option<Turn>) -> Option<Turn> {
        let waiting = &mut self.cells[cell as usize].waiting;
        while let Some(mut head) = waiting.peek_mut() {
            let Reverse(then) = *head;
            match turn(then.2) {
                Some(now) if now == then => return Some(now),
                Some(now) => *head = Reverse(now),
                None => {
                    std::collections::binary_heap::PeekMut::pop(head);
                }
            }
        }
        None
    }
}

/// The atom of each candidate, and the rules that give the same to all of each atom they name.
fn atoms(rules: &[ScoredRule], candidates: usize) -> (Vec<u32>, Vec<usize>) {
    let (mut of, mut count, mut whole) = (vec![0_u32; candidates], 1_usize, Vec::new());
    for (place, rule) in rules.iter().enumerate() {
        let Some((_, first)) = rule.named.first() else { continue };
        let mut named = vec![false; candidates];
        let mut same = true;
        for (candidate, score) in &rule.named {
            // One that is named twice gets both.
            same &= score == first && !named.get(*candidate as usize).copied().unwrap_or(false);
            named.get_mut(*candidate as usize).into_iter().for_each(|named| *named = true);
        }
        let (mut inside, mut outside) = (vec![false; count], vec![false; count]);
        for (atom, named) in of.iter().zip(&named) {
            if *named { inside[*atom as usize] = true } else { outside[*atom as usize] = true }
        }
        let split: Vec<usize> = (0..count).filter(|atom| inside[*atom] && outside[*atom]).collect();
        if !same || count + split.len() > ATOMS_MAX {
            continue;
        }
        let new: HashMap<usize, u32> =
            split.into_iter().zip(u32::try_from(count).unwrap_or(u32::MAX)..).collect();
        for (atom, _) in of.iter_mut().zip(&named).filter(|(_, named)| **named) {
            *atom = new.get(&(*atom as usize)).copied().unwrap_or(*atom);
        }
        count += new.len();
        whole.push(place);
    }
    (of, whole)
}
