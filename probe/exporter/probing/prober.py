"""One probe, now: within its deadline, and to no address that is not allowed."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from probe.exporter.probing.allowed import Allowed
from probe.exporter.probing.asked import Asked, Refusal, not_allowed
from probe.exporter.probing.words import words
from probe.exporter.sessions import Sessions
from probe.inventory import hosts
from probe.model.observation import AddressObservation, Observation
from probe.model.report import Result
from probe.model.settings import Fetch, Settings
from probe.model.stages import Resolution, Resolved
from probe.model.target import Accepts, Target
from probe.net.observe import GRACE, observe
from probe.net.resolution import resolution, unanswered
from probe.net.revocation import policy
from probe.net.session import Session
from probe.scan.job import Job

_log = logging.getLogger(__name__)
_LEAST: Final = 0.3
_LATE: Final = 0.2  # what was seen until the deadline has still to be judged
MOST: Final = 32
"""Probes at once; others wait their turn, on their own time."""


class Prober:
    """Runs probes, so many at once."""

    def __init__(self, sessions: Sessions, allowed: Allowed, most: int = MOST) -> None:
        self._sessions = sessions
        self._allowed = allowed
        self._turn = asyncio.Semaphore(most)

    async def probe(self, asked: Asked, job: Job, seconds: float | None) -> tuple[Result, ...]:
        """Return the results. Refusal; TimeoutError when there was no turn within ``seconds``."""
        loop = asyncio.get_running_loop()
        ends = None if seconds is None else loop.time() + seconds
        async with (
            asyncio.timeout_at(None if ends is None else ends + _LATE),
            self._turn,
            self._sessions.use(job.settings) as session,
        ):
            left = None if ends is None else ends - loop.time()
            target = asked.target
            settings = _bounded(job.settings, target, left)
            _log.debug(
                "probing %s as %s, %.1f s", target.id, ", ".join(target.roles), settings.timeout
            )
            seen = await self._observed(asked, settings, session)
            for line in words(seen):
                _log.debug("%s", line)
            results = job.judge(job.as_of or datetime.now(UTC))(target, seen)
            for result in results:
                _log_findings(result)
            return results

    async def _observed(
        self, asked: Asked, settings: Settings, session: Session
    ) -> Sequence[AddressObservation]:
        target = asked.target
        if asked.listed:
            return await observe(target, settings, session)
        literal = hosts.is_address(target.host)
        if literal or settings.proxy is not None:
            public = not literal or policy.is_public(target.host)
            return await observe(_stranger(target) if public else target, settings, session)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        found = await _resolved(target, settings, session)
        if not isinstance(found, Resolved):
            return (AddressObservation(None, Observation(resolution=found)),)
        for address in found.addresses:
            if asked.checked and not self._allowed.address(address):
                raise Refusal(403, f"{not_allowed(target.id)}: it leads to {address}")
        if any(map(policy.is_public, found.addresses)):
            target = _stranger(target)
        left = max((settings.timeout or target.timeout) - (loop.time() - begun), _LEAST)
        limited = msgspec.structs.replace(settings, timeout=left)
        # Each is connected to as it was checked: no name is asked for a second time.
        pinned = (msgspec.structs.replace(target, address=address) for address in found.addresses)
        seen = await asyncio.gather(*(observe(one, limited, session) for one in pinned))
        return [
            AddressObservation(
                one.address, msgspec.structs.replace(one.observation, resolution=found)
            )
            for each in seen
            for one in each
        ]


def _stranger(target: Target) -> Target:
    """Return a target of no inventory whose certificates may name public sources alone.

    The policy of fetching calls such targets those that accept internet connections only. Somebody
    who has a server on a public address that may be probed would else have us ask hosts behind our
    firewall, and read in the metrics which of them answer.
    """
    names = msgspec.structs.replace(target.names, accepts=Accepts.INTERNET)
    return msgspec.structs.replace(target, names=names)


def _bounded(settings: Settings, target: Target, left: float | None) -> Settings:
    """Return settings whose timeout ends in time, with what revocation may take after it.

    Where that would be most of the time, revocation is not looked up.
    """
    own = settings.timeout or target.timeout
    fetch = settings.fetch
    if left is not None:
        if left < 2 * GRACE:
            fetch = Fetch.NONE
        grace = 0.0 if fetch is Fetch.NONE else GRACE
        own = min(own, max(left - grace, _LEAST))
    return msgspec.structs.replace(settings, timeout=own, fetch=fetch)


async def _resolved(target: Target, settings: Settings, session: Session) -> Resolution:
    """Return the addresses of a name, or why there are none."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        async with asyncio.timeout(settings.timeout):
            return await resolution(session.resolver_for(target), target.host)
    except TimeoutError:
        return unanswered(loop.time() - begun)


def _log_findings(result: Result) -> None:
    for finding in result.findings:
        if finding.outcome in {"fail", "indeterminate"}:
            _log.debug(
                "%s %s %s: observed %s; expected %s",
                finding.rule,
                finding.severity,
                finding.outcome,
                finding.observed,
                finding.expected,
            )
