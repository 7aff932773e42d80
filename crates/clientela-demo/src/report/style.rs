//! The look of the page, in light and dark.

/// The style sheet.
pub(super) const SHEET: &str = "
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1b2430;--soft:#5d6b7c;--line:#dde3ea;--bar:#2f6fb2;
--bar2:#7fa8d4;--good:#1e8e5a;--fair:#c98a00;--poor:#c2412d}
@media(prefers-color-scheme:dark){:root{--ground:#12161c;--card:#1b2129;--ink:#e6ebf1;--soft:#97a5b5;--line:#2e3743;
--bar:#5b9bdc;--bar2:#34597f;--good:#45c08a;--fair:#e0b040;--poor:#ea7563}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}h1{font-size:26px;margin:0}h2{font-size:17px;margin:0 0 12px}
.sub{color:var(--soft);margin:2px 0 20px}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px}
.tile,.card{min-width:0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
.tile b{display:block;font-size:24px;font-variant-numeric:tabular-nums}.tile span,.note{color:var(--soft);font-size:13px}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(460px,1fr));gap:16px;margin-top:16px}.wide{grid-column:1/-1}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:6px 8px;
border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600;font-size:13px}
td.n,th.n{text-align:right;white-space:nowrap}td.t{white-space:nowrap}td:first-child{white-space:nowrap}.scroll{overflow-x:auto}
td:last-child{overflow-wrap:anywhere}pre{margin:6px 0 0;padding:10px 12px;border:1px solid var(--line);border-radius:8px;white-space:pre-wrap;font-size:12.5px}
svg{display:block;width:100%;max-width:680px;height:auto}svg text{fill:var(--ink);font-size:13px}svg .soft{fill:var(--soft);font-size:12px}
.bar{fill:var(--bar)}.bar2{fill:var(--bar2)}.track{fill:var(--line)}.good{fill:var(--good)}.fair{fill:var(--fair)}
.poor{fill:var(--poor)}.mark{stroke:var(--ink);stroke-width:2}
@media(max-width:560px){.grid{grid-template-columns:1fr}}@media print{.card{break-inside:avoid}}
";
