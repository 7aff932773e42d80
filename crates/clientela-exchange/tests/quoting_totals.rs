//! Recomputed figures of dossiers, as a table of lines a sales manager could add to.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what is wrong by failing"
)]

use clientela_exchange::quoting::Dossier;
use clientela_exchange::quoting::totals::{Verdict, recompute};
use clientela_model::RoundingPolicy;
use serde_json::{Value, json};

fn item(id: &str, quantity: &str, list: &str, unit: &str, line: &str) -> Value {
    json!({
        "item_id": id, "kind": "other", "product_code": "P", "quantity": quantity, "unit_list": list,
        "unit_net": unit, "line_net": line, "vat": {"category": "S", "rate": "22"}
    })
}

fn with(mut item: Value, members: Value) -> Value {
    item.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    item
}

fn dossier(items: &[Value], totals: Value, more: Value) -> Dossier {
    let dossier = json!({
        "dossier_id": "D", "dossier_revision": 1, "status": "complete", "valid_until": "2026-01-31",
        "vehicle": {"model_code": "M", "quantity": 1}, "items": items, "totals": totals
    });
    serde_json::from_value(with(dossier, more)).unwrap()
}

fn sums(net: &str, vat: &str, gross: &str, payable: &str) -> Value {
    json!({"net": net, "vat": vat, "gross": gross, "payable": payable})
}

fn findings(dossier: &Dossier, digits: u32, policy: RoundingPolicy) -> (Verdict, Vec<String>) {
    let check = recompute(dossier, digits, policy);
    (check.verdict(), check.findings.into_iter().map(|finding| finding.path).collect())
}

#[test]
fn figures_are_compared_with_tolerance() {
    use RoundingPolicy::{Document, Line};
    let adjust = |steps: Value| json!({ "adjustments": steps });
    let parts = json!({"parent_item_id": "1", "included_in_parent_price": true});
    let cases: Vec<(&str, Dossier, RoundingPolicy, Verdict, Vec<&str>)> = vec![
        (
            "half a cent away from zero, also below zero",
            dossier(
                &[item("1", "-3", "0.115", "0.115", "-0.35")],
                sums("-0.35", "-0.08", "-0.43", "-0.43"),
                json!({}),
            ),
            Line,
            Verdict::Exact,
            vec![],
        ),
        (
            "three lines of half a cent, per line",
            dossier(
                &[
                    item("1", "1", "0.005", "0.01", "0.01"),
                    item("2", "1", "0.005", "0.01", "0.01"),
                    item("3", "1", "0.005", "0.01", "0.01"),
                ],
                sums("0.03", "0.01", "0.04", "0.04"),
                json!({}),
            ),
            Line,
            Verdict::Exact,
            vec![],
        ),
        (
            "the same, per document",
            dossier(
                &[
                    item("1", "1", "0.005", "0.005", "0.005"),
                    item("2", "1", "0.005", "0.005", "0.005"),
                    item("3", "1", "0.005", "0.005", "0.005"),
                ],
                sums("0.02", "0.00", "0.02", "0.02"),
                json!({}),
            ),
            Document,
            Verdict::Exact,
            vec![],
        ),
        (
            "a line two cents off is a warning",
            dossier(
                &[item("1", "1", "100", "100.00", "100.02")],
                sums("100.00", "22.00", "122.00", "122.00"),
                json!({}),
            ),
            Line,
            Verdict::Tolerable,
            vec!["/items/0/line_net"],
        ),
        (
            "three cents are too many",
            dossier(
                &[item("1", "1", "100", "100.00", "100.03")],
                sums("100.00", "22.00", "122.00", "122.00"),
                json!({}),
            ),
            Line,
            Verdict::Mismatch,
            vec!["/items/0/line_net"],
        ),
        (
            "tax one off is a warning",
            dossier(&[item("1", "1", "100", "100", "100")], sums("100", "23", "123", "123"), json!({})),
            Line,
            Verdict::Tolerable,
            vec!["/totals/vat", "/totals/gross", "/totals/payable"],
        ),
        (
            "tax more than one off is too much",
            dossier(&[item("1", "1", "100", "100", "100")], sums("100", "23.01", "122", "122"), json!({})),
            Line,
            Verdict::Mismatch,
            vec!["/totals/vat"],
        ),
        (
            "options inside the price, two per vehicle, with their own discount",
            dossier(
                &[
                    with(
                        item("1", "2", "1000", "1180", "2360"),
                        adjust(json!([{"code": "A", "kind": "manual", "order": 1, "amount": "20"}])),
                    ),
                    with(
                        with(item("1.1", "4", "110", "0", "0"), parts.clone()),
                        adjust(json!([{"code": "B", "kind": "campaign", "order": 1, "amount": "10"}])),
                    ),
                ],
                sums("2360", "519.20", "2879.20", "2879.20"),
                json!({}),
            ),
            Line,
            Verdict::Exact,
            vec![],
        ),
        (
            "a surcharge raises; steps go by order, percentages are only compared",
            dossier(
                &[with(
                    item("1", "1", "1000", "950", "950"),
                    adjust(json!([
                        {"code": "B", "kind": "volume", "order": 2, "amount": "100", "percent": "10", "basis": "list"},
                        {"code": "C", "kind": "manual", "order": 3, "amount": "55", "percent": "5", "basis": "running"},
                        {"code": "A", "kind": "surcharge", "order": 1, "amount": "105", "percent": "10", "basis": "running"}
                    ])),
                )],
                sums("950", "209", "1159", "1159"),
                json!({}),
            ),
            Line,
            Verdict::Tolerable,
            vec!["/items/0/adjustments/2/amount", "/items/0/adjustments/1/amount"],
        ),
        (
            "a stated base is compared with the options listed",
            dossier(
                &[
                    with(
                        item("1", "1", "1000", "1200", "1200"),
                        json!({"attributes": {"adjusted_base": "1200"}}),
                    ),
                    with(item("1.1", "1", "100", "0", "0"), parts.clone()),
                ],
                sums("1200", "264", "1464", "1464"),
                json!({}),
            ),
            Line,
            Verdict::Mismatch,
            vec!["/items/0/attributes/adjusted_base"],
        ),
        (
            "trade-in and deposit come off the gross",
            dossier(
                &[item("1", "1", "1000", "1000", "1000")],
                json!({"net": "1000", "vat": "220", "gross": "1220", "trade_in": "300", "deposit": "20", "payable": "900"}),
                json!({"trade_ins": [{"ref": "T1", "appraised": "250", "offered": "200"}, {"ref": "T2", "appraised": "100", "offered": "100"}]}),
            ),
            Line,
            Verdict::Exact,
            vec![],
        ),
        (
            "a trade-in that the totals forget",
            dossier(
                &[item("1", "1", "1000", "1000", "1000")],
                sums("1000", "220", "1220", "1220"),
                json!({"trade_ins": [{"ref": "T1", "appraised": "250", "offered": "200"}]}),
            ),
            Line,
            Verdict::Mismatch,
            vec!["/totals/trade_in", "/totals/payable"],
        ),
        (
            "groups by category and rate; outside the scope there is no tax",
            dossier(
                &[
                    item("1", "1", "100", "100", "100"),
                    with(
                        item("2", "1", "50", "50", "50"),
                        json!({"vat": {"category": "O", "rate": "22.00"}}),
                    ),
                ],
                json!({"net": "150", "vat": "22", "gross": "172", "payable": "172", "vat_breakdown": [
                    {"category": "O", "rate": "22", "taxable": "50", "tax": "0"}, {"category": "S", "rate": "22.0", "taxable": "100", "tax": "22"}]}),
                json!({}),
            ),
            Line,
            Verdict::Exact,
            vec![],
        ),
        (
            "a group that no line has, and one that is missing",
            dossier(
                &[item("1", "1", "100", "100", "100")],
                json!({"net": "100", "vat": "22", "gross": "122", "payable": "122", "vat_breakdown": [
                    {"category": "S", "rate": "10", "taxable": "100", "tax": "10"}]}),
                json!({}),
            ),
            Line,
            Verdict::Mismatch,
            vec!["/totals/vat_breakdown/0/taxable", "/totals/vat_breakdown/0/tax", "/totals/vat_breakdown"],
        ),
        (
            "parts of each other",
            dossier(
                &[
                    with(
                        item("1", "1", "1", "0", "0"),
                        json!({"parent_item_id": "2", "included_in_parent_price": true}),
                    ),
                    with(item("2", "1", "1", "0", "0"), parts.clone()),
                ],
                sums("0", "0", "0", "0"),
                json!({}),
            ),
            Line,
            Verdict::Mismatch,
            vec!["/totals"],
        ),
        (
            "part of nothing",
            dossier(
                &[with(item("7", "1", "1", "0", "0"), parts.clone())],
                sums("0", "0", "0", "0"),
                json!({}),
            ),
            Line,
            Verdict::Mismatch,
            vec!["/items/0/parent_item_id"],
        ),
        (
            "two lines with one key",
            dossier(
                &[item("1", "1", "0", "0", "0"), item("1", "1", "0", "0", "0")],
                sums("0", "0", "0", "0"),
                json!({}),
            ),
            Line,
            Verdict::Mismatch,
            vec!["/items/1/item_id"],
        ),
        (
            "options of no vehicle",
            dossier(
                &[item("1", "0", "1", "1", "0"), with(item("2", "1", "1", "0", "0"), parts)],
                sums("0", "0", "0", "0"),
                json!({}),
            ),
            Line,
            Verdict::Mismatch,
            vec!["/totals"],
        ),
        (
            "too large to compute",
            dossier(
                &[item("1", "99999999999999", "99999999999999", "99999999999999", "0")],
                sums("0", "0", "0", "0"),
                json!({}),
            ),
            Line,
            Verdict::Mismatch,
            vec!["/items/0/line_net", "/totals"],
        ),
    ];
    for (name, dossier, policy, verdict, paths) in cases {
        let paths: Vec<String> = paths.into_iter().map(str::to_owned).collect();
        assert_eq!(findings(&dossier, 2, policy), (verdict, paths), "{name}");
    }
}

#[test]
fn a_currency_without_decimals_is_rounded_to_whole_units() {
    let totals = sums("3003", "661", "3664", "3664");
    let dossier = dossier(&[item("1", "3", "1000.5", "1001", "3003")], totals, json!({}));
    assert_eq!(findings(&dossier, 0, RoundingPolicy::Line), (Verdict::Exact, vec![]));
    assert_eq!(findings(&dossier, 2, RoundingPolicy::Line).0, Verdict::Mismatch);
}

#[test]
fn twenty_thousand_parts_inside_each_other_are_computed_without_deep_calls() {
    let mut items = vec![item("0", "1", "1", "20000", "20000")];
    items.extend((1..20_000).map(|index: usize| {
        with(
            item(&index.to_string(), "1", "1", "0", "0"),
            json!({"parent_item_id": (index - 1).to_string(), "included_in_parent_price": true}),
        )
    }));
    let dossier = dossier(&items, sums("20000", "4400", "24400", "24400"), json!({}));
    assert_eq!(findings(&dossier, 2, RoundingPolicy::Line), (Verdict::Exact, vec![]));
}
