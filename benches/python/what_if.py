"""The lines of `cargo xtask bench what_if`, priced again from Python: `clientela.prices.what_if` over tables of pyarrow.

    python benches/python/what_if.py 1000000

Needs the Python package as it is shipped (an optimised build), and pyarrow.
"""

import statistics
import sys
import time
import uuid

import pyarrow as pa

from clientela.prices import what_if

count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
PRODUCTS = [str(uuid.UUID(int=product)) for product in range(25_000)]
MOST = pa.decimal128(38, 0)


def decimals(units, scale):
    """Whole numbers of the last of so many decimals."""
    whole = pa.array(units, pa.int64()).cast(pa.decimal128(19, 0))
    return pa.Array.from_buffers(pa.decimal128(38, scale), len(whole), whole.cast(MOST).buffers())


def table(columns):
    euro = {"clientela.currency": "EUR"}
    fields = [pa.field(name, array.type, metadata=euro if money else None) for name, array, money in columns]
    return pa.table([array for _, array, _ in columns], schema=pa.schema(fields))


def texts(values):
    return pa.array(values, pa.string_view())


def whole(values):
    return pa.array(values, pa.int64())


items, steps = [], []
for at in range(count):
    offer, line, quantity = str(uuid.UUID(int=(1 << 100) + at // 10)), str(at % 10 + 1), 1 + at % 5
    product = PRODUCTS[at % len(PRODUCTS)]
    items.append((offer, line, None, False, product, quantity, 100_000 + at * 7_919 % 20_000_000))
    if at % 4 == 0:
        items.append((offer, line + ".1", line, True, product, quantity, 5_000 + at * 31 % 90_000))
    steps.append((offer, line, 2, "campaign", "running", -(at % 700) - 1, 0))
    steps.append((offer, line, 3, "campaign", "running", -(at % 300) - 1, 0))
    if at % 2 == 0:
        steps.append((offer, line, 4, "manual", None, None, -(at % 5_000) - 1))
offers, lines, parents, included, products, quantities, lists = zip(*items, strict=True)
of_lines = table(
    [
        ("offer", texts(offers), False),
        ("revision", whole([1] * len(items)), False),
        ("line", texts(lines), False),
        ("parent_line", texts(parents), False),
        ("included", pa.array(included), False),
        ("product", texts(products), False),
        ("quantity", decimals(quantities, 0), False),
        ("unit_list", decimals(lists, 2), True),
    ]
)
offers, lines, sequences, kinds, bases, percents, amounts = zip(*steps, strict=True)
of_steps = table(
    [
        ("offer", texts(offers), False),
        ("revision", whole([1] * len(steps)), False),
        ("line", texts(lines), False),
        ("sequence", whole(sequences), False),
        ("kind", pa.array(kinds).dictionary_encode(), False),
        ("basis", pa.array(bases).dictionary_encode(), False),
        ("percent", decimals(percents, 2), False),
        ("amount", decimals(amounts, 2), True),
    ]
)
times = []
for _ in range(5):
    start = time.process_time()
    told = what_if(of_lines, of_steps, percent=3)
    times.append(time.process_time() - start)
assert len(told) == count
median = statistics.median(times)
print(f"{count} lines, {len(items) - count} options, {len(steps)} steps: {median:.2f} s, {count / median:,.0f} lines a second of the processor")
