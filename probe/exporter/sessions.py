"""One session for all that is probed within some minutes, then the next.

A session keeps CRLs, addresses and limits, so scans and probes share one. It also keeps what
could not be fetched, so none lives for long: the next one knows its CRLs until their next update,
and nothing else of it. It is closed when its last user leaves.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from probe.model.settings import Settings
from probe.net.session import Session

LIFETIME: Final = 300.0
"""Seconds for which a session takes new users."""


class Sessions:
    """Hands out the session of the moment. SessionError as `Session` has it."""

    def __init__(self, lifetime: float = LIFETIME) -> None:
        self._lifetime = lifetime
        self._current: Session | None = None
        self._until = 0.0
        self._users: dict[Session, int] = {}

    @asynccontextmanager
    async def use(self, settings: Settings) -> AsyncIterator[Session]:
        """Give a session with these settings for the time of a scan or probe."""
        now = asyncio.get_running_loop().time()
        session = self._current
        if session is None or now >= self._until or session.settings != settings:
            await self._retire()
            before, session = session, Session(settings)
            if before is not None and before.settings == settings:
                session.inherit(before)
            self._current = session
            self._until = now + self._lifetime
            self._users[session] = 0
        self._users[session] += 1
        try:
            yield session
        finally:
            # At the end they are closed under those who are late.
            if session in self._users:
                self._users[session] -= 1
                if session is not self._current and not self._users[session]:
                    del self._users[session]
                    await session.close()

    async def close(self) -> None:
        """Close all of them, used or not."""
        self._current = None
        sessions, self._users = list(self._users), {}
        for session in sessions:
            await session.close()

    async def _retire(self) -> None:
        """Take no new users for the session of the moment."""
        session, self._current = self._current, None
        if session is not None and not self._users[session]:
            del self._users[session]
            await session.close()
