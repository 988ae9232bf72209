"""What the checks look at: an observation or a file, decoded and explained, at one instant."""

from datetime import datetime

import msgspec

from probe.model.certificate import Certificate, Presented
from probe.model.file import CertificateFile, Estate
from probe.model.observation import Observation
from probe.model.path import Explanation
from probe.model.target import Target


class Sibling(msgspec.Struct, frozen=True):
    """The same target at another address; ``leaf`` is its leaf's SHA-256, None if none came."""

    address: str | None
    leaf: str | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Derived and pure: ``as_of`` is passed in, never read from a clock.

    ``source`` is ``handshake`` or ``file``. ``presented`` is in the order sent. ``missing``
    says why there is no certificate, when there is none. ``siblings`` includes this address.
    ``file`` is where a certificate file's certificate stood, and ``estate`` what the other files
    of the same run hold; both are None for a handshake.
    """

    source: str
    target: Target
    as_of: datetime
    presented: tuple[Presented, ...] = ()
    missing: str | None = None
    explanation: Explanation = Explanation()
    observation: Observation | None = None
    address: str | None = None
    siblings: tuple[Sibling, ...] = ()
    file: CertificateFile | None = None
    estate: Estate | None = None

    @property
    def leaf(self) -> Certificate | None:
        """The first certificate, if it came and could be decoded."""
        first = self.presented[0] if self.presented else None
        return first if isinstance(first, Certificate) else None
