"""The offer of `cargo xtask bench price` in plain Python with decimal, and its rules by zen-engine (pip install zen-engine).

Must find the amounts the library found, otherwise it ends with an error.
"""

import json
import pathlib
import statistics
import sys
import time
from decimal import ROUND_HALF_UP, Decimal

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "target/benches/price")
given = json.loads((folder / "price.json").read_text())
CENT, HUNDRED = Decimal("0.01"), Decimal(100)
DAY, MARKET, GROUP = given["day"], given["market"], given["price_group"]


def told(name, times):
    micros = sorted(t * 1e6 for t in times)
    print(f"{name:<44} median {statistics.median(micros):8.1f} us, 95 % {micros[len(micros) * 95 // 100]:8.1f} us")


def rounded(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


# The catalogue, once.
lists = {entry["code"]: entry for entry in given["lists"]}
for entry in lists.values():
    entry["factor"] = (HUNDRED + Decimal(entry["percent"] or 0)) / HUNDRED
prices = {}
for code, product, from_quantity, amount in given["prices"]:
    prices.setdefault((code, product), []).append((Decimal(from_quantity), Decimal(amount)))
for rule in given["rules"]:
    for name in ("percent", "amount", "least_quantity"):
        rule[name] = None if rule[name] is None else Decimal(rule[name])
    condition = rule["condition"] and rule["condition"].replace("&&", "and")
    rule["code_object"] = condition and compile(condition, rule["code"], "eval")
customer = {"segment": given["segment"], "vehicles": given["vehicles"]}
for item in given["items"]:
    item["quantity"] = Decimal(item["quantity"])
rank = sorted(
    (
        entry
        for entry in lists.values()
        if entry["market"] in (None, MARKET) and entry["price_group"] in (None, GROUP) and entry["valid_from"] <= DAY
    ),
    key=lambda entry: (entry["price_group"] is not None, entry["market"] is not None, entry["valid_from"], entry["code"]),
    reverse=True,
)


def price_of(product, quantity):
    for entry in rank:
        own = prices.get((entry["code"], product))
        factor = None
        if own is None and entry["base"] is not None:
            own, factor = prices.get((entry["base"], product)), entry["factor"]
        if own is None:
            continue
        fitting = [(lower, amount) for lower, amount in own if lower <= quantity]
        if fitting:
            amount = max(fitting)[1]
            return amount if factor is None else rounded(amount * factor)
    raise LookupError(product)


def rules_of_offer():
    held = [
        rule
        for rule in given["rules"]
        if rule["price_group"] in (None, GROUP)
        and rule["market"] in (None, MARKET)
        and rule["valid_from"] <= DAY
        and (rule["valid_to"] is None or DAY <= rule["valid_to"])
        and (rule["code_object"] is None or eval(rule["code_object"], customer))
    ]
    held.sort(key=lambda rule: (rule["sequence"], rule["code"]))
    return held


def steps_of(held, item, unit_list):
    best, made = {}, []
    for rule in held:
        if rule["product"] not in (None, item["product"]) or rule["product_line"] not in (None, item["line"]):
            continue
        if rule["least_quantity"] is not None and item["quantity"] < rule["least_quantity"]:
            continue
        group = rule["exclusive_group"]
        if group is not None:
            gain = -rule["amount"] if rule["percent"] is None else -(unit_list * rule["percent"] / HUNDRED)
            if group in best:
                if best[group][0] >= gain:
                    continue
                made.remove(best[group][1])
            best[group] = (gain, rule)
        made.append(rule)
    return made


def offer():
    held = rules_of_offer()
    lines = []
    for item in given["items"]:
        unit_list = price_of(item["product"], item["quantity"])
        for option in item["options"]:
            unit_list += price_of(option, Decimal(1))
        running = unit_list
        record = [("list", unit_list)]
        for rule in steps_of(held, item, unit_list):
            if rule["percent"] is None:
                running += rule["amount"]
            else:
                running += (unit_list if rule["of_list"] else running) * rule["percent"] / HUNDRED
            record.append((rule["code"], running))
        lines.append(rounded(item["quantity"] * rounded(running)))
    net = sum(lines)
    return lines, net, net + rounded(net * Decimal(given["tax_percent"]) / HUNDRED)


def measured(name, work, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    told(name, times)


lines, net, gross = offer()
found = given["found"]
if [str(line) for line in lines] != found["lines"] or str(net) != found["net"] or str(gross) != found["gross"]:
    sys.exit(f"python finds {net} net and {gross} gross, the library {found['net']} and {found['gross']}")
measured("python, decimal: prices, rules, waterfall", offer, 300)
held = rules_of_offer()
measured(
    "python, decimal: the rules alone",
    lambda: [steps_of(rules_of_offer(), item, Decimal("100000.00")) for item in given["items"]],
    300,
)

try:
    import zen
except ImportError:
    sys.exit("zen-engine left out: pip install zen-engine")

COLUMNS = ("price_group", "market", "product", "product_line")


def numbered(day):
    """The engine orders numbers and not texts: 20260304."""
    return int(day.replace("-", ""))


def row(rule):
    cells = {name: f"'{rule[name]}'" if rule[name] is not None else "" for name in COLUMNS}
    cells["quantity"] = f">= {rule['least_quantity']}" if rule["least_quantity"] is not None else ""
    days = [f"day >= {numbered(rule['valid_from'])}"]
    days += [f"day <= {numbered(rule['valid_to'])}"] if rule["valid_to"] else []
    condition = rule["condition"] and rule["condition"].replace("&&", "and")
    cells["condition"] = " and ".join(days + ([condition] if condition else []))
    cells |= {"code": f"'{rule['code']}'", "sequence": str(rule["sequence"])}
    cells |= {"percent": str(rule["percent"] or 0), "amount": str(rule["amount"] or 0)}
    return {"_id": rule["code"], **cells}


inputs = [{"id": name, "name": name, "field": name} for name in (*COLUMNS, "quantity")]
inputs.append({"id": "condition", "name": "condition"})
outputs = [{"id": name, "name": name, "field": name} for name in ("code", "sequence", "percent", "amount")]
table = {"hitPolicy": "collect", "inputs": inputs, "outputs": outputs, "rules": [row(rule) for rule in given["rules"]]}
graph = {
    "nodes": [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table, "position": {"x": 1, "y": 0}},
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ],
    "edges": [
        {"id": "e1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "e2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ],
}
decision = zen.ZenEngine().create_decision(json.dumps(graph))


def asked(item):
    return {
        "price_group": GROUP,
        "market": MARKET,
        "product": item["product"],
        "product_line": item["line"],
        "quantity": int(item["quantity"]),
        "day": numbered(DAY),
        **{name: customer[name] for name in ("segment", "vehicles")},
    }


for item in given["items"]:
    # Before the better of an exclusive group is chosen, the same rules hold.
    mine = {
        rule["code"]
        for rule in held
        if rule["product"] in (None, item["product"])
        and rule["product_line"] in (None, item["line"])
        and (rule["least_quantity"] is None or item["quantity"] >= rule["least_quantity"])
    }
    theirs = {entry["code"] for entry in decision.evaluate(asked(item))["result"]}
    if mine != theirs:
        sys.exit(f"zen-engine finds other rules for {item['product']}: {mine ^ theirs}")
measured("zen-engine: the rules alone, a decision table", lambda: [decision.evaluate(asked(item)) for item in given["items"]], 100)
