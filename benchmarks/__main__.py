"""Run benchmarks and write their tables: python -m benchmarks [NAME ...]."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks.frame import save

NAMES = ("graph", "large", "evidence", "validate", "watch")


def main() -> int:
    """Run the named benchmarks, all by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME")
    chosen = parser.parse_args().names or NAMES
    for name in chosen:
        print(f"{name} ...", file=sys.stderr)
        tables = importlib.import_module(f"benchmarks.{name}").run()
        save(tables)
        for table in tables:
            print(table.markdown(), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
