"""The command line's way in: the table of commands, errors to exit codes, signals.

Exit codes: 0 clean, 1 findings, 2 wrong usage, 3 unreadable input, 4 time limit, 130 Ctrl-C.
"""

from __future__ import annotations

import sys

from cbrngraph import __version__

# Nothing more is imported up here: until `entry` runs, Ctrl-C would end in a traceback.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import NoReturn

__all__ = ["COMMANDS", "build_parser", "entry", "main"]

# Command -> module with `add(subparsers)` and `run(args)`. Only the module of the command that
# was given is imported, so a command costs nothing to the others.
COMMANDS: dict[str, str] = {
    "query": "cbrngraph.cli.query",
    "queries": "cbrngraph.cli.queries",
    "show": "cbrngraph.cli.show",
    "why": "cbrngraph.cli.why",
    "conflicts": "cbrngraph.cli.conflicts",
    "timeline": "cbrngraph.cli.timeline",
    "diff": "cbrngraph.cli.diff",
    "verify": "cbrngraph.cli.verify",
    "cite": "cbrngraph.cli.cite",
    "search": "cbrngraph.cli.search",
    "info": "cbrngraph.cli.info",
    "export": "cbrngraph.cli.export",
    "build": "cbrngraph.cli.build",
    "ingest": "cbrngraph.cli.ingest",
    "validate": "cbrngraph.cli.validate",
    "completion": "cbrngraph.cli.completion",
}


def entry() -> NoReturn:
    """Run as a program: with the signals of a well-behaved filter, then exit."""
    try:
        import gc

        from cbrngraph.cli.signals import behave, settle

        sys.setswitchinterval(0.0005)  # the thread that opens the store waits for its turn often
        gc.disable()  # a command ends soon, and makes few cycles: a tenth of a build is saved
        behave()
        code = main()
        settle()
    except BaseException as error:
        if not _is_interrupt(error):
            raise
        code = _interrupted()
    from cbrngraph.cli.signals import leave

    leave(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; errors are told on stderr."""
    import os

    arguments = list(sys.argv[1:] if argv is None else argv)
    if "_ARGCOMPLETE" in os.environ:
        from cbrngraph.cli.completion import complete

        complete(build_parser(None))
        return 0
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        return _interrupted()


def _dispatch(arguments: list[str]) -> int:
    try:
        code = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_stdout()
        return 0
    except UnicodeEncodeError:
        _tell("an argument is not valid UTF-8 text")
        return 2
    except RecursionError:
        _tell("this is nested too deeply")
        return 2
    except Exception as error:
        return _failed(error)
    return code


def _failed(error: Exception) -> int:
    """Tell an error that is meant to be told, and return its exit code; raise any other."""
    from cbrngraph.errors import CbrnGraphError

    if isinstance(error, CbrnGraphError):
        _tell(str(error))
        return error.exit_code
    if not isinstance(error, OSError):
        raise error
    from cbrngraph.formats.output import write_problem

    problem = write_problem(error, str(error.filename or "standard output"))
    _drop_stdout()
    _tell(str(problem))
    return problem.exit_code


def _run(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"]):
        _say(f"cbrngraph {__version__}\n")
        return 0
    from importlib import import_module

    name = _command_of(arguments)
    if name == "help":
        arguments = [*(word for word in arguments if word != "help"), "--help"]
        name = _command_of(arguments)
    parser = build_parser(name if name in COMMANDS else None)
    try:
        args = parser.parse_args(arguments)
    except SystemExit as stop:  # --help and --version have said what they say
        return int(stop.code or 0)
    module = import_module(COMMANDS[args.command])
    return int(module.run(args))


def _command_of(arguments: list[str]) -> str:
    """Return the first word that is neither an option nor the value of a global one."""
    skip = False
    for word in arguments:
        if skip:
            skip = False
        elif word in ("--project", "--store"):
            skip = True
        elif not word.startswith("-") or word == "-":
            return word
    return ""


def build_parser(only: str | None) -> argparse.ArgumentParser:
    """Return the parser with one command, or with all."""
    from cbrngraph.cli.parser import make

    return make(COMMANDS, only)


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether it is Ctrl-C, or what the code that Ctrl-C struck has made of it."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _interrupted() -> int:
    from cbrngraph.cli.signals import end

    return end()


def _say(text: str) -> None:
    if sys.stdout is None:
        from cbrngraph.errors import ReadError

        raise ReadError("standard output", "is closed")
    sys.stdout.write(text)


def _tell(message: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"cbrngraph: error: {message}\n")


def _drop_stdout() -> None:
    """Forget what cannot be written, or Python complains about it once more at exit."""
    import os

    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
