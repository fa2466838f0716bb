"""A first look at the graph: ask by name, ask in SPARQL, see who says so, go back in time."""

# %% [markdown]
# Run it as a script (`python examples/first_look.py`), or cell by cell in an editor or notebook
# that knows `# %%`. In a notebook an answer is shown as a table with links.

# %%
import cbrngraph
from cbrngraph.errors import UsageError

graph = cbrngraph.open()
info = graph.info()
print(f"{info.statements} statements in {info.passages} passages of {info.sources} sources")
print(f"they hold from {info.covers[0]} to {info.covers[1]}; snapshot {info.snapshot[:12]}")

# %% [markdown]
# ## Ask by name
# A stored query is a question with a name. `cbrngraph queries` lists them; here are those on
# projects.

# %%
for query in graph.queries.select("projects"):
    names = ", ".join(parameter.name for parameter in query.parameters)
    print(f"{query.slug}({names})  {query.summary}")

# %% [markdown]
# A parameter takes what you have at hand: a name, a code, a slug or an IRI.

# %%
projects = graph.query("projects-by-country", country="Uzbekistan")
for row in projects:
    title = projects.labels[row.project]
    print(f"{row.project.local}  {row.start or '?':>10}  {title}")

# %% [markdown]
# ## Ask in SPARQL
# The usual prefixes need no declaration. Rows have attributes, values are Python's own.

# %%
trained = graph.query("""
SELECT ?figure ?people ?of WHERE {
  ?figure cbrn:measure measure:trained ; cbrn:figureValue ?people ; cbrn:figureOf ?of .
} ORDER BY DESC(?people) ?figure
""")
for row in trained[:5]:
    print(f"{row.people:>5}  {trained.labels.get(row.of, row.of)}")

# %% [markdown]
# ## See who says so
# Every fact shows its sources. Where sources disagree, the value that lost stays beside the one
# that won.

# %%
thing = graph.show("P087")
for prop in thing.properties:
    for fact in prop.facts:
        if fact.passages and prop.ref.slug == "start":
            print(f"{prop.ref.label}: {fact.value} says {fact.passages[0].source.title!r}")

# %% [markdown]
# ## Go back in time
# The graph as it could be known at a date, from the sources that were out by then.

# %%
for date in ("2018", "2023-05", "2025"):
    then = graph.as_of(date)
    count = len(then.query("SELECT DISTINCT ?project { ?project cbrn:status ?status }"))
    print(f"{date}: a status is known of {count} projects")

# %% [markdown]
# ## Take it elsewhere
# A data frame, an rdflib graph, or any format of the command line.

# %%
try:
    frame = projects.to_pandas(labels=True)
    print(frame[["project", "project_label", "start"]].head())
except UsageError as error:  # pandas is an extra
    print(error)

rdf = graph.to_rdflib()
print(f"{len(rdf)} triples for rdflib")
