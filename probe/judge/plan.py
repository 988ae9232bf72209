"""What will be asked of a target: its profiles' rules, resolved once and used for every target."""

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import partial

from probe.catalogue import CatalogueError
from probe.checks import CHECKS, Kind
from probe.checks.suggest import nearest
from probe.model.finding import Finding, Judgement, Outcome, SubjectCertificate
from probe.model.rule import Catalogue, Profile, Rule, Severity, Subject

ANY = "any"
_REMEMBERED = 4096
_MOST_CHAINS = 512

IssuerFindings = tuple[tuple[Finding, ...] | None, ...]
"""What each step of a plan finds of some issuers; None where that depends on more than them."""


class Step:
    """One rule of one profile, ready to be asked; what depends on the rule alone is done.

    ``of_leaf`` and ``of_issuers`` say which certificates it is asked of; neither: the whole.
    ``on_certificate`` is whether the answer depends on the certificate and the time alone.
    """

    __slots__ = (
        "_memory",
        "ask",
        "kind",
        "none_sent",
        "of_issuers",
        "of_leaf",
        "on_certificate",
        "profile",
        "rule",
        "settled",
        "severity",
        "severity_intranet",
        "title",
        "unobservable",
    )

    def __init__(self, profile: str, rule: Rule, source: str) -> None:
        """Resolve ``rule`` of ``profile`` for evidence from ``source``."""
        check = CHECKS[rule.check]
        self.profile, self.rule, self.title = profile, rule.id, rule.title
        self.severity = rule.severity
        self.severity_intranet = rule.severity_intranet or rule.severity
        self.kind = check.kind
        params = check.convert(rule.params)
        self.ask: Callable[..., Judgement] = (
            partial(check.function, **params) if params else check.function
        )
        self.settled = (
            partial(check.settled, **params) if check.settled and params else check.settled
        )
        self.on_certificate = check.kind in (Kind.CONTENT, Kind.OCTETS)
        self.of_leaf = rule.subject in (Subject.LEAF, Subject.CHAIN)
        self.of_issuers = rule.subject in (Subject.ISSUERS, Subject.CHAIN)
        self.none_sent = Judgement(
            Outcome.NOT_APPLICABLE, "no certificate of an issuer was sent", rule.title
        )
        self._memory: dict[tuple[str, str, bool], Finding] = {}
        self.unobservable: Finding | None = None
        if source not in rule.observable:
            because = rule.elsewhere or f"a {source} never shows it"
            judgement = Judgement(Outcome.NOT_OBSERVABLE, because, rule.title)
            self.unobservable = self.finding(judgement, None, rule.severity)

    def finding(
        self, judgement: Judgement, subject: SubjectCertificate | None, severity: Severity
    ) -> Finding:
        """Return a judgement of this rule as a finding."""
        return Finding(
            self.profile,
            self.rule,
            severity,
            judgement.outcome,
            subject,
            judgement.observed,
            judgement.expected,
        )

    def shared(self, judgement: Judgement, severity: Severity) -> Finding:
        """Return a finding about the whole; equal ones of many targets are one object."""
        # Texts know their hashes; to hash an outcome or a severity takes a call in Python.
        key = judgement.observed, judgement.expected, severity is self.severity
        known = self._memory.get(key)
        if known is None or known.outcome is not judgement.outcome:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            known = self._memory[key] = self.finding(judgement, None, severity)
        return known

    def forget(self) -> None:
        """Drop what was remembered."""
        self._memory.clear()


class Plan:
    """A catalogue, resolved once for each combination of profiles and source, then reused."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Judge by ``catalogue``, which was validated when it was loaded."""
        self.catalogue = catalogue
        self._steps: dict[tuple[tuple[str, ...], str], tuple[Step, ...]] = {}
        self._as_of: datetime | None = None
        self._of_issuers: dict[Hashable, IssuerFindings] = {}

    def steps(self, profiles: tuple[str, ...], source: str) -> tuple[Step, ...]:
        """Return what is asked for these profiles of a handshake or a file.

        `CatalogueError` for a profile that the catalogue has not; asking for every combination
        before a scan starts finds that early.
        """
        found = self._steps.get((profiles, source))
        if found is None:
            found = self._steps[profiles, source] = self._resolve(profiles, source)
        return found

    def judge_at(self, as_of: datetime) -> None:
        """Forget what was remembered of another instant."""
        if as_of != self._as_of:
            self._as_of = as_of
            self._of_issuers.clear()
            for steps in self._steps.values():
                for step in steps:
                    step.forget()

    def recall(self, key: Hashable) -> IssuerFindings | None:
        """Return the findings that were remembered of issuers."""
        return self._of_issuers.get(key)

    def remember(self, key: Hashable, found: IssuerFindings) -> None:
        """Keep the findings of issuers for the other targets that have the same."""
        if len(self._of_issuers) >= _MOST_CHAINS:
            self._of_issuers.clear()
        self._of_issuers[key] = found

    def _resolve(self, profiles: tuple[str, ...], source: str) -> tuple[Step, ...]:
        named = [self._profile(name) for name in dict.fromkeys(profiles)]
        if any(profile.alone for profile in named):
            named = [profile for profile in named if profile.id != ANY]
        return tuple(
            Step(profile.id, self.catalogue.rules[rule], source)
            for profile in named
            for rule in profile.rules
        )

    def _profile(self, name: str) -> Profile:
        known = self.catalogue.profiles
        if name not in known:
            message = f'there is no profile "{name}"{nearest(name, known)}'
            raise CatalogueError("the catalogue", "profiles", message)
        return known[name]
