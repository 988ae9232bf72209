"""The answer to one requirement, asked of one certificate or endpoint."""

from enum import StrEnum

import msgspec

from probe.model.rule import Severity


class Outcome(StrEnum):
    """The five answers. What cannot be judged is never a pass."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not_applicable"
    NOT_OBSERVABLE = "not_observable"


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """What a check says: the outcome, what was seen, and what would have passed."""

    outcome: Outcome
    observed: str
    expected: str


class SubjectCertificate(msgspec.Struct, frozen=True, gc=False):
    """The certificate that a finding is about: its place in what was sent, and its SHA-256."""

    position: int
    sha256: str


class Finding(msgspec.Struct, frozen=True, gc=False):
    """A judgement with its rule, profile and subject (None: the endpoint as a whole)."""

    profile: str
    rule: str
    severity: Severity
    outcome: Outcome
    subject: SubjectCertificate | None
    observed: str
    expected: str
