"""The choices of `cargo xtask bench configuration` on the same clauses, by python-sat (pip install python-sat)."""

import pathlib
import statistics
import sys
import time

try:
    from pysat.formula import CNF
    from pysat.solvers import Solver
except ImportError:
    sys.exit("left out: python-sat is not installed")

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "target/benches/configuration")
formula = CNF(from_file=str(folder / "product.cnf"))
sessions = [[int(n) for n in line.split()] for line in (folder / "choices.txt").read_text().splitlines()]


def told(name, times):
    micros = sorted(t * 1e6 for t in times)
    print(f"{name:<44} median {statistics.median(micros):8.0f} us, max {micros[-1]:8.0f} us, {len(micros)} times")


def settle(solver, chosen):
    """Every variable: true in all models, false in all, or open; by models and one question for each candidate left."""
    ok, implied = solver.propagate(assumptions=chosen)
    if not ok or not solver.solve(assumptions=chosen):
        return None
    fixed = set(implied)
    left = {lit for lit in solver.get_model() if lit not in fixed}
    while left:
        lit = left.pop()
        solver.set_phases([-other for other in left])
        if solver.solve(assumptions=[*chosen, -lit]):
            left &= set(solver.get_model())
        else:
            fixed.add(lit)
    return fixed


for name in ("minisat22", "glucose4", "cadical153"):
    try:
        with Solver(name=name, bootstrap_with=formula.clauses) as solver:
            times, settling = [], []
            for chosen in sessions:
                for count in range(1, len(chosen) + 1):
                    start = time.perf_counter()
                    solver.propagate(assumptions=chosen[:count])
                    times.append(time.perf_counter() - start)
            told(f"{name}: propagation alone", times)
            for chosen in sessions:
                for count in range(1, len(chosen) + 1):
                    start = time.perf_counter()
                    settle(solver, chosen[:count])
                    settling.append(time.perf_counter() - start)
            told(f"{name}: every option settled", settling)
    except (NotImplementedError, AttributeError) as missing:
        print(f"{name}: left out, {missing}")
