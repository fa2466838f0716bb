"""Results in plain words: what is wrong, and what would mend it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.validate.engines import Result
from cbrngraph.validate.report import Finding
from cbrngraph.validate.shapes import Shapes
from cbrngraph.validate.vocabulary import SH

__all__ = ["fill", "finding_of", "short"]

_SLOT = re.compile(r"\{[?$](\w+)\}")
_LONG = 80
# What a message says for {?value} where a result has none.
_INSTEAD = {
    "MinCount": "missing",
    "MaxCount": "given more than once",
    "HasValue": "another one, or missing",
    "QualifiedMinCount": "missing",
    "QualifiedMaxCount": "given more than once",
    "UniqueLang": "given more than once",
}

# Component: what is wrong, and what would mend it; {value} and {path} are filled in.
_WORDS: dict[str, tuple[str, str]] = {
    "MinCount": ("{path} has too few values", "state {path}"),
    "MaxCount": ("{path} has too many values", "keep the one value that holds"),
    "Datatype": ("{value} has the wrong datatype", "write the value with the right datatype"),
    "Class": ("{value} is not of the right class", "give {value} that class, or correct {path}"),
    "NodeKind": ("{value} is of the wrong kind (IRI, literal, blank node)", "correct the value"),
    "Pattern": ("{value} does not match the pattern", "write the value in that form"),
    "In": ("{value} is not among the allowed values", "use one of the allowed values"),
    "HasValue": ("{path} lacks a value that it must have", "add the value"),
    "Closed": ("{path} is not expected here", "check the property's spelling, or remove it"),
    "LessThan": ("{value} is not less than it must be", "correct one of the two values"),
    "LessThanOrEquals": ("{value} is greater than it may be", "correct one of the two values"),
    "UniqueLang": ("a language occurs more than once", "keep one value for each language"),
    "Disjoint": ("{value} must not be a value of both", "remove one of the two statements"),
    "Equals": ("{value} is a value of one property only", "state it for both, or for none"),
    "MinLength": ("{value} is too short", "write the value in full"),
    "MaxLength": ("{value} is too long", "shorten the value"),
    "MinInclusive": ("{value} is too small", "correct the value"),
    "MinExclusive": ("{value} is too small", "correct the value"),
    "MaxInclusive": ("{value} is too large", "correct the value"),
    "MaxExclusive": ("{value} is too large", "correct the value"),
    "LanguageIn": ("{value} has no allowed language", "give the text one of the languages"),
    "Node": ("{value} does not conform to the shape it must", "see the rule for what it needs"),
    "Not": ("{value} conforms to what is ruled out", "see the rule for what it excludes"),
    "And": ("{value} breaks one of several rules", "see the rule for what it needs"),
    "Or": ("{value} keeps none of several alternatives", "make it fit one of them"),
    "Xone": ("{value} does not fit exactly one alternative", "make it fit exactly one"),
    "QualifiedMinCount": ("{path} has too few fitting values", "add a value of that kind"),
    "QualifiedMaxCount": ("{path} has too many fitting values", "remove what does not belong"),
}


def finding_of(result: Result, shapes: Shapes) -> Finding:
    """Return a result as a finding: rule, message, fix; places and sources come later."""
    shape = shapes.by_node.get(result.shape)
    named = shapes.named(result.shape)
    rule = named.node if named is not None and isinstance(named.node, IRI) else IRI(SH + "Shape")
    title = (shape.name if shape else "") or (named.name if named else "") or rule.local
    path = "" if result.path is None else _path_words(result.path.sparql)
    row = {"this": result.focus, **dict(result.row)}
    if result.value is not None:
        row["value"] = result.value
    return Finding(
        severity=result.severity,
        rule=rule,
        title=title,
        component=result.component,
        focus=result.focus,
        shape=result.shape,
        message=_message(result, row, path),
        path=result.path,
        value=result.value,
        messages=tuple(_filled(message, row, path) for message in result.messages),
        constraint=result.constraint,
        engine=result.engine,
        fix=_fix(result, path),
    )


def short(term: Term) -> str:
    """Return a term for a message: the local name of an IRI, the text of a literal."""
    if isinstance(term, Literal):
        text = term.value if len(term.value) <= _LONG else term.value[: _LONG - 1] + "…"
        return f"“{text}”" if term.language or term.datatype.endswith("#string") else text
    if isinstance(term, BNode):
        return "an unnamed node"
    return term.local or str(term)


def _message(result: Result, row: dict[str, Term], path: str) -> str:
    """Return the rule's own words, else words for the component, with names for IRIs."""
    own = [m for m in result.messages if m.language in ("", "en")] or list(result.messages)
    if own:
        instead = _INSTEAD.get(_component(result), "")
        return fill(own[0].value, {name: short(term) for name, term in row.items()}, path, instead)
    words = _WORDS.get(_component(result), ("breaks the rule", ""))[0]
    value = short(result.value) if result.value is not None else short(result.focus)
    return words.format(value=value, path=path or "it")


def _filled(message: Literal, row: dict[str, Term], path: str) -> Literal:
    """Put the values into `{?name}` and `{$name}` (SHACL section 5.3.2)."""
    text = fill(message.value, {name: str(term) for name, term in row.items()}, path, "")
    return Literal(text, message.datatype, message.language)


def fill(text: str, row: Mapping[str, str], path: str = "", instead: str = "") -> str:
    """Return a text with its slots `{?name}` filled from a row; others stay as they are."""

    def slot(match: re.Match[str]) -> str:
        name = match[1]
        if name in row:
            return row[name]
        if name == "path" and path:
            return path
        return instead if name == "value" and instead else match[0]

    return _SLOT.sub(slot, text)


def _fix(result: Result, path: str) -> str:
    words = _WORDS.get(_component(result), ("", ""))[1]
    value = short(result.value) if result.value is not None else "the value"
    return words.format(value=value, path=path or "it")


def _component(result: Result) -> str:
    return result.component.removeprefix(SH).removesuffix("ConstraintComponent")


def _path_words(sparql: str) -> str:
    return re.sub(r"<[^>]*[#/]([^>#/]*)>", r"\1", sparql)
