"""Which entailed types a shape may rely on.

The ontology's domains and ranges say of whatever stands in a statement that it is of the right
class: of a country named as a project's status, that it is a status. A shape that asks for the
class would then never fail. So these types are left out of what is validated; types that follow
from a value (an activity of the kind 'training' is a training) stay.
"""

from __future__ import annotations

from cbrngraph.build import Snapshot
from cbrngraph.model import IRI, Triple
from cbrngraph.rules import Rules
from cbrngraph.validate.vocabulary import RDF_TYPE

__all__ = ["earned_classes", "relied_on"]


def earned_classes(rules: Rules) -> frozenset[IRI]:
    """Return the classes that a thing is entailed to have by its values, never by a mere use."""
    # A complex class has a private name; what stands above it follows from what it asks for.
    earned = {
        name
        for private, above in rules.superclasses.items()
        if private.startswith("_")
        for name in above
    }
    supposed = {
        name for table in (rules.domains, rules.ranges) for of in table.values() for name in of
    }
    return frozenset(IRI(name[1:-1]) for name in earned - supposed if name.startswith("<"))


def relied_on(snapshot: Snapshot) -> tuple[list[Triple], list[Triple]]:
    """Return what a view entails beyond what is stated: what shapes rely on, and the rest."""
    earned = earned_classes(snapshot.rules)
    kept: list[Triple] = []
    left: list[Triple] = []
    for triple in snapshot.entailed():
        counts = triple.predicate != RDF_TYPE or triple.object in earned
        (kept if counts else left).append(triple)
    return kept, left
