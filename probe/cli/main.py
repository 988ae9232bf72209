"""The command ``cmprobe``: one command a module, exit status as documented.

Only argparse is imported here: each command imports the rooms that it needs.
"""

import sys
from importlib import import_module

from probe import __version__
from probe.cli.options import parse
from probe.cli.pipes import abandon
from probe.cli.usage import UsageError

_USAGE, _UNJUDGED, _SIGINT = 2, 3, 130


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns the exit status.

    0 nothing at or above --fail-on failed, 1 something did, 2 bad usage, inventory, rule or
    file, 3 something could not be judged, 130 and 143 interrupted. With ``--format nagios``
    the status is that of a Nagios plugin.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        return _run(arguments)
    except UsageError as error:
        return _refused(str(error), arguments)
    except KeyboardInterrupt:
        return _SIGINT
    except SystemExit as done:  # argparse, after --help and --version
        return _flushed(int(done.code or 0))
    except BrokenPipeError:
        abandon()
        return 0
    except Exception as error:  # noqa: BLE001 - 1 would mean that a requirement failed
        return _bug(error)


def _run(arguments: list[str]) -> int:
    if "--as-of" in arguments:
        from probe.cli.values import joined  # noqa: PLC0415 - only when it is used

        arguments = joined(arguments)
    options = parse(arguments, __version__)
    status: int = import_module(f"probe.cli.{options.command}").run(options)
    return _flushed(status)


def _flushed(status: int) -> int:
    """Flush standard output here, where a closed pipe can still be met quietly."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        abandon()
    return status


def _refused(message: str, arguments: list[str]) -> int:
    """Tell what was wrong; a Nagios plugin says it on standard output, as UNKNOWN."""
    from probe.render.escape import escape  # noqa: PLC0415 - only a mistake needs it

    lines = [escape(line) for line in message.split("\n")]
    for line in lines:
        print(line if line.startswith("cmprobe") else f"cmprobe: {line}", file=sys.stderr)
    if "--format=nagios" in arguments or "--format nagios" in " ".join(arguments):
        first = lines[0].replace("|", "/")
        print(f"CMPROBE UNKNOWN - {first}")
        return _UNJUDGED
    return _USAGE


def _bug(error: Exception) -> int:
    import traceback  # noqa: PLC0415 - only a bug needs it

    traceback.print_exception(error)
    print(f"cmprobe: internal error ({type(error).__name__}): please report it", file=sys.stderr)
    return _UNJUDGED
