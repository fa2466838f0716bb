"""SPARQL on a store: what is not supported is refused, and an error points at its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cbrngraph.errors import QueryError, nearest
from cbrngraph.model import Term
from cbrngraph.queries.ordering import Ordering, in_order, split_ordering
from cbrngraph.queries.tokens import Token, declared_prefixes, position, tokenize
from cbrngraph.store import Solutions, Store, Triples
from cbrngraph.syntax import marked

__all__ = ["execute", "execute_select", "prepare"]

_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_DISTINCT = ("DISTINCT", "REDUCED")
_KEYWORDS = (
    "SELECT ASK CONSTRUCT DESCRIBE WHERE PREFIX BASE DISTINCT REDUCED FILTER OPTIONAL UNION MINUS "
    "GRAPH BIND VALUES UNDEF GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET EXISTS NOT IN AS COUNT "
    "SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND IRI "
    "COALESCE IF STRLEN SUBSTR UCASE LCASE STRSTARTS STRENDS CONTAINS REGEX REPLACE YEAR MONTH DAY"
).split()
# Oxigraph recurses: 4,000 nested groups, 3,000 OPTIONAL or BIND in a row and 20,000 operators
# in a chain each end the process (measured on 0.5.13), so these are far below.
_MAX_DEPTH = 200
_MAX_GROUPS = 500
_MAX_SIZE = 5000
_GROUPS = ("OPTIONAL", "BIND", "UNION", "MINUS", "FILTER", "GRAPH", "VALUES", "SELECT")
_PAD = 40


def execute(store: Store, text: str, path: Path | None = None) -> Solutions | bool | Triples:
    """Return the answer to a query; the project's prefixes need no declaration in it.

    Raises:
        QueryError: it is refused (update, SERVICE, FROM) or does not parse; the message shows
            the line and marks the place.
    """
    tokens = tokenize(text)
    prefixes = _prefixes(text, tokens, path)
    split = split_ordering(text, tokens)
    try:
        if split is None:
            answer = store.query(prefixes + text, path)
        else:
            answer = _ordered(store, prefixes + text, prefixes + split[0], split[1], path)
    except QueryError as error:
        raise _explained(error, text, path) from None
    if isinstance(answer, Solutions) and _selects_all(tokens):
        return _as_written(answer, tokens)
    return answer


def _selects_all(tokens: Sequence[Token]) -> bool:
    """Say whether the outermost form is `SELECT *`."""
    first = next((at for at, token in enumerate(tokens) if token.is_word("SELECT")), len(tokens))
    after = [token for token in tokens[first + 1 : first + 3] if not token.is_word(*_DISTINCT)]
    return bool(after) and after[0].text == "*"


def _as_written(answer: Solutions, tokens: Sequence[Token]) -> Solutions:
    """Put the columns in the order in which the query names them; the engine sorts them."""
    named = dict.fromkeys(token.text[1:] for token in tokens if token.kind == "var")
    at = {name: index for index, name in enumerate(answer.variables)}
    names = tuple(name for name in named if name in at)
    columns = [at[name] for name in names]
    return Solutions(names, (tuple([row[column] for column in columns]) for row in answer.rows))


def _ordered(
    store: Store, text: str, unordered: str, ordering: Ordering, path: Path | None
) -> Solutions | bool | Triples:
    """Ask without the ORDER BY; the rows are put in order when the first of them is taken."""
    try:
        answer = store.query(unordered, path)
    except QueryError:
        return store.query(text, path)  # so that its error is about the text as it was given
    if not isinstance(answer, Solutions):
        return answer

    def rows() -> Iterator[tuple[Term | None, ...]]:
        found = in_order(answer.rows, answer.variables, ordering)
        yield from store.select(text, path).rows if found is None else found

    return Solutions(answer.variables, rows())


def execute_select(store: Store, text: str, path: Path | None = None) -> Solutions:
    """Return the solutions of a SELECT; raises as `execute` does."""
    answer = execute(store, text, path)
    if not isinstance(answer, Solutions):
        raise QueryError("a SELECT query is needed here", path=path)
    return answer


def prepare(text: str, path: Path | None = None) -> str:
    """Return the text with the missing declarations of known prefixes in front, on one line.

    Raises:
        QueryError: the query is an update, calls SERVICE, names its dataset with FROM, is
            nested too deeply or is empty.
    """
    return _prefixes(text, tokenize(text), path) + text


def _prefixes(text: str, tokens: Sequence[Token], path: Path | None) -> str:
    _refuse(tokens, text, path)
    used = {token.text.partition(":")[0] for token in tokens if token.kind == "pname"}
    missing = used - declared_prefixes(tokens)
    if not missing:
        return ""
    from cbrngraph.namespaces import PREFIXES

    known = sorted(missing & set(PREFIXES))
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in known)


def _refuse(tokens: Sequence[Token], text: str, path: Path | None) -> None:
    if not tokens:
        raise QueryError("the query is empty", path=path)
    first = next((token for token in tokens if token.is_word(*_UPDATES, *_FORMS)), None)
    if first is not None and first.is_word(*_UPDATES):
        message = "SPARQL Update is refused: a query only reads; change the files in data/ instead"
        raise _at(first, text, path, message)
    for token in tokens:
        if token.is_word("SERVICE"):
            raise _at(token, text, path, "SERVICE is refused: a query does not reach the network")
        if token.is_word("FROM"):
            raise _at(token, text, path, "FROM is refused: choose a view (--view), or use GRAPH")
    _refuse_bomb(tokens, text, path)


def _refuse_bomb(tokens: Sequence[Token], text: str, path: Path | None) -> None:
    depth = groups = size = 0
    data_depth: int | None = None
    for index, token in enumerate(tokens):
        if token.kind == "punct" and token.text in "{([":
            depth += 1
            if data_depth is None and _opens_data(tokens, index):
                data_depth = depth
        elif token.kind == "punct" and token.text in "})]":
            if depth == data_depth:
                data_depth = None
            depth -= 1
        elif token.is_word(*_GROUPS):
            groups += 1
        size += data_depth is None
        if depth > _MAX_DEPTH:
            raise _at(token, text, path, f"nested more than {_MAX_DEPTH} levels deep")
        if groups > _MAX_GROUPS or size > _MAX_SIZE:
            raise _at(token, text, path, "the query is too large; long lists belong in VALUES")


def _opens_data(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a bracket opens a list of values: of VALUES or IN."""
    if tokens[at].text == "(":
        return tokens[at - 1].is_word("IN")
    before = at - 1
    if before >= 0 and tokens[before].text == ")":
        while before > 0 and tokens[before].text != "(":
            before -= 1
        before -= 1
    elif before >= 0 and tokens[before].kind == "var":
        before -= 1
    return before >= 0 and tokens[before].is_word("VALUES")


def _at(token: Token, text: str, path: Path | None, message: str) -> QueryError:
    return _pointing(message, text, path, token.start)


def _pointing(message: str, text: str, path: Path | None, offset: int) -> QueryError:
    """An error whose message ends with the offending line and a caret below the place."""
    line, column = position(text, offset)
    lines = text.split("\n")
    shown = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    message = f"{message}\n{marked(shown, line, column)}"
    return QueryError(message, path=path, line=line, column=column)


def _explained(error: QueryError, text: str, path: Path | None) -> QueryError:
    """The engine's error at the token where the text stops being the beginning of a query.

    The engine reports the farthest place that it looked at, which lies some way behind the
    fault. So the token is found by halving: a beginning is good when the engine, given it and
    some empty lines, complains only about the end.
    """
    tokens = tokenize(text)
    message = str(error)
    if not error.line or not tokens:
        return error
    good, bad = 0, len(tokens) + 1
    while bad - good > 1:
        middle = (good + bad) // 2
        if _is_beginning(text, tokens[:middle]):
            good = middle
        else:
            bad = middle
    reason = _in_words(message)
    if bad > len(tokens):
        return _pointing(reason or "the query ends too early", text, path, tokens[-1].end)
    token = tokens[bad - 1]
    return _pointing(reason or _unexpected(token), text, path, token.start)


def _is_beginning(text: str, tokens: Sequence[Token]) -> bool:
    if not tokens:
        return True
    end = tokens[-1].end
    try:
        Store.memory().query(prepare(text[:end]) + "\n" * _PAD)
    except QueryError as error:
        return error.line > position(text, end)[0] + _PAD // 2
    return True


def _unexpected(token: Token) -> str:
    if token.kind == "bad" and token.text in "'\"":
        return "this string is not closed"
    message = f"{token.text[:40]!r} is not expected here"
    if token.kind == "word":
        near = nearest(token.text, _KEYWORDS, limit=1)
        if near and near[0] != token.text.upper():
            message += f"; did you mean {near[0]}?"
    return message


def _in_words(message: str) -> str:
    """What the engine says in words, where it says more than which tokens it expected."""
    for sign, words in (
        ("Prefix not found", "this prefix is not declared; write PREFIX name: <...> at the top"),
        ("variable that is unbound", "SELECT names a variable that is not bound or not grouped"),
        ("IRI parsing failed", "this is not an IRI"),
    ):
        if sign in message:
            return words
    return ""
