"""Basic authentication (RFC 7617) before every page but the two health checks.

Verifying takes a tenth of a second on purpose, so it is done in a thread, and what was right is
remembered. An unknown user takes as long as a known one. One client cannot take all the places of
those that wait to be verified.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import logging
import os
from collections import Counter, OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from probe.exporter.web import passwords

OPEN: Final = frozenset({"/-/healthy", "/-/ready"})
"""Paths that tell nothing but whether we are up: supervisors rarely can log in."""

_log = logging.getLogger(__name__)
_REMEMBERED: Final = 256
_WAITING: Final = 32
_EACH: Final = 8
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="cmprobe", charset="UTF-8"'}


class Busy(Exception):  # noqa: N818 - a state, not a mistake
    """Too many passwords are being verified."""


class Users:
    """Who may log in; never shows a hash."""

    def __init__(self, users: dict[str, str]) -> None:
        self._users = dict(users)
        self._key = os.urandom(32)
        self._right: OrderedDict[bytes, str] = OrderedDict()
        self._generation = 0
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="login")
        self._waiting: Counter[str] = Counter()

    def __repr__(self) -> str:
        """Say how many there are."""
        return f"Users({len(self._users)})"

    def __bool__(self) -> bool:
        """Whether anybody has to log in."""
        return bool(self._users)

    def replace(self, users: dict[str, str]) -> None:
        """Go on with others; who has another hash now, or none, is not remembered."""
        before, self._users = self._users, dict(users)
        self._generation += 1
        same = {user for user, hashed in users.items() if before.get(user) == hashed}
        self._right = OrderedDict(
            (proof, user) for proof, user in self._right.items() if user in same
        )

    async def knows(self, authorization: str, client: str = "") -> bool:
        """Whether a header's credentials are right.

        Busy when too many are asked at once, at all or by this client.
        """
        given = _credentials(authorization)
        if given is None:
            return False
        generation = self._generation
        proof = hmac.digest(
            self._key, "\0".join(given).encode(errors="surrogatepass"), hashlib.sha256
        )
        if proof in self._right:
            self._right.move_to_end(proof)
            return True
        if self._waiting.total() >= _WAITING or self._waiting[client] >= _EACH:
            raise Busy
        self._waiting[client] += 1
        try:
            loop = asyncio.get_running_loop()
            right = await loop.run_in_executor(self._threads, self._verify, self._users, *given)
        finally:
            self._waiting[client] -= 1
            if not self._waiting[client]:
                del self._waiting[client]
        if right and generation == self._generation:
            self._right[proof] = given[0]
            if len(self._right) > _REMEMBERED:
                self._right.popitem(last=False)
        return right

    def _verify(self, users: dict[str, str], user: str, password: str) -> bool:
        """Verify a password, in a thread."""
        known = users.get(user)
        hashed = self._somebodys(users, user) if known is None else known
        return passwords.verify(password, hashed) and known is not None

    def _somebodys(self, users: dict[str, str], stranger: str) -> str:
        """Return the hash that is verified for an unknown user, so that it takes its time.

        It is always the same for the same name, and not the same for all: where hashes differ in
        cost, unknown names differ like known ones.
        """
        hashes = list(users.values())
        drawn = hmac.digest(self._key, stranger.encode(errors="surrogatepass"), hashlib.sha256)
        return hashes[int.from_bytes(drawn) % len(hashes)]

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _credentials(authorization: str) -> tuple[str, str] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = text.partition(":")
    return (user, password) if colon else None


class Login:
    """The middleware."""

    def __init__(self, app: ASGIApp, users: Users) -> None:
        self._app = app
        self._users = users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or ask who it is."""
        if scope["type"] != "http" or not self._users or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        authorization = Headers(scope=scope).get("authorization")
        client = (scope.get("client") or ("?",))[0]
        try:
            right = authorization is not None and await self._users.knows(authorization, client)
        except Busy:
            answer = PlainTextResponse("too many logins at once\n", 503, {"Retry-After": "1"})
        else:
            if right:
                await self._app(scope, receive, send)
                return
            if authorization is not None:
                _log.warning("a login from %s was refused", client)
            answer = PlainTextResponse("log in first\n", 401, _CHALLENGE)
        await answer(scope, receive, send)
