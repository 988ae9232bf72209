"""``cmprobe inspect``: certificate files, without any network."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

from probe import __version__
from probe.cli import collecting, logs, output
from probe.cli.catalogue import catalogue_of
from probe.cli.gathering import Candidate, candidates
from probe.cli.inspection import Inspection
from probe.cli.passwords import passwords_of
from probe.cli.profiling import Asked
from probe.cli.progress import Progress
from probe.cli.status import UNJUDGED, USAGE, status
from probe.cli.stopping import Stopped, stoppable
from probe.cli.trust import store_of
from probe.cli.usage import UsageError
from probe.judge import Plan, summarize
from probe.judge.files import assess_files
from probe.model.report import CatalogueInfo, FileResult, Report, Tool
from probe.model.rule import Severity
from probe.render.escape import escape


def run(options: Namespace) -> int:
    """Inspect what was named; returns the exit status."""
    with collecting.rarely():
        return _run(options)


def _run(options: Namespace) -> int:
    logs.configure(verbose=options.verbose, quiet=options.quiet)
    outputs = output.chosen(options)
    plan = Plan(catalogue_of(options))
    asked, passwords = Asked(options, plan), passwords_of(options.password_file)
    inspection = Inspection(asked, store_of(options), passwords)
    found = candidates(options.paths)
    started = datetime.now(UTC)
    as_of = options.as_of or started
    with Progress(wanted=options.progress, quiet=options.quiet, what="files") as show:
        work = _Work(inspection, plan, as_of, show)
        signal = work.carry_out(found)
    _tell_left_out(inspection, work, options)
    report = Report(
        tool=Tool("cmprobe", __version__),
        catalogue=CatalogueInfo(plan.catalogue.revision, plan.catalogue.digest),
        started=started,
        finished=datetime.now(UTC),
        as_of=as_of,
        summary=summarize((), work.results),
        files=tuple(work.results),
    )
    output.deliver(outputs, report, plan.catalogue, options)
    for message in inspection.locked:
        print(f"cmprobe inspect: {escape(message)}", file=sys.stderr)
    if inspection.locked and signal is None:
        return UNJUDGED if outputs.format == "nagios" else USAGE
    fail_on = Severity(options.fail_on)
    return status(report, format_=outputs.format, fail_on=fail_on, signal=signal)


class _Work:
    """Reads and judges; ``results`` are those finished so far."""

    def __init__(self, inspection: Inspection, plan: Plan, as_of: datetime, show: Progress) -> None:
        self._inspection = inspection
        self._plan = plan
        self._as_of = as_of
        self._show = show
        self._shown = 0
        self.results: list[FileResult] = []

    def carry_out(self, found: Sequence[Candidate]) -> int | None:
        """Do everything; returns the signal that ended it early, if any."""
        try:
            with stoppable():
                # Reading is the first half of the bar, judging the second.
                read = list(
                    self._inspection.read(
                        found, lambda done, all_: self._tell(done, 2 * all_, all_)
                    )
                )
                total = len(read)
                for result in assess_files(read, self._plan, self._as_of):
                    self.results.append(result)
                    self._tell(total + len(self.results), 2 * total, len(found))
        except Stopped as stopped:
            return stopped.number
        return None

    def _tell(self, done: int, total: int, files: int) -> None:
        """Show a share of the work as a number of files, each number once."""
        shown = files * done // total
        if shown != self._shown:
            self._shown = shown
            self._show(shown, files)


def _tell_left_out(inspection: Inspection, work: _Work, options: Namespace) -> None:
    left_out = inspection.left_out
    if not left_out and not work.results:
        raise UsageError(f"cmprobe inspect: no file in {', '.join(options.paths)}")
    if left_out and not options.quiet:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in left_out.items())
        print(f"cmprobe inspect: left out, as no certificate is in them: {kinds}", file=sys.stderr)
