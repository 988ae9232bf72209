"""Which protocol versions a server accepts, each really tried by a ClientHello of its own.

The handshake itself already tells of every version from the one it agreed on upwards: they were
all offered. What is below is asked from the top: a hello that offers at most that version is
answered with the best that the server has, or refused, and then nothing below is there either
(RFC 5246, E.1). GnuTLS with TLS 1.0 and 1.2 but not 1.1 refuses 1.1 all the same, and does so in a
record of TLS 1.0: only then is the version below asked for too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import VersionsTried
from probe.tls.hello import TLS10, TLS11, TLS12, TLS13, VERSIONS
from probe.tls.versions import VersionProbe

Ask = Callable[[VersionProbe], Awaitable[Failure | None]]
"""Runs a probe on a connection of its own; the failure is that of the connection."""

_TRIED: Final = (TLS10, TLS11, TLS12, TLS13)


class Survey:
    """What is known of each version; it can be read at any time."""

    __slots__ = ("_accepted", "_alpn", "_host", "_refused", "_tried", "_undecided")

    def __init__(
        self, host: str, negotiated: str, maximum: int = TLS13, alpn: tuple[str, ...] = ()
    ) -> None:
        """Start from a handshake that offered up to ``maximum`` and agreed on ``negotiated``.

        ``alpn`` is what a server insists on, which would refuse every version without it.
        """
        self._host = host
        self._alpn = alpn
        self._accepted: set[int] = set()
        self._refused: set[int] = set()
        self._undecided: dict[int, Failure] = {}
        self._tried = [code for code in _TRIED if code <= maximum]
        agreed = next(code for code, name in VERSIONS.items() if name == negotiated)
        self._accepted.add(agreed)
        self._refused.update(code for code in self._tried if code > agreed)

    async def run(self, ask: Ask) -> None:
        """Try what the handshake left open: two connections for a server in good order."""
        agreed = max(self._accepted)
        async with asyncio.TaskGroup() as group:
            if agreed > TLS12:
                group.create_task(self._descend(ask, TLS12, TLS12))
            if agreed > TLS11:
                await self._descend(ask, TLS11, TLS10)
        if agreed == TLS11:
            await self._descend(ask, TLS10, TLS10)

    def result(self, seconds: float) -> VersionsTried:
        """Report; what was not reached before the deadline is undecided."""
        late = Failure(Stage.TLS, Kind.TIMEOUT, "the deadline passed before it was tried")
        undecided = {
            code: self._undecided.get(code, late)
            for code in self._tried
            if code not in self._accepted and code not in self._refused
        }
        return VersionsTried(
            seconds=seconds,
            accepted=tuple(VERSIONS[code] for code in sorted(self._accepted)),
            refused=tuple(VERSIONS[code] for code in sorted(self._refused - self._accepted)),
            undecided={VERSIONS[code]: failure for code, failure in undecided.items()},
        )

    async def _descend(self, ask: Ask, top: int, bottom: int) -> None:
        """Ask from ``top`` down until nothing from there to ``bottom`` is open."""
        asked = top
        while asked >= bottom:
            probe, failure = await self._try(ask, asked)
            span = range(bottom, asked + 1)
            if probe.answer is not None:
                self._accepted.add(probe.answer)
                self._refused.update(code for code in span if code > probe.answer)
                asked = probe.answer - 1
            elif failure is None and probe.refused:
                if not probe.speaks_lower or asked == bottom:
                    self._refused.update(span)
                    return
                self._refused.add(asked)
                asked -= 1
            else:
                reason = failure or probe.failure
                if reason is not None:
                    self._undecided.update(dict.fromkeys(span, reason))
                return

    async def _try(self, ask: Ask, version: int) -> tuple[VersionProbe, Failure | None]:
        """Ask for a version, and once more with every suite where these may be the reason."""
        probe = VersionProbe(self._host, version, alpn=self._alpn)
        failure = await ask(probe)
        if failure is None and probe.doubtful:
            wider = VersionProbe(self._host, version, alpn=self._alpn, everything=True)
            if await ask(wider) is None and wider.answer is not None:
                return wider, None
        return probe, failure
