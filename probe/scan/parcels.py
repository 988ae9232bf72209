"""Results on their way from one process to another: small, and equal findings only once.

Most findings say the same of thousands of targets. They travel as numbers into a table that both
ends keep, and are one object for all results at the other end too. Both ends are this program, so
the octets are pickled.
"""

import pickle
from typing import NamedTuple

from probe.model.finding import Finding, Outcome, SubjectCertificate
from probe.model.observation import Observation
from probe.model.path import Alternative, Link
from probe.model.report import Result
from probe.model.rule import Severity
from probe.model.target import Target

_MOST = 16384
"""Entries after which both tables start anew: what is said of leaves differs for each."""

_WHOLE = 0  # the place of a finding about the endpoint; a certificate's is its position plus one

Said = tuple[str, str, Severity, Outcome, str, str]
"""A finding without its subject: profile, rule, severity, outcome, observed, expected."""


class _One(NamedTuple):
    """A result without its target: ``findings`` are pairs of table entry and place."""

    address: str | None
    observation: Observation
    subjects: dict[int, str]
    findings: list[tuple[int, int]]
    links: tuple[Link, ...]
    alternatives: tuple[Alternative, ...]


class _Parcel(NamedTuple):
    """Finished targets by position, and what the table has to learn first."""

    anew: bool
    entries: list[Said]
    finished: list[tuple[int, list[_One]]]


class Packer:
    """The sending end."""

    __slots__ = ("_anew", "_entries", "_finished", "_table")

    def __init__(self) -> None:
        self._table: dict[Said, int] = {}
        self._anew = False
        self._entries: list[Said] = []
        self._finished: list[tuple[int, list[_One]]] = []

    def __len__(self) -> int:
        """Return how many targets wait."""
        return len(self._finished)

    def add(self, position: int, results: tuple[Result, ...]) -> None:
        """Lay the results of the target at ``position`` in."""
        if len(self._table) > _MOST and not self._finished:
            self._table.clear()
            self._anew = True
        self._finished.append((position, [self._one(result) for result in results]))

    def close(self) -> bytes:
        """Return the parcel, and begin another one."""
        parcel = _Parcel(self._anew, self._entries, self._finished)
        self._anew, self._entries, self._finished = False, [], []
        return pickle.dumps(tuple(parcel), pickle.HIGHEST_PROTOCOL)

    def _one(self, result: Result) -> _One:
        table, subjects = self._table, {}
        findings: list[tuple[int, int]] = []
        for one in result.findings:
            said = (
                one.profile,
                one.rule,
                one.severity,
                one.outcome,
                one.observed,
                one.expected,
            )
            entry = table.get(said)
            if entry is None:
                entry = table[said] = len(table)
                self._entries.append(said)
            place = _WHOLE
            if one.subject is not None:
                place = one.subject.position + 1
                subjects[place] = one.subject.sha256
            findings.append((entry, place))
        return _One(
            result.address,
            result.observation,
            subjects,
            findings,
            result.links,
            result.alternatives,
        )


class Unpacker:
    """The receiving end, for parcels of one sender."""

    __slots__ = ("_shared", "_table")

    def __init__(self) -> None:
        self._table: list[Said] = []
        self._shared: dict[tuple[int, int, str], Finding] = {}

    def open(
        self, octets: bytes, targets: dict[int, Target]
    ) -> list[tuple[int, tuple[Result, ...]]]:
        """Return positions and results; ``targets`` are those that the sender was given."""
        parcel = _Parcel(*pickle.loads(octets))  # noqa: S301 - from a process that we started
        if parcel.anew:
            self._table.clear()
            self._shared.clear()
        self._table += parcel.entries
        return [
            (position, tuple([self._result(targets[position], one) for one in results]))
            for position, results in parcel.finished
        ]

    def _result(self, target: Target, one: _One) -> Result:
        subjects = {
            place: SubjectCertificate(place - 1, sha256) for place, sha256 in one.subjects.items()
        }
        findings = tuple([self._finding(entry, place, subjects) for entry, place in one.findings])
        return Result(target, one.address, one.observation, findings, one.links, one.alternatives)

    def _finding(self, entry: int, place: int, subjects: dict[int, SubjectCertificate]) -> Finding:
        subject = subjects.get(place)
        # A leaf's findings are its own; those of issuers and endpoints come again and again.
        key = (entry, place, "" if subject is None else subject.sha256)
        known = None if place == 1 else self._shared.get(key)
        if known is None:
            profile, rule, severity, outcome, observed, expected = self._table[entry]
            known = Finding(profile, rule, severity, outcome, subject, observed, expected)
            if place != 1:
                self._shared[key] = known
        return known
