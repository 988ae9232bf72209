"""A target becomes observations: resolve, connect, shake hands, and look at the rest in parallel.

One deadline holds for the whole target. When it passes, the stage that was running has failed
with a timeout, those after it were skipped, and what was seen stays. Every stage turns its errors
into data; nothing but a cancellation leaves this file.
"""

import asyncio
from typing import Final

from probe.inventory import hosts
from probe.model.failure import Failure, Kind, Stage
from probe.model.observation import AddressObservation, Observation
from probe.model.settings import Fetch, Settings
from probe.model.stages import Failed, Resolution, Resolved, Skipped
from probe.model.target import Target
from probe.net.deadline import Deadline
from probe.net.resolution import resolution, unanswered
from probe.net.session import Session
from probe.net.sqlserver import SqlStory, is_sql
from probe.net.story import Story

GRACE: Final = 1.0
"""Seconds that revocation gets where the target has used up its own time."""

_PROXIED = Skipped(because="the proxy resolves the name")


async def observe(
    target: Target,
    settings: Settings,
    session: Session,
    unfinished: list[AddressObservation] | None = None,
) -> tuple[AddressObservation, ...]:
    """Observe every address of ``target``; raises nothing but CancelledError.

    When it is cancelled while only revocation is left, what was seen is in ``unfinished``.
    """
    seconds = settings.timeout or target.timeout
    loop = asyncio.get_running_loop()
    plan = _Plan(target, session)
    left = 0.0
    try:
        async with asyncio.timeout(seconds) as timeout:
            await plan.run(Deadline(timeout))
            left = (timeout.when() or 0.0) - loop.time()
    except TimeoutError:
        # Each stage has noted it already.
        pass
    seen = plan.observations()
    if settings.fetch is Fetch.NONE:
        return seen
    from probe.net.revocation.lookup import look_up  # noqa: PLC0415 - only for scans that fetch

    return await look_up(target, seen, session, max(left, GRACE), unfinished)


class _Plan:
    """The work on one target, readable at any time."""

    __slots__ = ("_resolution", "_session", "_stories", "_target")

    def __init__(self, target: Target, session: Session) -> None:
        self._target = target
        self._session = session
        self._resolution: Resolution = Failed(Failure(Stage.DNS, Kind.TIMEOUT))
        self._stories: tuple[Story, ...] = ()

    def observations(self) -> tuple[AddressObservation, ...]:
        """Return one observation for each address; one without when there is none."""
        resolution = self._resolution
        if not self._stories:
            return (AddressObservation(None, Observation(resolution=resolution)),)
        return tuple(
            AddressObservation(story.address, story.observation(resolution))
            for story in self._stories
        )

    async def run(self, deadline: Deadline) -> None:
        """Resolve, then look at every address at once."""
        try:
            host = _host(self._target.host)
        except ValueError as error:
            self._resolution = Failed(Failure(Stage.DNS, Kind.NOT_FOUND, str(error)))
            return
        addresses = await self._addresses(host)
        kind = SqlStory if is_sql(self._target) else Story
        self._stories = tuple(
            kind(self._target, host, address, self._session, deadline) for address in addresses
        )
        if len(self._stories) == 1:
            await self._stories[0].run()
            return
        async with asyncio.TaskGroup() as group:
            for story in self._stories:
                group.create_task(story.run())

    async def _addresses(self, host: str) -> tuple[str | None, ...]:
        """Return where to connect to; None stands for the name, which the proxy resolves."""
        target = self._target
        if self._session.proxy is not None:
            self._resolution = _PROXIED
            return (target.address,)
        if target.address is not None:
            unwanted = self._session.resolver_for(target).unwanted(target.address)
            if unwanted is not None:
                self._resolution = Failed(unwanted)
                return ()
            self._resolution = Resolved(seconds=0.0, addresses=(target.address,), source="pinned")
            return (target.address,)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            found = await resolution(self._session.resolver_for(target), host)
        except asyncio.CancelledError:
            self._resolution = unanswered(loop.time() - begun)
            raise
        self._resolution = found
        return found.addresses if isinstance(found, Resolved) else ()


def _host(text: str) -> str:
    """Return a host as it goes on the wire; ValueError for what is neither name nor address."""
    # A name never ends in a digit-only label, so most names skip the costly question.
    if (":" in text or text[-1:].isdigit()) and hosts.is_address(text):
        return text
    return hosts.host_name(text)
