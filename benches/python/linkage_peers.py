"""Splink on duckdb over the persons of `cargo xtask bench linkage` (pip install splink): the best F1 of all thresholds, and processor time.

Rules of blocking and training as in Splink's own walk-throughs of these data sets.
"""

import argparse
import pathlib
import resource
import sys

try:
    import duckdb
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
except ImportError:
    sys.exit("left out: splink is not installed")

parser = argparse.ArgumentParser()
parser.add_argument("files", nargs="+", type=pathlib.Path, help="one file to be linked with itself, or two")
parser.add_argument("--identity", action="store_true", help="with the identity number")
parser.add_argument("--pairs", type=float, default=1e6, help="random pairs for u")
parser.add_argument("--narrow", action="store_true", help="the narrower rules of blocking, for many records")
options = parser.parse_args()


def read(path):
    frame = pd.read_csv(path, dtype=str, skipinitialspace=True, keep_default_na=False)
    frame.columns = [column.strip() for column in frame.columns]
    frame = frame.apply(lambda column: column.str.strip())
    return frame.replace("", None)


def spent():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


frames = [read(path) for path in options.files]
start = spent()
comparisons = [
    cl.NameComparison("given_name"),
    cl.NameComparison("surname"),
    cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
    cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]).configure(term_frequency_adjustments=True),
    cl.JaroWinklerAtThresholds("address_2", [0.9, 0.7]).configure(term_frequency_adjustments=True),
    cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]).configure(term_frequency_adjustments=True),
    cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    cl.ExactMatch("state").configure(term_frequency_adjustments=True),
    cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
]
if options.identity:
    comparisons.append(cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]))
wide = [
    block_on("soc_sec_id"),
    block_on("given_name"),
    block_on("surname"),
    block_on("date_of_birth"),
    block_on("postcode"),
    block_on("address_1"),
    block_on("suburb", "street_number"),
]
narrow = [
    block_on("soc_sec_id"),
    block_on("given_name", "surname"),
    block_on("date_of_birth", "substr(surname, 1, 2)"),
    block_on("date_of_birth", "substr(given_name, 1, 2)"),
    block_on("date_of_birth", "postcode"),
    block_on("given_name", "postcode", "street_number"),
    block_on("surname", "postcode", "street_number"),
    block_on("address_1", "postcode"),
    block_on("address_1", "given_name"),
    block_on("address_1", "surname"),
]
rules = narrow if options.narrow else wide
settings = SettingsCreator(
    link_type="dedupe_only" if len(frames) == 1 else "link_only",
    unique_id_column_name="rec_id",
    comparisons=comparisons,
    blocking_rules_to_generate_predictions=rules if options.identity else rules[1:],
    retain_intermediate_calculation_columns=False,
    retain_matching_columns=False,
)
database = DuckDBAPI(duckdb.connect())
linker = Linker(frames if len(frames) > 1 else frames[0], settings, database)
sure = [
    block_on("given_name", "surname", "date_of_birth"),
    block_on("address_1", "date_of_birth"),
]
linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
linker.training.estimate_u_using_random_sampling(max_pairs=options.pairs, seed=1)
for rule in (block_on("date_of_birth"), block_on("given_name", "surname"), block_on("postcode", "street_number")):
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
found = linker.inference.predict(threshold_match_probability=0.01)
pairs = found.as_pandas_dataframe()[["match_probability", "rec_id_l", "rec_id_r"]]
print(f"  splink: {spent() - start:.2f} s of the processor, {len(pairs)} pairs kept")

truth_of = lambda names: names.str.split("-").str[1]
counts = [truth_of(frame["rec_id"]).value_counts() for frame in frames]
truth = (counts[0] * (counts[0] - 1) // 2).sum() if len(frames) == 1 else counts[0].mul(counts[1], fill_value=0).sum()
pairs = pairs.sort_values("match_probability", ascending=False)
if len(frames) == 2:
    # One of each list at most, the likelier first; the library does the same.
    left, right, kept = set(), set(), []
    for one, other in zip(pairs["rec_id_l"], pairs["rec_id_r"]):
        kept.append(one not in left and other not in right)
        if kept[-1]:
            left.add(one)
            right.add(other)
    pairs = pairs[kept]
right = (truth_of(pairs["rec_id_l"]) == truth_of(pairs["rec_id_r"])).cumsum()
said = pd.Series(range(1, len(pairs) + 1), index=pairs.index)
f1 = 2 * right / (said + truth)
print(f"  splink: F1 of pairs {f1.max():.5f} at probability {pairs['match_probability'][f1.idxmax()]:.3f}")
if len(frames) == 1:
    best = (0.0, 0.0)
    whole = spent()
    for threshold in (0.05, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold).as_pandas_dataframe()
        clusters["truth"] = truth_of(clusters["rec_id"])
        in_pairs = lambda sizes: (sizes * (sizes - 1) // 2).sum()
        said = in_pairs(clusters.groupby("cluster_id").size())
        right = in_pairs(clusters.groupby(["cluster_id", "truth"]).size())
        best = max(best, (2 * right / (said + truth), threshold))
    print(f"  splink: F1 of clusters {best[0]:.5f} at probability {best[1]}, {(spent() - whole) / 8:.2f} s more for one threshold")
