"""Check the values of SHACL Core parameters before any engine sees them.

An engine that meets a broken parameter may ignore it, and a rule that is ignored looks like a
rule that holds. SHACL section 4 gives what each parameter may be.
"""

from __future__ import annotations

from collections.abc import Callable

from cbrngraph.model import IRI, Literal, Term
from cbrngraph.validate.graph import IndexedGraph
from cbrngraph.validate.paths import PathFault, list_items
from cbrngraph.validate.shapes import Shape, Shapes
from cbrngraph.validate.vocabulary import SH

__all__ = ["check"]

_NODE_KINDS = frozenset(
    IRI(SH + kind)
    for kind in "BlankNode IRI Literal BlankNodeOrIRI BlankNodeOrLiteral IRIOrLiteral".split()
)
Test = Callable[[Term], bool]


def _is_iri(term: Term) -> bool:
    return isinstance(term, IRI)


def _is_count(term: Term) -> bool:
    return isinstance(term, Literal) and type(term.python) is int


def _is_flag(term: Term) -> bool:
    return isinstance(term, Literal) and isinstance(term.python, bool)


def _is_literal(term: Term) -> bool:
    return isinstance(term, Literal)


def _is_node(term: Term) -> bool:
    return not isinstance(term, Literal)


# Parameter: what each value must be, in words; whether one value at most; property shapes only.
_RULES: dict[str, tuple[Test, str, bool, bool]] = {
    "class": (_is_iri, "an IRI", False, False),
    "datatype": (_is_iri, "an IRI", True, False),
    "nodeKind": (lambda t: t in _NODE_KINDS, "one of SHACL's six node kinds", True, False),
    "minCount": (_is_count, "an integer", True, True),
    "maxCount": (_is_count, "an integer", True, True),
    "minLength": (_is_count, "an integer", True, False),
    "maxLength": (_is_count, "an integer", True, False),
    "qualifiedMinCount": (_is_count, "an integer", True, False),
    "qualifiedMaxCount": (_is_count, "an integer", True, False),
    "minExclusive": (_is_literal, "a literal", True, False),
    "minInclusive": (_is_literal, "a literal", True, False),
    "maxExclusive": (_is_literal, "a literal", True, False),
    "maxInclusive": (_is_literal, "a literal", True, False),
    "pattern": (_is_literal, "a string", True, False),
    "flags": (_is_literal, "a string", True, False),
    "uniqueLang": (_is_flag, "true or false", True, True),
    "closed": (_is_flag, "true or false", True, False),
    "equals": (_is_iri, "an IRI", False, False),
    "disjoint": (_is_iri, "an IRI", False, False),
    "lessThan": (_is_iri, "an IRI", False, True),
    "lessThanOrEquals": (_is_iri, "an IRI", False, True),
    "property": (_is_node, "a property shape", False, False),
    "node": (_is_node, "a shape", False, False),
    "not": (_is_node, "a shape", False, False),
    "qualifiedValueShape": (_is_node, "a shape", False, True),
    "message": (_is_literal, "a string", False, False),
    "targetClass": (_is_iri, "an IRI", False, False),
    "targetSubjectsOf": (_is_iri, "an IRI", False, False),
    "targetObjectsOf": (_is_iri, "an IRI", False, False),
}
_LISTS: dict[str, tuple[Test, str]] = {
    "in": (lambda term: True, ""),
    "languageIn": (_is_literal, "strings"),
    "ignoredProperties": (_is_iri, "IRIs"),
    "and": (_is_node, "shapes"),
    "or": (_is_node, "shapes"),
    "xone": (_is_node, "shapes"),
}


def check(graph: IndexedGraph, shapes: Shapes) -> None:
    """Check every shape that validation can come to.

    Raises:
        InputError: a parameter has a value that SHACL does not allow, with file and line.
    """
    for shape in shapes.by_node.values():
        for predicate in graph.properties(shape.node):
            name = predicate.removeprefix(SH)
            if name in _RULES:
                _check_values(graph, shape, name, _RULES[name])
            elif name in _LISTS:
                _check_lists(graph, shape, name, *_LISTS[name])
        _check_property_shapes(graph, shapes, shape)
    _check_patterns(graph, shapes)


def _check_values(
    graph: IndexedGraph, shape: Shape, name: str, rule: tuple[Test, str, bool, bool]
) -> None:
    from cbrngraph.validate.reading import fault

    test, words, single, property_only = rule
    values = graph.values(shape.node, SH + name)
    for value in values:
        if not test(value):
            message = f"sh:{name} needs {words}, not {value.n3()}"
            raise fault(graph, shape.node, message, SH + name)
    if values and single and len(values) > 1:
        raise fault(graph, shape.node, f"sh:{name} is given more than once", SH + name)
    if values and property_only and shape.path is None:
        message = f"sh:{name} is for property shapes, and this shape has no sh:path"
        raise fault(graph, shape.node, message, SH + name)


def _check_lists(graph: IndexedGraph, shape: Shape, name: str, test: Test, words: str) -> None:
    from cbrngraph.validate.reading import fault

    for head in graph.values(shape.node, SH + name):
        try:
            members = list_items(head, graph.values)
        except PathFault as error:
            raise fault(graph, shape.node, f"sh:{name}: {error}", SH + name) from None
        for member in members:
            if not test(member):
                message = f"sh:{name} needs a list of {words}, not {member.n3()}"
                raise fault(graph, shape.node, message, SH + name)


def _check_property_shapes(graph: IndexedGraph, shapes: Shapes, shape: Shape) -> None:
    from cbrngraph.validate.reading import fault

    for node in shape.properties:
        inner = shapes.by_node.get(node)
        if inner is None or inner.path is None:
            message = f"sh:property needs a shape with a sh:path, and {node.n3()} has none"
            raise fault(graph, shape.node, message, SH + "property")


def _check_patterns(graph: IndexedGraph, shapes: Shapes) -> None:
    """Ask the engine whether it can use each regular expression (XPath fn:matches)."""
    from cbrngraph.validate.reading import fault

    found: list[tuple[Shape, Literal, str]] = []
    for shape in shapes.by_node.values():
        flags = graph.values(shape.node, SH + "flags")
        given = flags[0].value if flags and isinstance(flags[0], Literal) else ""
        found += [
            (shape, value, given)
            for value in graph.values(shape.node, SH + "pattern")
            if isinstance(value, Literal)
        ]
    if not found:
        return
    from cbrngraph.store import Store

    store = Store.memory()
    for shape, pattern, given in found:
        text = f'REGEX("", {Literal(pattern.value).n3()}, {Literal(given).n3()})'
        if next(store.select(f"SELECT ({text} AS ?ok) {{}}").rows)[0] is None:
            message = f"sh:pattern {pattern.n3()} is no regular expression that XPath knows"
            if given:
                message += f", or its flags {given!r} are not"
            raise fault(graph, shape.node, message, SH + "pattern")
