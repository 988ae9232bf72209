"""``cmprobe demo``: start the lab, scan it, and prove that exactly the planted faults are found."""

import asyncio
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from probe.cli import logs, output
from probe.cli.progress import Progress
from probe.cli.run import prepare, probe
from probe.inventory import load
from probe.lab import Lab, Planted
from probe.model.failure import Kind, Stage
from probe.model.finding import Outcome
from probe.model.report import Report
from probe.model.rule import Catalogue
from probe.render.digest import blocked

# What the demo leaves to its own options; everything else is as a scan has it by default.
_DEFAULTS = {
    "rules": None,
    "trust": None,
    "intermediate": None,
    "timeout": None,
    # Servers and probe share this machine's processors: on a slow one, everything at once would
    # use up the few seconds that the lab grants each target.
    "concurrency": 8,
    "resolver": None,
    "proxy": None,
    "client_certificate": None,
    "tls_engine": "auto",
    "family": 0,
    # The lab's CRLs are on loopback, also those of its servers that only the internet reaches.
    "fetch": "cdp",
    "fetch_private": True,
    "fetch_ldap": False,
    "ldap_server": None,
    "cache": None,
    "as_of": None,
    "fail_on": "error",
}


def run(options: Namespace) -> int:
    """Show the report and a verdict; 0 only if every planted fault was found and nothing else."""
    logs.configure(verbose=options.verbose, quiet=options.quiet)
    options = Namespace(**(_DEFAULTS | vars(options)))
    outputs = output.chosen(options)
    with tempfile.TemporaryDirectory(prefix="cmprobe-demo-") as directory:
        report, planted, catalogue, signal = asyncio.run(_scan(Path(directory), options))
    output.deliver(outputs, report, catalogue, options)
    if signal is not None:
        return 128 + signal
    differences = list(compare(report, planted))
    verdict = _verdict(planted, differences)
    if outputs.format == "text":
        output.say(verdict)
    else:
        print(verdict, file=sys.stderr)
    return 1 if differences else 0


async def _scan(
    directory: Path, options: Namespace
) -> tuple[Report, tuple[Planted, ...], Catalogue, int | None]:
    """Scan the lab while it is up."""
    async with Lab(directory, datetime.now(UTC)) as lab:
        inventory = load([lab.inventory])
        ready = prepare(inventory.targets, options, inventory.vantage)
        with Progress(wanted=options.progress, quiet=options.quiet) as progress:
            report, signal = await probe(ready, progress)
        return report, lab.planted, ready.catalogue, signal


def compare(report: Report, planted: Iterable[Planted]) -> Iterator[str]:
    """Yield a line for everything found that was not planted, and the other way round."""
    rules: dict[str, set[str]] = {}
    failures: dict[str, set[tuple[Stage, Kind]]] = {}
    for result in report.results:
        target = result.target.id
        rules.setdefault(target, set()).update(
            finding.rule for finding in result.findings if finding.outcome is Outcome.FAIL
        )
        failure = blocked(result)
        failures.setdefault(target, set()).update(
            [(failure.stage, failure.kind)] if failure else []
        )
    for fault in planted:
        found = rules.pop(fault.target, None)
        if found is None:
            yield f"{fault.target}: was not probed"
            continue
        for rule in sorted(fault.rules - found):
            yield f"{fault.target}: {rule} is planted and was not found"
        for rule in sorted(found - fault.rules):
            yield f"{fault.target}: {rule} was found and is not planted"
        wanted = {fault.failure} if fault.failure else set()
        for stage, kind in sorted(wanted - failures[fault.target]):
            yield f"{fault.target}: {stage} {kind} is planted and was not found"
        for stage, kind in sorted(failures[fault.target] - wanted):
            yield f"{fault.target}: {stage} {kind} was found and is not planted"
    for target in rules:
        yield f"{target}: is no target of the lab"


def _verdict(planted: tuple[Planted, ...], differences: list[str]) -> str:
    """Return the demo's last words."""
    if differences:
        return "\n".join([*differences, f"Demo failed: {len(differences)} differences."])
    rules = sum(len(fault.rules) for fault in planted)
    failures = sum(fault.failure is not None for fault in planted)
    sound = sum(not fault.rules and fault.failure is None for fault in planted)
    return (
        f"Demo passed: at {len(planted)} targets exactly the planted faults were found: "
        f"{rules} rules and {failures} failed connections at {len(planted) - sound} targets, "
        f"nothing at the {sound} sound ones."
    )
