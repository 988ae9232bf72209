"""Certificate files of one run → results: the run first, then each by itself."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from probe.judge.assess import judge
from probe.judge.estate import Placed, survey
from probe.judge.plan import Plan
from probe.model.certificate import Presented
from probe.model.evidence import Evidence
from probe.model.file import CertificateFile, Estate
from probe.model.path import Explanation
from probe.model.report import FileResult
from probe.model.target import Target
from probe.pki.links import alternatives, links


class Inspected(msgspec.Struct, frozen=True):
    """One certificate of a file, or the file that could not be read (``presented`` is empty).

    ``target`` has the path as its id, the profiles, and the names that it is to be judged for.
    ``presented`` starts with the certificate, then its issuers; ``holder`` is the account that
    requested it, where that is known.
    """

    target: Target
    file: CertificateFile
    presented: tuple[Presented, ...] = ()
    explanation: Explanation = Explanation()
    holder: str | None = None


def assess_files(
    inspected: Sequence[Inspected], plan: Plan, as_of: datetime
) -> Iterator[FileResult]:
    """Judge the files of a run, one result for each, in their order."""
    placed = [
        Placed(one.file, one.target.profiles[-1], one.presented[0], one.holder)
        for one in inspected
        if one.presented
    ]
    estates = iter(survey(placed))
    for one in inspected:
        estate = next(estates) if one.presented else None
        yield _assess(one, estate, plan, as_of)


def _assess(one: Inspected, estate: Estate | None, plan: Plan, as_of: datetime) -> FileResult:
    evidence = Evidence(
        source="file",
        target=one.target,
        as_of=as_of,
        presented=one.presented,
        missing=one.file.problem,
        explanation=one.explanation,
        file=one.file,
        estate=estate,
    )
    return FileResult(
        one.file,
        one.presented,
        judge(evidence, plan),
        links(one.explanation, as_of),
        alternatives(one.explanation),
    )
