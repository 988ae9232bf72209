"""One target as a line of the fleet: made once when its results change, then only read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from probe.model.certificate import Certificate
from probe.model.finding import Outcome
from probe.model.rule import Severity
from probe.model.target import Target
from probe.render.card import titles
from probe.render.digest import State, TargetView, members_of
from probe.render.overview import abbreviated, short_roles, worst
from probe.render.stagelines import told

_NAMES = 50  # of a certificate that can be searched for
_WRONG = 160


@dataclass(frozen=True, slots=True)
class Row:
    """A target's line; ``state`` is None before its first probe.

    ``failed`` and ``unjudged`` are rules by severity, ``met`` those that passed; each rule is in
    one of them, the worst that it was. ``haystack`` is what a search looks in.
    """

    id: str
    site: str
    roles: tuple[str, ...]
    role_words: str
    role_titles: str
    state: State | None
    expires: datetime | None
    wrong: str
    failed: dict[str, Severity]
    unjudged: dict[str, Severity]
    met: frozenset[str]
    haystack: str
    file: bool = False

    def urgency(self, now: datetime) -> tuple[int, datetime, str]:
        """Sort the most urgent first: what breaks clients now, then what expires soonest.

        What cannot be reached stands after what has expired already.
        """
        if self.state is None:
            return (len(_TIERS), _NEVER, self.id)
        expires = now if self.state is State.UNREACHABLE else self.expires
        return (_TIERS[self.state], expires or _NEVER, self.id)


_TIERS = {
    State.UNREACHABLE: 0,
    State.FAILING: 0,
    State.WARNING: 1,
    State.UNJUDGED: 2,
    State.GOOD: 3,
}
_NEVER = datetime.max.replace(tzinfo=UTC)


def row(view: TargetView) -> Row:
    """Return the line of a target that was probed, or of a certificate of a file."""
    target = view.target
    first = view.first_expiry
    wrong = _wrong(view)
    failed = {problem.rule: problem.severity for problem in view.failures}
    unjudged = {problem.rule: problem.severity for problem in view.unjudged}
    passed = frozenset(rule for rule in _passed(view) if rule not in failed | unjudged)
    return Row(
        id=target.id,
        site=target.site or "",
        roles=target.roles or target.profiles[-1:],
        role_words=short_roles(view),
        role_titles=titles(target.roles) or ", ".join(target.profiles[-1:]),
        state=view.state,
        expires=first.not_after if first else None,
        wrong=wrong if len(wrong) <= _WRONG else f"{wrong[:_WRONG]}…",
        failed=failed,
        unjudged={rule: found for rule, found in unjudged.items() if rule not in failed},
        met=_shared(passed),
        haystack=" ".join((*_words(target), *_certificates(view))).casefold(),
        file=view.file is not None,
    )


def waiting(target: Target) -> Row:
    """Return the line of a target that was not probed yet."""
    return Row(
        id=target.id,
        site=target.site or "",
        roles=target.roles,
        role_words=abbreviated(target.roles),
        role_titles=titles(target.roles),
        state=None,
        expires=None,
        wrong="",
        failed={},
        unjudged={},
        met=frozenset(),
        haystack=" ".join(_words(target)).casefold(),
    )


def _wrong(view: TargetView) -> str:
    """Tell what is wrong as the terminal does; nothing else says there why it is unreachable."""
    told_of = worst(view)
    if view.file or view.failure is None or view.failures or (view.chains and view.unjudged):
        return told_of
    why = told(view.failure)
    return f"{told_of} unreachable: {why}" if view.chains else why


def _passed(view: TargetView) -> Iterator[str]:
    for result in view.results:
        for finding in result.findings:
            if finding.outcome is Outcome.PASS:
                yield finding.rule


@lru_cache(maxsize=1024)
def _shared(rules: frozenset[str]) -> frozenset[str]:
    """Return one set for all targets that met the same: thousands of them do."""
    return rules


def _words(target: Target) -> tuple[str, ...]:
    return (target.id, target.site or "", *target.roles, titles(target.roles))


def _certificates(view: TargetView) -> set[str]:
    """Return what certificates are searched by: names, thumbprints, serials; and rules failed."""
    words = {result.address or "" for result in view.results}
    words.update(problem.rule for problem in view.failures)
    for results in view.chains.values():
        for member in members_of(results[0]):
            words.add(member.sha256)
            words.add(member.sha1)
            if isinstance(member, Certificate):
                words.update((member.common_name or "", f"{member.serial:x}"))
                words.update(name.value for name in (member.names or ())[:_NAMES])
    return words
