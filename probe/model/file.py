"""A certificate that came from a file instead of a handshake."""

from enum import StrEnum

import msgspec


class FileFormat(StrEnum):
    """What a certificate file is, by its content and never by its ending."""

    DER = "der"
    PEM = "pem"
    BASE64 = "base64"
    PKCS7 = "pkcs7"
    PKCS12 = "pkcs12"
    CSV = "csv"


class Encoding(StrEnum):
    """Whether a file is binary (X.690) or text (RFC 4648, with or without armour)."""

    DER = "der"
    BASE64 = "base64"


class CertificateFile(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate of a file: what the file is, and what stood beside the certificate.

    ``format`` and ``encoding`` are None when the file could not be read; ``problem`` says why.
    ``entry`` counts from 1 among the ``entries`` certificates of the file that are judged, and
    ``label`` names the entry where the file does (a row of a CSV, a friendly name).
    ``key_matches`` is None when there is no private key or when it could not be compared.
    ``provider`` is the cryptographic provider that a PKCS#12 file names for the key.
    ``protected`` is whether a password was needed. ``profiles`` are what it is judged by, and
    ``profile_guessed`` is whether nobody named them. ``notes`` say what else the file held.
    """

    path: str
    format: FileFormat | None = None
    has_private_key: bool = False
    encoding: Encoding | None = None
    key_matches: bool | None = None
    provider: str | None = None
    protected: bool | None = None
    entry: int = 1
    entries: int = 1
    label: str | None = None
    profiles: tuple[str, ...] = ()
    profile_guessed: bool = False
    notes: tuple[str, ...] = ()
    problem: str | None = None


class Estate(msgspec.Struct, frozen=True, kw_only=True):
    """What the other files of one run hold, as far as it concerns this certificate.

    ``certificates`` counts the different certificates judged by the same profile, this one
    included. ``copies`` are other places of this certificate, in files that hold a private key
    as this one does or does not. ``namesakes`` are places of other certificates with the same
    subject and first alternative name; ``renewals`` are those of them that come before or after
    this one in the life of one holder. Each lists a few dozen places at most.
    """

    certificates: int = 1
    copies: tuple[str, ...] = ()
    namesakes: tuple[str, ...] = ()
    renewals: tuple[str, ...] = ()
