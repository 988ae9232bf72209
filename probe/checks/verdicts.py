"""The five answers that a check can give, and why no certificate could be looked at."""

from probe.checks.texts import short
from probe.model.certificate import Certificate, Undecodable
from probe.model.evidence import Evidence
from probe.model.finding import Judgement, Outcome

# To look a member of an enumeration up takes four times as long as a name: 24 times a target.
_PASS = Outcome.PASS
_FAIL = Outcome.FAIL
_NOT_APPLICABLE = Outcome.NOT_APPLICABLE


def passed(observed: str, expected: str) -> Judgement:
    """Say that the requirement is met."""
    return Judgement(_PASS, observed, expected)


def failed(observed: str, expected: str) -> Judgement:
    """Say that the requirement is not met."""
    return Judgement(_FAIL, observed, expected)


def undecided(because: str, expected: str) -> Judgement:
    """Say that it cannot be judged from what was seen, and why."""
    return Judgement(Outcome.INDETERMINATE, because, expected)


def inapplicable(because: str, expected: str) -> Judgement:
    """Say that the requirement does not apply here, and why."""
    return Judgement(_NOT_APPLICABLE, because, expected)


def unobservable(because: str, expected: str) -> Judgement:
    """Say that this source can never show it, and why."""
    return Judgement(Outcome.NOT_OBSERVABLE, because, expected)


def no_leaf(evidence: Evidence) -> str | None:
    """Return why there is no leaf to look at, or None when there is one."""
    if not evidence.presented:
        return f"no certificate: {evidence.missing or 'none was sent'}"
    first = evidence.presented[0]
    return None if isinstance(first, Certificate) else undecodable(first, 0)


def undecodable(presented: Undecodable, position: int) -> str:
    """Say which octets cannot be decoded, and why."""
    return f"certificate {position} cannot be decoded: {short(presented.reason)}"


def unread(certificate: Certificate, part: str) -> str | None:
    """Return why ``part`` (such as ``keyUsage``) could not be decoded; None when it could."""
    start = f"{part}: "
    found = next((problem for problem in certificate.problems if problem.startswith(start)), None)
    return found and short(found)


def undecoded_member(evidence: Evidence) -> str | None:
    """Return which of what was sent cannot be decoded, so that the chain is not known."""
    for position, presented in enumerate(evidence.presented):
        if not isinstance(presented, Certificate):
            return undecodable(presented, position)
    return None
