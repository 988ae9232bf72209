"""What a container turned out to hold, or why it could not be read."""

from collections.abc import Mapping

import msgspec

from probe.model.file import Encoding, FileFormat


class ContainerError(ValueError):
    """Octets that are not what they should be; the message is a reason for people.

    It never leaves this package: `probe.pki.container.read` returns `Unreadable` instead.
    """


def tally(counts: Mapping[str, int]) -> list[str]:
    """Say how often each thing was met: "a row without a certificate (3)"."""
    return [f"{what} ({count})" if count > 1 else what for what, count in counts.items() if count]


class Member(msgspec.Struct, frozen=True):
    """A certificate where it was found.

    ``identifier`` is its localKeyId in PKCS#12, ``holder`` the account that requested it.
    """

    der: bytes
    identifier: bytes | None = None
    label: str | None = None
    holder: str | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate to be judged, with what the container holds for it.

    ``issuers`` are the other certificates of its path in order of issuance, then, if the file is
    about one certificate only, those that belong to no path. ``key_matches`` is None when there
    is no key or when it could not be compared. ``provider`` is the Windows provider of the key.
    ``holder`` is the account that requested the certificate, as a CA database tells.
    """

    certificate: bytes
    issuers: tuple[bytes, ...] = ()
    has_private_key: bool = False
    key_matches: bool | None = None
    provider: str | None = None
    label: str | None = None
    holder: str | None = None


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """A container that could be read; ``entries`` is never empty.

    ``protected`` is whether a password guards it, None for formats that have none. ``notes``
    say what else was there and was not judged.
    """

    format: FileFormat
    encoding: Encoding
    entries: tuple[Entry, ...]
    protected: bool | None = None
    notes: tuple[str, ...] = ()


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A container without a certificate that could be judged.

    ``companion`` names something that belongs beside certificates and is none (a private key, a
    request), so that a walk over a directory need not complain about it.
    """

    reason: str
    format: FileFormat | None = None
    companion: str | None = None


class Locked(msgspec.Struct, frozen=True, kw_only=True):
    """A container whose password is missing or wrong. It never says which one was tried."""

    missing: bool

    @property
    def reason(self) -> str:
        """The reason in words."""
        if self.missing:
            return "the file is protected by a password, and none was given"
        return "the password does not open the file"
