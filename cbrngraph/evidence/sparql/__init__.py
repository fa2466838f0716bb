"""SPARQL 1.1 read into its algebra and written back: what explaining an answer needs.

Written for speed of starting: the parser of rdflib takes longer to import than a whole command
may take, and the engine shows no algebra.
"""

from __future__ import annotations

from cbrngraph.evidence.sparql.parser import parse_query

__all__ = ["parse_query"]
