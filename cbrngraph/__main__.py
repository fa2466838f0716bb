"""`python -m cbrngraph`."""

from __future__ import annotations

from cbrngraph.cli.main import entry

if __name__ == "__main__":
    entry()
