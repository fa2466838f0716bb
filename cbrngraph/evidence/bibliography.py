"""A citation as BibTeX, CSL-JSON, Markdown and plain text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cbrngraph.errors import ReadError
from cbrngraph.evidence.address import TEXT
from cbrngraph.formats.markdown import escape
from cbrngraph.model import Source

if TYPE_CHECKING:
    from cbrngraph.evidence.cite import Citation

__all__ = ["FORMATS", "bibtex", "csl_json", "markdown", "read_csl", "text"]

# Format -> suffix of its files.
FORMATS = {"text": ".txt", "md": ".md", "bibtex": ".bib", "csl-json": ".json"}

_TEX = {character: "\\" + character for character in "{}$&%#_"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_SEASONS = {"21": 1, "22": 2, "23": 3, "24": 4}
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\??")


# --- for people ---------------------------------------------------------------------------


def text(one: Citation) -> str:
    """Return the reference, the sources and how to ask again as plain text."""
    lines = [_shown(_reference(one, str)), "", _resting(one)]
    lines += [f"- {_shown(_source_line(source))}" for source in one.ground.sources]
    lines += _notes(one)
    lines += ["", f"Ask again: {_again(one)}"]
    if one.address.name == TEXT:
        lines += ["", one.query.strip()]
    return "\n".join(lines) + "\n"


def markdown(one: Citation) -> str:
    """Return the same as Markdown, addresses as links."""
    head = _reference(one, lambda title: f"*{escape(title)}*", _link)
    lines = [_shown(head), "", escape(_resting(one))]
    if one.ground.sources:
        lines.append("")
    lines += [f"- {_shown(_source_line(source, _link, escape))}" for source in one.ground.sources]
    lines += [escape(line) for line in _notes(one)]
    lines += ["", f"Ask again: `{_again(one)}`"]
    if one.address.name == TEXT:
        lines += ["", "```sparql", one.query.strip(), "```"]
    return "\n".join(lines) + "\n"


def _reference(one: Citation, titled: Any, linked: Any = str) -> str:
    plain = escape if linked is _link else str
    who = one.dataset.author or one.dataset.name
    when = f" ({one.date})" if one.date else ""
    version = f" {one.dataset.version}" if one.dataset.version else ""
    graph = plain(f"{one.dataset.name}{version}, view {one.view}, snapshot {one.snapshot[:12]}")
    answer = f"[Answer: {one.size}]"
    return f"{plain(who + when)}. {titled(one.title)} {plain(answer)}. {graph}. {linked(one.iri)}"


def _shown(line: str) -> str:
    """A line without what could steer a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(line.split()))


def _resting(one: Citation) -> str:
    ground, count = one.ground, len(one.ground.sources)
    parts = [f"reference data ({', '.join(ground.files)})"] if ground.files else []
    parts += ["the data's own description of its sources"] if ground.descriptions else []
    parts += [f"{count} source" + "s" * (count > 1)] if count else []
    told = " and ".join(parts) or "no source"
    if not ground.complete:
        told = f"at least {told}" if parts else "sources that could not be told"
    return f"It rests on {told}" + (":" if count else ".")


def _source_line(source: Source, linked: Any = str, plain: Any = str) -> str:
    when = f"({source.issued})" if source.issued else "(undated)"
    head = f"{source.publisher} {when}." if source.publisher else f"{when}."
    line = plain(f"{head} {source.title} [{source.slug}].")
    return f"{line} {linked(source.url)}" if source.url else line


def _notes(one: Citation) -> list[str]:
    if one.ground.complete:
        return []
    return ["", "Some part could not be explained or was not followed: there may be more sources."]


def _again(one: Citation) -> str:
    command = f"cbrngraph query --cite {one.id}"
    return f"{command} FILE.rq" if one.address.name == TEXT else command


def _link(address: str) -> str:
    return f"<{_safe(address)}>"


def _safe(address: str) -> str:
    """An address without what ends a link, a BibTeX value or a line."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]")


# --- BibTeX -------------------------------------------------------------------------------


def bibtex(one: Citation) -> str:
    """Return an entry for the result and one for each source.

    The type is `@misc`, which every style knows; fields that a style does not know it leaves out.
    """
    fields = {
        "author": f"{{{_tex(one.dataset.author)}}}" if one.dataset.author else "",
        "title": f"{{{_tex(one.title)}}}",
        "howpublished": _tex(f"{one.dataset.name} {one.dataset.version}".strip()),
        "version": one.dataset.version,
        "note": _tex(_note(one)),
        "url": _safe(one.iri),
    }
    result = _entry(_key(one.address.name, f"a{one.address.answer}"), fields, one.date)
    sources = [
        _entry(_key("source", source.slug), _source_fields(source), source.issued)
        for source in one.ground.sources
    ]
    return "\n".join([result, *sources])


def _note(one: Citation) -> str:
    least = "" if one.ground.complete else "at least "
    listed = ", ".join(source.slug for source in one.ground.sources) or "no source"
    graph = f"View {one.view}, snapshot {one.snapshot}."
    return f"{graph} Answer: {one.size}. Rests on {least}{listed}."


def _source_fields(source: Source) -> dict[str, str]:
    return {
        "author": f"{{{_tex(source.publisher)}}}" if source.publisher else "",
        "title": f"{{{_tex(source.title)}}}",
        "url": _safe(source.url),
    }


def _entry(key: str, fields: dict[str, str], issued: str) -> str:
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    date = _DATE.match(issued)
    if date is not None:
        lines.append(f"  year = {{{date[1]}}}")
    if date is not None and date[2] in {f"{number:02}" for number in range(1, 13)}:
        lines.append(f"  month = {_MONTHS[int(date[2]) - 1]}")
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _key(*parts: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", "-".join(("cbrngraph", *parts)))


def _tex(value: str) -> str:
    return "".join(_TEX.get(character, character) for character in _shown(value))


# --- CSL-JSON -----------------------------------------------------------------------------


def csl_json(one: Citation) -> str:
    """Return a JSON list: the result, then its sources (CSL-JSON schema 1.0.2).

    `custom` of the result holds what asking again needs, the query's text included.
    """
    result = {
        "id": one.id,
        "type": "dataset",
        "title": one.title,
        "author": [{"literal": one.dataset.author}] if one.dataset.author else None,
        "container-title": one.dataset.name,
        "version": one.dataset.version or one.snapshot[:12],
        "issued": _csl_date(one.date),
        "URL": _safe(one.iri),
        "note": _note(one),
        "references": ", ".join(source.slug for source in one.ground.sources),
        "custom": {
            "citation": one.id,
            "snapshot": one.snapshot,
            "view": one.view,
            "answer": one.size,
            "files": list(one.ground.files),
            "descriptions_of_sources": one.ground.descriptions,
            "all_sources_listed": one.ground.complete,
            "query": one.query,
        },
    }
    sources = [
        {
            "id": source.slug,
            "type": "document",
            "title": source.title,
            "author": [{"literal": source.publisher}] if source.publisher else None,
            "issued": _csl_date(source.issued),
            "URL": _safe(source.url),
        }
        for source in one.ground.sources
    ]
    items = [{k: v for k, v in item.items() if v} for item in (result, *sources)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _csl_date(issued: str) -> dict[str, Any] | None:
    date = _DATE.fullmatch(issued)
    if not issued:
        return None
    if date is None:
        return {"literal": issued}
    circa = {"circa": True} if issued.endswith("?") else {}
    if date[2] in _SEASONS:
        return {"date-parts": [[int(date[1])]], "season": _SEASONS[date[2]], **circa}
    return {"date-parts": [[int(part) for part in date.groups() if part]], **circa}


def read_csl(path: Path) -> tuple[str, str]:
    """Return the id and the query's text of a citation file.

    Raises:
        ReadError: it cannot be read, or is no citation of a result.
    """
    try:
        items = json.loads(path.read_bytes())
        kept = items[0]["custom"]
        return str(kept["citation"]), str(kept["query"])
    except OSError as error:
        raise ReadError(path, error.strerror or "cannot be read") from None
    except (ValueError, KeyError, IndexError, TypeError):
        hint = "'cbrngraph cite NAME --format csl-json' writes one"
        raise ReadError(path, "is no citation file of a result", hint) from None
