"""The report as one HTML page that needs nothing else: no script, style or picture elsewhere.

A policy in the page itself keeps a browser from fetching anything, whatever a label may hold.
"""

from __future__ import annotations

from html import escape
from itertools import groupby

from cbrngraph.validate.outputs.terminal import facts, verdict
from cbrngraph.validate.report import Finding, Report, Rule

__all__ = ["write_html"]

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
_STYLE = """
:root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --text: #1b2330; --soft: #5a6678;
  --line: #dfe3ea; --code: #f0f2f6; --focus: #1f5fbf; --violation: #b3261e; --warning: #8a5a00;
  --info: #1f5fbf; --fine: #1a7040; --waived: #5a6678; }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1b2129; --text: #e6eaf0;
  --soft: #a1acbb; --line: #303844; --code: #262e39; --focus: #8ab4f8; --violation: #ff8a80;
  --warning: #f5c04e; --info: #8ab4f8; --fine: #7ed6a0; --waived: #a1acbb; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.25rem; } main { padding-bottom: 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .35rem; letter-spacing: -.01em; }
.verdict { font-size: 1.1rem; margin: 0 0 1.1rem; color: var(--soft); }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1.1rem; }
.tile { flex: 1 1 8.5rem; font: inherit; text-align: left; padding: .7rem 1rem; cursor: pointer;
  color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  border-top: .25rem solid var(--tone); }
.tile b { display: block; font-size: 1.7rem; line-height: 1.15; color: var(--tone);
  font-variant-numeric: tabular-nums; }
.tile[aria-pressed=false] { opacity: .5; } .tile:disabled { cursor: default; opacity: .65; }
.violation { --tone: var(--violation); } .warning { --tone: var(--warning); }
.info { --tone: var(--info); } .waived { --tone: var(--waived); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0 0 1.2rem;
  font-size: .9rem; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
dd.missing { color: var(--warning); }
.filter { display: block; margin: 0 0 1rem; font-size: .9rem; color: var(--soft); }
.filter input { display: block; width: 100%; margin-top: .25rem; padding: .6rem .8rem;
  font: inherit; font-size: 1rem; color: var(--text); background: var(--card);
  border: 1px solid var(--line); border-radius: .6rem; }
:focus-visible { outline: .18rem solid var(--focus); outline-offset: .1rem; }
details { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  border-left: .3rem solid var(--tone); margin: 0 0 .75rem; }
summary { cursor: pointer; padding: .75rem 1rem; display: grid; gap: 0 .9rem;
  grid-template-columns: minmax(0, 1fr) auto; align-items: baseline; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary h2 { font-size: 1.02rem; line-height: 1.4; margin: 0; overflow-wrap: anywhere; }
summary .count { font-weight: 600; color: var(--tone); font-variant-numeric: tabular-nums; }
summary .count::after { content: " \\25B8"; } details[open] > summary .count::after {
  content: " \\25BE"; }
summary .kind { grid-column: 1 / -1; font-size: .82rem; color: var(--soft);
  overflow-wrap: anywhere; }
.level { color: var(--tone); font-weight: 600; }
.rule { margin: 0 1rem .75rem; padding: .6rem .8rem; font-size: .9rem; color: var(--soft);
  background: var(--code); border-radius: .4rem; }
.finding { border-top: 1px solid var(--line); padding: .8rem 1rem; }
.finding p { margin: 0; overflow-wrap: anywhere; } .finding p + p { margin-top: .25rem; }
.thing { font-weight: 600; } .thing code { font-weight: 400; }
.more { font-size: .86rem; color: var(--soft); } .mend { font-size: .92rem; color: var(--fine); }
code { font: .9em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; background: var(--code);
  border-radius: .3rem; padding: .08em .35em; overflow-wrap: anywhere; }
.none { padding: 2rem; text-align: center; color: var(--soft); background: var(--card);
  border: 1px dashed var(--line); border-radius: .6rem; }
[hidden] { display: none !important; }
@media (max-width: 32rem) { header { padding-top: 1.4rem; } header, main { padding-left: .9rem;
  padding-right: .9rem; } h1 { font-size: 1.45rem; } .tiles { gap: .5rem; }
  .tile { flex: 1 1 5.5rem; padding: .5rem .7rem; font-size: .85rem; }
  .tile b { font-size: 1.4rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } }
@media print { body { background: none; } .filter { display: none; }
  details { break-inside: avoid; } }
"""
_FILTER = (
    '<label class="filter">Show only findings with these words'
    '<input id="filter" type="search" autocomplete="off" '
    'placeholder="a rule, a thing, a file, a source"></label>\n'
    '<p class="none" id="none" role="status" hidden>No finding has all of these words.</p>'
)
_SCRIPT = """
const box = document.getElementById('filter'), none = document.getElementById('none');
const rules = [...document.querySelectorAll('details')].map(rule => ({ rule, open: rule.open,
  head: rule.querySelector('summary').textContent.toLowerCase(),
  findings: [...rule.querySelectorAll('.finding')]
    .map(finding => [finding, finding.textContent.toLowerCase()]) }));
const tiles = [...document.querySelectorAll('.tile')];
function show() {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  const off = tiles.filter(tile => tile.ariaPressed === 'false').map(tile => tile.dataset.level);
  let left = 0;
  for (const { rule, open, head, findings } of rules) {
    let any = 0;
    for (const [at, text] of findings) {
      at.hidden = !words.every(word => head.includes(word) || text.includes(word));
      any += !at.hidden;
    }
    rule.hidden = !any || off.includes(rule.dataset.level);
    rule.open = words.length ? true : open;
    left += rule.hidden ? 0 : any;
  }
  none.hidden = left > 0;
}
box.addEventListener('input', show);
for (const tile of tiles) tile.addEventListener('click', () => {
  tile.ariaPressed = tile.ariaPressed === 'true' ? 'false' : 'true';
  show();
});
"""


def write_html(report: Report) -> str:
    """Return the page: the counts, what was checked, a filter, the findings by rule."""
    found = [*report.findings, *report.waived]
    body = [
        "<header>",
        "<h1>Validation report</h1>",
        f'<p class="verdict">{escape(verdict(report).capitalize())}</p>',
        *_tiles(report),
        *_facts(report),
        "</header>",
        "<main>",
        _FILTER if found else '<p class="none">Every rule holds.</p>',
    ]
    rules = {rule.iri: rule for rule in report.rules}
    for (level, iri), group in groupby(report.findings, key=lambda f: (f.level, f.rule)):
        body += _rule(level, list(group), rules.get(iri))
    for iri, group in groupby(sorted(report.waived, key=Finding.sort_key), key=lambda f: f.rule):
        body += _rule("waived", list(group), rules.get(iri))
    script = f"<script>{_SCRIPT}</script>\n" if found else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Validation report: {escape(verdict(report))}</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + f"\n</main>\n{script}</body>\n</html>\n"
    )


def _tiles(report: Report) -> list[str]:
    """Return the counts by level, each a switch that hides and shows that level."""
    counts = report.counts()
    if report.waived:
        counts["waived"] = len(report.waived)
    lines = ['<div class="tiles">']
    for level, number in counts.items():
        state = 'aria-pressed="true"' if number else "disabled"
        word = f"{level}s" if number != 1 and level in ("violation", "warning") else level
        lines.append(
            f'<button type="button" class="tile {level}" data-level="{level}" {state}>'
            f"<b>{number:,}</b>{word}</button>"
        )
    return [*lines, "</div>"]


def _facts(report: Report) -> list[str]:
    lines = ["<dl>"]
    for name, text in facts(report):
        missing = ' class="missing"' if name == "not checked" else ""
        shown = name[0].upper() + name[1:]
        lines.append(f"<dt>{escape(shown)}</dt><dd{missing}>{escape(text)}</dd>")
    return [*lines, "</dl>"]


def _rule(level: str, found: list[Finding], rule: Rule | None) -> list[str]:
    opened = " open" if level in ("violation", "warning") else ""
    title, name = found[0].title, found[0].rule.local
    lines = [
        f'<details class="{level}" data-level="{level}"{opened}>',
        f"<summary><h2>{escape(title[:1].upper() + title[1:])}</h2>",
        f'<span class="count">{len(found):,}</span>',
        f'<span class="kind"><span class="level">{level}</span> · {escape(name)}</span></summary>',
    ]
    told = rule.text if rule is not None else ""
    # A text with slots is the message, which each finding has with its values.
    if told.rstrip(".") not in ("", title.rstrip(".")) and "{?" not in told and "{$" not in told:
        lines.append(f'<p class="rule">{escape(told)}</p>')
    for finding in found:
        lines += _finding(finding)
    return [*lines, "</details>"]


def _finding(finding: Finding) -> list[str]:
    name = f"{escape(finding.label)} " if finding.label and finding.label != finding.thing else ""
    lines = [
        '<div class="finding">',
        f'<p class="thing">{name}<code>{escape(finding.thing)}</code></p>',
        f"<p>{escape(finding.message)}</p>",
    ]
    if finding.fix:
        lines.append(f'<p class="mend">To mend: {escape(finding.fix)}</p>')
    if finding.waiver:
        lines.append(f'<p class="mend">Waived: {escape(finding.waiver)}</p>')
    if finding.places:
        where = " ".join(f"<code>{escape(str(place))}</code>" for place in finding.places)
        lines.append(f'<p class="more">Written at {where}</p>')
    if finding.sources:
        told = "; ".join(
            f"{escape(s.title)}{', ' + escape(s.locator) if s.locator else ''}"
            f"{' (claims ' + escape(', '.join(s.claims)) + ')' if s.claims else ''}"
            for s in finding.sources
        )
        lines.append(f'<p class="more">Stated by {told}</p>')
    return [*lines, "</div>"]
