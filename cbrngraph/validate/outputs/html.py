"""The report as one HTML page that needs nothing else: no script, style or picture elsewhere."""

from __future__ import annotations

from html import escape
from itertools import groupby

from cbrngraph.model import IRI
from cbrngraph.validate.outputs.terminal import summary
from cbrngraph.validate.report import Finding, Report

__all__ = ["write_html"]

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --violation: #c0392b; --warning: #b9770e;
  --info: #2874a6; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.1rem; margin: 0; display: inline; }
ul.facts { padding-left: 1.2rem; } details { border: 1px solid var(--line); border-radius: .4rem;
  margin: .6rem 0; padding: .5rem .8rem; border-left: .35rem solid var(--line); }
details.violation { border-left-color: var(--violation); }
details.warning { border-left-color: var(--warning); }
details.info { border-left-color: var(--info); }
summary { cursor: pointer; } .level { text-transform: uppercase; font-size: .75rem;
  letter-spacing: .05em; margin-right: .5rem; }
.finding { border-top: 1px solid var(--line); padding: .5rem 0; }
.finding p { margin: .15rem 0; } .where, .told { font-size: .85rem; opacity: .8; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .4rem .6rem; margin: .5rem 0; }
[hidden] { display: none; }
"""
_FILTER = (
    '<label>Filter <input id="filter" type="search" '
    'placeholder="words of a rule, a thing, a file"></label>'
)
_SCRIPT = """
const box = document.getElementById('filter');
box.addEventListener('input', () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const rule of document.querySelectorAll('details')) {
    let any = false;
    for (const finding of rule.querySelectorAll('.finding')) {
      const text = (rule.querySelector('summary').textContent + finding.textContent).toLowerCase();
      finding.hidden = !words.every(word => text.includes(word));
      any = any || !finding.hidden;
    }
    rule.hidden = !any;
    if (words.length && any) rule.open = true;
  }
});
"""


def write_html(report: Report) -> str:
    """Return the page: what was checked, a filter, and the findings by rule."""
    body = ["<h1>Validation report</h1>", '<ul class="facts">']
    body += [f"<li>{escape(line)}</li>" for line in summary(report)]
    body.append("</ul>")
    if report.findings:
        body.append(_FILTER)
    for (level, rule), group in groupby(report.findings, key=lambda f: (f.level, f.rule)):
        body += _rule(level, rule, list(group))
    script = f"<script>{_SCRIPT}</script>" if report.findings else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Validation report</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + f"\n{script}\n</body>\n</html>\n"
    )


def _rule(level: str, rule: IRI, found: list[Finding]) -> list[str]:
    opened = " open" if level != "info" else ""
    lines = [
        f'<details class="{level}"{opened}>',
        f'<summary><span class="level">{level}</span><h2>{escape(found[0].title)}</h2>',
        f"<code>{escape(rule.local)}</code> ({len(found)})</summary>",
    ]
    for finding in found:
        lines += _finding(finding)
    return [*lines, "</details>"]


def _finding(finding: Finding) -> list[str]:
    name = escape(finding.label or finding.thing)
    lines = [
        '<div class="finding">',
        f"<p><strong>{name}</strong> <code>{escape(finding.thing)}</code></p>",
        f"<p>{escape(finding.message)}</p>",
    ]
    if finding.places:
        where = ", ".join(f"<code>{escape(str(place))}</code>" for place in finding.places)
        lines.append(f'<p class="where">at {where}</p>')
    if finding.sources:
        told = "; ".join(
            f"{escape(s.title)}{', ' + escape(s.locator) if s.locator else ''}"
            f"{' (claims ' + escape(', '.join(s.claims)) + ')' if s.claims else ''}"
            for s in finding.sources
        )
        lines.append(f'<p class="told">says {told}</p>')
    if finding.fix:
        lines.append(f'<p class="told">to mend: {escape(finding.fix)}</p>')
    return [*lines, "</div>"]
