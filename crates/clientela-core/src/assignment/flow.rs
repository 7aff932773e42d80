//! The greatest flow through a network: Dinic's algorithm (E. A. Dinic, 1970), with whole numbers.

/// A network of nodes and edges with capacities.
#[derive(Debug, Default)]
pub(super) struct Network {
    /// Edges out of each node; an edge and its way back stand side by side.
    out: Vec<Vec<usize>>,
    to: Vec<usize>,
    left: Vec<u64>,
}

impl Network {
    pub(super) fn new(nodes: usize) -> Self {
        Self { out: vec![Vec::new(); nodes], to: Vec::new(), left: Vec::new() }
    }

    /// Adds an edge; gives its number.
    pub(super) fn edge(&mut self, from: usize, to: usize, capacity: u64) -> usize {
        let number = self.to.len();
        self.to.extend([to, from]);
        self.left.extend([capacity, 0]);
        self.out[from].push(number);
        self.out[to].push(number + 1);
        number
    }

    /// What flows over an edge.
    pub(super) fn flow(&self, edge: usize) -> u64 {
        self.left[edge + 1]
    }

    /// Sends as much as possible.
    pub(super) fn run(&mut self, source: usize, sink: usize) {
        while let Some(level) = self.levels(source, sink) {
            let mut next = vec![0; self.out.len()];
            while self.path(source, sink, &level, &mut next) {}
        }
    }

    /// How far each node is from the source, when the sink can be reached.
    fn levels(&self, source: usize, sink: usize) -> Option<Vec<usize>> {
        let mut level = vec![usize::MAX; self.out.len()];
        level[source] = 0;
        let mut queue = std::collections::VecDeque::from([source]);
        while let Some(node) = queue.pop_front() {
            for edge in &self.out[node] {
                let to = self.to[*edge];
                if self.left[*edge] > 0 && level[to] == usize::MAX {
                    level[to] = level[node] + 1;
                    queue.push_back(to);
                }
            }
        }
        (level[sink] != usize::MAX).then_some(level)
    }

    /// Sends along one shortest way, without recursion: chains may be long.
    fn path(&mut self, source: usize, sink: usize, level: &[usize], next: &mut [usize]) -> bool {
        let mut way: Vec<usize> = Vec::new();
        let mut node = source;
        while node != sink {
            let Some(edge) = self.out[node].get(next[node]).copied() else {
                // A dead end: back, and not this way again.
                let Some(back) = way.pop() else { return false };
                node = self.to[back ^ 1];
                next[node] += 1;
                continue;
            };
            let to = self.to[edge];
            if self.left[edge] > 0 && level[to] == level[node].saturating_add(1) {
                way.push(edge);
                node = to;
            } else {
                next[node] += 1;
            }
        }
        let amount = way.iter().map(|edge| self.left[*edge]).min().unwrap_or(0);
        for edge in way {
            self.left[edge] -= amount;
            self.left[edge ^ 1] += amount;
        }
        amount > 0
    }
}
