//! The order variables are decided in: the most active first, a heap with places.
#![allow(clippy::float_arithmetic, reason = "activities are measures of use, not amounts")]

use super::literal::Variable;

const DECAY: f64 = 0.95;
const LARGE: f64 = 1e100;
const ABSENT: u32 = u32::MAX;

#[derive(Debug, Clone)]
pub(super) struct Order {
    activity: Vec<f64>,
    step: f64,
    heap: Vec<Variable>,
    place: Vec<u32>,
}

impl Order {
    pub(super) fn new() -> Self {
        Self { activity: Vec::new(), step: 1.0, heap: Vec::new(), place: Vec::new() }
    }

    pub(super) fn add(&mut self) {
        let variable = u32::try_from(self.activity.len()).unwrap_or(ABSENT);
        self.activity.push(0.0);
        self.place.push(ABSENT);
        self.insert(variable);
    }

    pub(super) fn insert(&mut self, variable: Variable) {
        if self.place[variable as usize] == ABSENT {
            self.place[variable as usize] = u32::try_from(self.heap.len()).unwrap_or(ABSENT);
            self.heap.push(variable);
            self.rise(self.heap.len() - 1);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Variable> {
        let first = *self.heap.first()?;
        let last = self.heap.pop()?;
        self.place[first as usize] = ABSENT;
        if first != last {
            self.heap[0] = last;
            self.place[last as usize] = 0;
            self.sink(0);
        }
        Some(first)
    }

    pub(super) fn bump(&mut self, variable: Variable) {
        let at = variable as usize;
        self.activity[at] += self.step;
        if self.activity[at] > LARGE {
            self.activity.iter_mut().for_each(|activity| *activity /= LARGE);
            self.step /= LARGE;
        }
        if self.place[at] != ABSENT {
            self.rise(self.place[at] as usize);
        }
    }

    pub(super) fn decay(&mut self) {
        self.step /= DECAY;
    }

    /// Ties go to the variable that was made first, so that nothing depends on the heap's history alone.
    fn before(&self, one: Variable, other: Variable) -> bool {
        let (a, b) = (self.activity[one as usize], self.activity[other as usize]);
        a > b || (a == b && one < other)
    }

    fn put(&mut self, at: usize, variable: Variable) {
        self.heap[at] = variable;
        self.place[variable as usize] = u32::try_from(at).unwrap_or(ABSENT);
    }

    fn rise(&mut self, mut at: usize) {
        let variable = self.heap[at];
        while at > 0 {
            let above = (at - 1) / 2;
            if !self.before(variable, self.heap[above]) {
                break;
            }
            self.put(at, self.heap[above]);
            at = above;
        }
        self.put(at, variable);
    }

    fn sink(&mut self, mut at: usize) {
        let variable = self.heap[at];
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            if left >= self.heap.len() {
                break;
            }
            let better = right < self.heap.len() && self.before(self.heap[right], self.heap[left]);
            let below = if better { right } else { left };
            if !self.before(self.heap[below], variable) {
                break;
            }
            self.put(at, self.heap[below]);
            at = below;
        }
        self.put(at, variable);
    }
}
