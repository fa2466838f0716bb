"""Parameters bound into a query: the UNDEF cell of a VALUES block becomes a term.

The text is read as tokens, so a VALUES block in a comment or a string is no block, and what is
put in is a serialised term (SPARQL 1.1, section 19.8), so it cannot become anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from cbrngraph.errors import ParameterError, QueryError
from cbrngraph.model import IRI, Literal
from cbrngraph.queries.catalogue import StoredQuery
from cbrngraph.queries.tokens import Token, tokenize
from cbrngraph.queries.values import Given, terms_of

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot

__all__ = ["ValuesBlock", "bind", "bind_terms", "chosen_terms", "values_blocks"]


class _Cell(NamedTuple):
    start: int
    end: int
    undefined: bool


class ValuesBlock(NamedTuple):
    """A VALUES block: its variables, and its rows of cells by their offsets in the text."""

    variables: tuple[str, ...]
    rows: tuple[tuple[_Cell, ...], ...]
    start: int
    end: int

    def open_for(self, name: str) -> bool:
        """Say whether some row has UNDEF for the variable."""
        if name not in self.variables:
            return False
        column = self.variables.index(name)
        return any(row[column].undefined for row in self.rows)


def bind(query: StoredQuery, given: Mapping[str, Given], snapshot: Snapshot) -> str:
    """Return the text of a query with its parameters bound, defaults included.

    Raises:
        UnknownNameError: the query has no such parameter, or a value is none of its choices.
        ParameterError: a value does not fit its parameter.
        QueryError: the query has no open VALUES block for a parameter.
    """
    return bind_terms(query, chosen_terms(query, given, snapshot))


def chosen_terms(
    query: StoredQuery, given: Mapping[str, Given], snapshot: Snapshot
) -> dict[str, tuple[IRI | Literal, ...]]:
    """Return the terms for each parameter that has any, defaults included.

    Raises:
        UnknownNameError, ParameterError: as `bind`.
    """
    for name in given:
        query.parameter(name)
    terms: dict[str, tuple[IRI | Literal, ...]] = {}
    for parameter in query.parameters:
        value = given.get(parameter.name, parameter.default)
        found = terms_of(query, parameter, value, snapshot)
        if found:
            terms[parameter.name] = found
    _check_periods(query, terms)
    return terms


def _check_periods(query: StoredQuery, terms: Mapping[str, tuple[IRI | Literal, ...]]) -> None:
    """Refuse a period that ends before it begins: a first day and the last day declared next."""
    first = ""
    for parameter in query.parameters:
        if parameter.type == "date-start":
            first = parameter.name
        elif parameter.type == "date" and first:
            begins, ends = (terms.get(name, ()) for name in (first, parameter.name))
            # ISO days of four-digit years are in the order of their texts.
            if begins and ends and str(begins[0]) > str(ends[0]):
                raise ParameterError(
                    f"the period ends before it begins: {first!r} is {begins[0]}, "
                    f"{parameter.name!r} is {ends[0]}"
                )
            first = ""


def bind_terms(query: StoredQuery, terms: Mapping[str, Sequence[IRI | Literal]]) -> str:
    """Return the text of a query with terms in place of UNDEF.

    Raises:
        QueryError: the query has no open VALUES block for one of the names.
    """
    if not terms:
        return query.text
    blocks = list(values_blocks(query.text))
    for name in terms:
        if not any(block.open_for(name) for block in blocks):
            raise QueryError(
                f"no VALUES ?{name} {{ UNDEF }} for the parameter {name!r}", path=query.path
            )
    pieces: list[str] = []
    done = 0
    for block in blocks:
        if any(block.open_for(name) for name in terms):
            pieces += (query.text[done : block.start], _written(block, query.text, terms))
            done = block.end
    return "".join(pieces) + query.text[done:]


def values_blocks(text: str) -> Iterator[ValuesBlock]:
    """Yield the VALUES blocks of a query; `start` and `end` enclose what is between the braces."""
    tokens = tokenize(text)
    for index, token in enumerate(tokens):
        if token.is_word("VALUES"):
            block = _block(tokens, index + 1)
            if block is not None:
                yield block


def _block(tokens: Sequence[Token], at: int) -> ValuesBlock | None:
    """Read a block behind its keyword; None when it is not well-formed (the engine will say so)."""
    single = at < len(tokens) and tokens[at].kind == "var"
    variables: list[str] = []
    if single:
        variables.append(tokens[at].text[1:])
        at += 1
    elif at < len(tokens) and tokens[at].text == "(":
        at += 1
        while at < len(tokens) and tokens[at].kind == "var":
            variables.append(tokens[at].text[1:])
            at += 1
        if at >= len(tokens) or tokens[at].text != ")":
            return None
        at += 1
    if at >= len(tokens) or tokens[at].text != "{":
        return None
    start = tokens[at].end
    end = next((index for index in range(at, len(tokens)) if tokens[index].text == "}"), None)
    if end is None:
        return None
    rows = list(_rows(tokens[at + 1 : end], single=single))
    if any(len(row) != len(variables) for row in rows):
        return None
    return ValuesBlock(tuple(variables), tuple(rows), start, tokens[end].start)


def _rows(tokens: Sequence[Token], *, single: bool) -> Iterator[tuple[_Cell, ...]]:
    row: list[_Cell] = []
    for index, token in enumerate(tokens):
        if token.text == "(" and token.kind == "punct":
            row = []
        elif token.text == ")" and token.kind == "punct":
            yield tuple(row)
        elif token.kind == "lang" or token.text == "^^":
            row[-1:] = [_Cell(cell.start, token.end, undefined=False) for cell in row[-1:]]
        elif index and tokens[index - 1].text in ("^^", "+", "-") and row:
            row[-1] = _Cell(row[-1].start, token.end, undefined=False)
        else:
            row.append(_Cell(token.start, token.end, undefined=token.is_word("UNDEF")))
    if single:
        for cell in row:
            yield (cell,)


def _written(block: ValuesBlock, text: str, terms: Mapping[str, Sequence[IRI | Literal]]) -> str:
    rows: list[str] = []
    for row in block.rows:
        cells: list[list[str]] = []
        for name, cell in zip(block.variables, row, strict=True):
            found = terms.get(name, ()) if cell.undefined else ()
            cells.append([term.n3() for term in found] or [text[cell.start : cell.end]])
        for chosen in product(*cells):
            written = " ".join(chosen)
            rows.append(written if len(block.variables) == 1 else f"({written})")
    # The block keeps its number of lines, so that errors point at the line of the file.
    return " " + " ".join(rows) + " " + "\n" * text.count("\n", block.start, block.end)
