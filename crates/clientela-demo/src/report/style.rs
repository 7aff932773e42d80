//! The look of the page, in light and dark, on a desk and on a telephone.

/// The style sheet.
pub(super) const SHEET: &str = "
:root{color-scheme:light dark;--ground:#f4f6f8;--card:#fff;--ink:#18212d;--soft:#586577;--line:#dfe5ec;--track:#eef1f5;
--target:#cfd8e3;--plain:#2f6fb2;--quiet:#9aa7b5;--good:#1e8e5a;--fair:#c98a00;--poor:#c2412d}
@media(prefers-color-scheme:dark){:root{--ground:#10141a;--card:#19202a;--ink:#e8edf3;--soft:#9aa8b9;--line:#2b3542;
--track:#222b36;--target:#3c4a5b;--plain:#5b9bdc;--quiet:#66758a;--good:#3fbf84;--fair:#e0b040;--poor:#ec7663}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}h1{font-size:27px;margin:0;letter-spacing:-.01em}
h2{font-size:17px;margin:0 0 10px}h3{font-size:14px;margin:18px 0 6px;color:var(--soft)}
.sub{color:var(--soft);margin:2px 0 16px}.headline{margin:0 0 16px;padding:12px 16px;background:var(--card);
border:1px solid var(--line);border-left:6px solid var(--plain);border-radius:10px;font-size:16px}
.headline.good{border-left-color:var(--good)}.headline.fair{border-left-color:var(--fair)}
.headline.poor{border-left-color:var(--poor)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:12px}
.tile,.card{min-width:0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
.tile b{display:block;font-size:21px;font-variant-numeric:tabular-nums;white-space:nowrap}.tile span,.note{color:var(--soft);font-size:13px}
.note{margin:10px 0 0}.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:16px;margin-top:16px}
.wide{grid-column:1/-1}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:7px 8px;border-bottom:1px solid var(--line);vertical-align:top}tr:last-child td{border-bottom:0}
th{color:var(--soft);font-weight:600;font-size:13px}td.n,th.n{text-align:right;white-space:nowrap;width:1%}
td.t,td:first-child{white-space:nowrap;width:1%}td.w{min-width:130px;vertical-align:middle}td.what{min-width:16em}
tr.top td{font-weight:650}.scroll{overflow-x:auto}
.track{position:relative;height:14px;border-radius:4px;background:var(--track);overflow:hidden}
.track.bare{background:none;overflow:visible}.track i{position:absolute;inset:0 auto 0 0;border-radius:4px;min-width:2px}
.track u{position:absolute;top:-3px;bottom:-3px;width:2px;margin-left:-1px;background:var(--ink)}
.light{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:8px}
.plain{background:var(--plain)}.quiet{background:var(--quiet)}.target{background:var(--target)}.good{background:var(--good)}
.fair{background:var(--fair)}.poor{background:var(--poor)}.headline.good,.headline.fair,.headline.poor{background:var(--card)}
pre{margin:6px 0 0;padding:10px 12px;border:1px solid var(--line);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere;
font-size:12.5px}details{margin-top:10px}summary{cursor:pointer;color:var(--soft)}
td:last-child{overflow-wrap:anywhere;min-width:3em}
@media(max-width:560px){main{padding:18px 10px 40px}.tiles{grid-template-columns:1fr 1fr}.tile b{font-size:18px}th,td{padding:6px 4px}
td.w{min-width:60px}td.what{min-width:9em;white-space:normal}}
@media print{.card{break-inside:avoid}body{background:#fff}}
";
