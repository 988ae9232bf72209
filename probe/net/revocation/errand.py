"""What is to be fetched, and what came of it: plain values that any process can carry out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple, Protocol

import msgspec

from probe.model.failure import Failure, Stage

SECONDS: Final = 5.0
"""For a URL, redirects and all."""

CRL_LIMIT: Final = 10 * 1024 * 1024
LIMIT: Final = 64 * 1024
"""Octets of anything that is no CRL."""

_LONGEST: Final = 512
"""Characters of a validator that is kept."""


def now() -> datetime:
    """Return the time of this machine, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class Validators(NamedTuple):
    """By what a server tells whether a kept answer is still its own (RFC 9110, 8.8)."""

    etag: str = ""
    modified: str = ""

    @classmethod
    def of(cls, head: Mapping[str, str]) -> "Validators":
        """Take them from the head of an answer; what is too long is none."""
        said = head.get("etag", ""), head.get("last-modified", "")
        return cls(*(text if len(text) <= _LONGEST and text.isascii() else "" for text in said))

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self.etag or self.modified)

    def headers(self) -> dict[str, str]:
        """Return the headers of a request that needs no answer which is known."""
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in said.items() if value}


NOTHING_KNOWN: Final = Validators()


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """A URL to be fetched, as the resolver ``server`` finds it (None: the platform's).

    ``private`` is whether loopback and private addresses may be asked; ``body`` is POSTed.
    ``attribute`` is what an LDAP server is asked for where its URL does not say.
    """

    url: str
    server: str | None
    private: bool
    stage: Stage
    limit: int
    body: bytes | None = None
    known: Validators = NOTHING_KNOWN
    attribute: str = ""


class Fetched(msgspec.Struct, frozen=True):
    """What came, or why nothing did. ``public`` is whether only public addresses were involved.

    ``unchanged`` is that the server confirmed what was known; then there is no ``data``.
    """

    seconds: float
    data: bytes = b""
    failure: Failure | None = None
    public: bool = True
    validators: Validators = NOTHING_KNOWN
    unchanged: bool = False
    at: datetime = msgspec.field(default_factory=now)


class Fetcher(Protocol):
    """Who runs errands."""

    async def fetch(self, errand: Errand) -> Fetched:
        """Run one; raises nothing but cancellation."""
        ...
