"""``cmprobe scan``: every target of inventories, or those that were chosen."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from probe.cli import collecting, logs, output
from probe.cli.progress import Progress
from probe.cli.run import Scanning, here, prepare, probe
from probe.cli.status import status
from probe.cli.usage import UsageError
from probe.inventory import Inventory, InventoryError, Shard, load, select
from probe.inventory.roles import unknown
from probe.model.report import Report
from probe.model.rule import Severity
from probe.model.target import Target
from probe.scan.job import Job


def run(options: Namespace) -> int:
    """Scan the inventories; returns the exit status."""
    with collecting.rarely():
        inventory = loaded(options.inventories)
        return carry_out(_chosen(inventory, options), options, inventory.vantage)


def loaded(paths: Sequence[str]) -> Inventory:
    """Return the inventories; UsageError with every problem in them."""
    try:
        return load([Path(path) for path in paths])
    except InventoryError as error:
        raise UsageError(str(error)) from None


def carry_out(targets: Sequence[Target], options: Namespace, vantage: str | None = None) -> int:
    """Probe, judge and report the targets as the options say; returns the exit status."""
    logs.configure(verbose=options.verbose, quiet=options.quiet)
    outputs = output.chosen(options)
    ready = prepare(targets, options, vantage)
    with Progress(wanted=options.progress, quiet=options.quiet) as progress:
        report, signal = _probed(ready, options, progress)
    if signal is not None and not options.quiet:
        of = f"{report.summary.targets} of {len(ready.targets)} targets"
        print(f"cmprobe: interrupted: the report holds {of}", file=sys.stderr)
    output.deliver(outputs, report, ready.catalogue, options)
    fail_on = Severity(options.fail_on)
    return status(report, format_=outputs.format, fail_on=fail_on, signal=signal)


def _probed(ready: Job, options: Namespace, progress: Progress) -> tuple[Report, int | None]:
    """Run the loop to its end; the report, and the signal that ended it early, if any.

    The report is no result of the loop's task: when the loop ends, `signal.getsignal` makes text
    of its handler, and with it of that task and its result, which costs as much as judging.
    """
    done: list[tuple[Report, int | None]] = []
    scanning: Scanning = here
    if options.workers != 1:
        from probe.cli import workers  # noqa: PLC0415 - most runs take one process

        scanning = workers.scanning(options, len(ready.targets))

    async def main() -> None:
        done.append(await probe(ready, progress, scanning))

    asyncio.run(main())
    return done[0]


def _chosen(inventory: Inventory, options: Namespace) -> tuple[Target, ...]:
    """Return the targets that --site, --role, --target and --shard choose; UsageError for none.

    A shard may be empty: that is how the hashes fall.
    """
    for role in options.role or ():
        message = unknown(role)
        if message:
            raise UsageError(f"cmprobe scan: --role: {message}")
    chosen = select(inventory.targets, options.site or (), options.role or (), options.target or ())
    if not chosen:
        raise UsageError("cmprobe scan: no target matches --site, --role and --target")
    if options.shard is None:
        return chosen
    return select(chosen, shard=Shard(*options.shard))
