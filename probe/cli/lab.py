"""``cmprobe lab``: the embedded Contoso lab, up until it is interrupted."""

import asyncio
import shlex
import sys
import tempfile
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from probe.cli import logs
from probe.cli.interrupts import interruptible
from probe.cli.output import say
from probe.cli.usage import UsageError
from probe.lab import Lab


def run(options: Namespace) -> int:
    """Start the lab, print its inventory's path, and wait; being interrupted is its normal end."""
    logs.configure(verbose=options.verbose, quiet=options.quiet)
    if options.directory is None:
        with tempfile.TemporaryDirectory(prefix="cmprobe-lab-") as temporary:
            return asyncio.run(_up(Path(temporary), options))
    directory = Path(options.directory).absolute()
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--directory: {directory}: {error.strerror or error}") from None
    return asyncio.run(_up(directory, options))


async def _up(directory: Path, options: Namespace) -> int:
    async with Lab(directory, datetime.now(UTC)) as lab:
        # Who reads the path may end the lab at once, so signals are handled before it is printed.
        await interruptible(_announced(lab, quiet=options.quiet))
    return 0


async def _announced(lab: Lab, *, quiet: bool) -> None:
    """Say where everything is, and wait."""
    if not quiet:
        print(lab.describe(), file=sys.stderr)
        # Its CRLs are on loopback, which targets for the internet alone may not name.
        tried = f"cmprobe scan {shlex.quote(str(lab.inventory))} --fetch-private"
        print(f"\nTry: {tried}\nEnd: Ctrl-C", file=sys.stderr)
    say(str(lab.inventory))
    await asyncio.sleep(float("inf"))
