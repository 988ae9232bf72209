"""What sources gave, decoded, for all who ask for it."""

from datetime import datetime, timedelta
from typing import Final

from probe.model.certificate import Certificate
from probe.model.failure import Failure, Kind, Stage
from probe.net.revocation.errand import Fetched, Validators, now
from probe.pki import crl_scope
from probe.pki.crl import CrlError, RevocationList, decode

FRESH: Final = timedelta(minutes=5)
"""For so long a kept CRL is not asked for again, in whichever scan."""


class Published:
    """What a CRL's URL gave: a list, or why there is none. Shared by all who ask.

    ``fetched`` is when the server gave it or confirmed it; ``cached`` is whether its octets were
    known before.
    """

    __slots__ = (
        "_words",
        "cached",
        "crl",
        "failure",
        "fetched",
        "public",
        "seconds",
        "size",
        "validators",
    )

    def __init__(
        self, fetched: Fetched, crl: RevocationList | None, failure: Failure | None = None
    ) -> None:
        self.fetched = fetched.at
        self.seconds = fetched.seconds
        self.public = fetched.public
        self.validators: Validators = fetched.validators
        self.size = len(fetched.data)
        self.cached = False
        self.crl = crl
        self.failure = failure
        self._words: dict[str, str | None] = {}

    def not_from(self, issuer: Certificate) -> str | None:
        """Say why it is not the word of ``issuer``; each issuer is verified once."""
        if self.crl is not None and issuer.sha256 not in self._words:
            self._words[issuer.sha256] = crl_scope.not_from(self.crl, issuer)
        return self._words.get(issuer.sha256)

    @property
    def until(self) -> datetime | None:
        """The next update of a list, None where it names none."""
        return self.crl.next_update if self.crl is not None else None

    @property
    def holds(self) -> bool:
        """Whether it is a list that may be kept: its next update is to come."""
        return self.until is not None and self.until > now()

    @property
    def fresh(self) -> bool:
        """Whether the server has given or confirmed it lately."""
        return timedelta(0) <= now() - self.fetched < FRESH

    def again(self, confirmed: Fetched | None = None) -> "Published":
        """Return the same list for another scan, confirmed by its server or not asked for."""
        one = object.__new__(Published)
        one.crl, one.failure, one.size, one._words = self.crl, None, self.size, self._words
        one.validators = self.validators
        one.fetched = self.fetched if confirmed is None else confirmed.at
        one.seconds = 0.0 if confirmed is None else confirmed.seconds
        one.public = self.public and (confirmed is None or confirmed.public)
        one.cached = True
        return one


class Answered:
    """What an OCSP responder gave for one certificate: octets, or why there are none.

    ``nonce`` is that of the request; an answer to another is none.
    """

    __slots__ = ("data", "failure", "fetched", "nonce", "public", "seconds")

    def __init__(self, fetched: Fetched, nonce: bytes | None, seconds: float) -> None:
        self.fetched = fetched.at
        self.seconds = seconds
        self.public = fetched.public
        self.data = fetched.data
        self.failure = fetched.failure
        self.nonce = nonce


def read(fetched: Fetched, issuer: Certificate | None) -> Published:
    """Decode a CRL that came, and verify it as that of the issuer who probably signed it."""
    if fetched.failure is not None:
        return Published(fetched, None, fetched.failure)
    try:
        crl = decode(fetched.data)
    except CrlError as error:
        return Published(fetched, None, Failure(Stage.CRL, Kind.MALFORMED, str(error)))
    published = Published(fetched, crl)
    if issuer is not None:
        published.not_from(issuer)
    return published
