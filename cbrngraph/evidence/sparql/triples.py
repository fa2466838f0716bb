"""Triple blocks and property paths of SPARQL 1.1 (grammar rules 52 to 106)."""

from __future__ import annotations

from typing import TypeAlias

from cbrngraph.evidence.sparql.algebra import (
    BGP,
    Alternative,
    Closure,
    Inverse,
    Join,
    Negated,
    Path,
    PathPattern,
    Pattern,
    PatternTerm,
    Sequence,
    TriplePattern,
    Var,
)
from cbrngraph.evidence.sparql.expressions import ExpressionParser
from cbrngraph.model import IRI

__all__ = ["TripleParser", "join", "path_pattern"]

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE, _FIRST, _REST, _NIL = (IRI(_RDF + name) for name in ("type", "first", "rest", "nil"))

Link: TypeAlias = tuple[PatternTerm, "Path | Var", PatternTerm]


def join(left: Pattern, right: Pattern) -> Pattern:
    """The join of two patterns; triples side by side become one basic graph pattern."""
    if isinstance(left, BGP) and isinstance(right, BGP):
        return BGP(left.triples + right.triples)
    if left == BGP(()):
        return right
    if right == BGP(()):
        return left
    return Join(left, right)


class TripleParser(ExpressionParser):
    """Parses the triples of a group."""

    def triples(self) -> Pattern:
        """Parse subjects with their property lists, as far as they go (rule 55)."""
        links: list[Link] = []
        while self._starts_node():
            bare = self.at.sees("[", "(")
            subject = self._node(links)
            if not (bare and self._ends_triples()):
                self._property_list(subject, links)
            if not self.at.accept("."):
                break
        return self._pattern(links)

    def _pattern(self, links: list[Link]) -> Pattern:
        pattern: Pattern = BGP(())
        for subject, verb, object_ in links:
            if isinstance(verb, Var):
                step: Pattern = BGP((TriplePattern(subject, verb, object_),))
            else:
                step = path_pattern(self, subject, verb, object_)
            pattern = join(pattern, step)
        return pattern

    def _starts_node(self) -> bool:
        kind = self.at.token.kind
        if kind in ("var", "iri", "pname", "bnode", "string", "number"):
            return True
        return self.at.sees("[", "(", "+", "-", "TRUE", "FALSE")

    def _ends_triples(self) -> bool:
        words = "FILTER OPTIONAL GRAPH MINUS BIND VALUES SERVICE".split()
        return self.at.sees(".", "}", "{", *words) or self.at.token.kind == "end"

    def _property_list(self, subject: PatternTerm, links: list[Link]) -> None:
        while True:
            verb = self._verb()
            while True:
                links.append((subject, verb, self._node(links)))
                if not self.at.accept(","):
                    break
            if not self.at.accept(";"):
                return
            while self.at.accept(";"):
                pass
            if not self._starts_verb():
                return

    def _starts_verb(self) -> bool:
        at = self.at
        word_a = at.token.kind == "word" and at.token.text == "a"
        return word_a or at.token.kind in ("var", "iri", "pname") or at.sees("^", "!", "(")

    def _verb(self) -> Path | Var:
        return self.var() if self.at.token.kind == "var" else self._alternative()

    def _node(self, links: list[Link]) -> PatternTerm:
        at = self.at
        if at.accept("["):
            node = self.blank()
            if not at.accept("]"):
                self._property_list(node, links)
                at.expect("]")
            return node
        if at.accept("("):
            return self._collection(links)
        term = self.term()
        if term is None:
            at.error("expected a variable or term")
        return term

    def _collection(self, links: list[Link]) -> PatternTerm:
        items: list[PatternTerm] = []
        while not self.at.accept(")"):
            items.append(self._node(links))
        node: PatternTerm = _NIL
        for item in reversed(items):
            rest, node = node, self.blank()
            links += [(node, _FIRST, item), (node, _REST, rest)]
        return node

    # --- paths ----------------------------------------------------------------------------

    def _alternative(self) -> Path:
        path = self._sequence()
        while self.at.accept("|"):
            path = Alternative(path, self._sequence())
        return path

    def _sequence(self) -> Path:
        path = self._step()
        while self.at.accept("/"):
            path = Sequence(path, self._step())
        return path

    def _step(self) -> Path:
        if self.at.accept("^"):
            return Inverse(self._closure())
        return self._closure()

    def _closure(self) -> Path:
        at = self.at
        if at.accept("("):
            path = self._alternative()
            at.expect(")")
        elif at.accept("!"):
            path = self._negated()
        else:
            path = self._predicate()
        op = at.accept("*", "+", "?")
        return Closure(path, op) if op else path

    def _predicate(self) -> IRI:
        if self.at.token.kind == "word" and self.at.token.text == "a":
            self.at.take()
            return _TYPE
        return self.iri()

    def _negated(self) -> Negated:
        forward: list[IRI] = []
        backward: list[IRI] = []

        def one() -> None:
            (backward if self.at.accept("^") else forward).append(self._predicate())

        if self.at.accept("("):
            while not self.at.accept(")"):
                one()
                self.at.accept("|")
        else:
            one()
        return Negated(tuple(forward), tuple(backward))


def path_pattern(
    parser: ExpressionParser, subject: PatternTerm, path: Path, object_: PatternTerm
) -> Pattern:
    """Translate a path as section 18.2.2.4 says: what can be triples becomes triples.

    An alternative stays a path: the engine counts a pair of ends once, not once per branch.
    """
    match path:
        case Inverse(inner):
            return path_pattern(parser, object_, inner, subject)
        case Sequence(first, second):
            middle = parser.fresh("p")
            return join(
                path_pattern(parser, subject, first, middle),
                path_pattern(parser, middle, second, object_),
            )
        case IRI():
            return BGP((TriplePattern(subject, path, object_),))
    return PathPattern(subject, path, object_)
