"""The explanation of a chain: what was sent, what it amounts to, and where it breaks."""

from enum import StrEnum

import msgspec

from probe.model.certificate import Certificate


class Source(StrEnum):
    """Where a member of the best path came from."""

    SENT = "sent"
    CONFIGURED = "configured"
    ROOT = "root"


class PathEnd(StrEnum):
    """How the best path from the leaf ends."""

    TRUSTED_ROOT = "trusted_root"
    UNTRUSTED_ROOT = "untrusted_root"
    SELF_SIGNED_LEAF = "self_signed_leaf"
    MISSING_ISSUER = "missing_issuer"
    LOOP = "loop"
    NO_CERTIFICATE = "no_certificate"


class Trust(StrEnum):
    """What the verifier library says of the path; UNDECIDED where its policy refuses to judge."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    UNDECIDED = "undecided"


class Member(msgspec.Struct, frozen=True):
    """One certificate of the path; ``position`` is its place in what was sent, if it was sent."""

    certificate: Certificate
    source: Source
    position: int | None = None


class Fault(msgspec.Struct, frozen=True):
    """One violation on the path; ``position`` as in `Member`.

    ``kind`` is ``signature``, ``not_ca``, ``key_cert_sign``, ``path_length``,
    ``name_constraints``, ``key_identifier`` or ``critical_extension``.
    """

    kind: str
    position: int | None
    sha256: str
    detail: str


class Route(msgspec.Struct, frozen=True):
    """One path from the leaf: how it ends, what is wrong with it, and what the library says.

    ``disagreement`` says where that is something else than what is found wrong.
    """

    path: tuple[Member, ...]
    end: PathEnd
    faults: tuple[Fault, ...]
    trust: Trust
    detail: str = ""
    disagreement: str = ""


class LinkSource(StrEnum):
    """Where the issuer of a link is: among what was sent, configured, a root, or nowhere."""

    SENT = "sent"
    CONFIGURED = "configured"
    ROOT = "root"
    MISSING = "missing"


class LinkVerdict(StrEnum):
    """What is to be said of one link, the worst of it. Only `OK` is without any objection.

    A client refuses the chain for each but the last four. ``KEY_IDENTIFIER`` and ``WEAK`` depend
    on the client, and ``UNDECIDED`` is what cannot be told here.
    """

    BAD_SIGNATURE = "bad_signature"
    NOT_A_CA = "not_a_ca"
    MAY_NOT_SIGN = "may_not_sign"
    PATH_LENGTH = "path_length"
    NAME_CONSTRAINTS = "name_constraints"
    CRITICAL_EXTENSION = "critical_extension"
    MISSING = "missing"
    LOOP = "loop"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WEAK = "weak"
    KEY_IDENTIFIER = "key_identifier"
    UNDECIDED = "undecided"
    OK = "ok"


class Link(msgspec.Struct, frozen=True, gc=False):
    """One step of the best path: a certificate (the subject), and who certifies it.

    The positions are places in what was sent, None for what was not. ``issuer`` is the issuer's
    RFC 4514 name, and ``issuer_sha256`` is None if nobody has its certificate. The issuer of a
    self-signed leaf is itself. ``words`` say the verdict to people.
    """

    position: int | None
    sha256: str
    issuer_position: int | None
    issuer_sha256: str | None
    issuer: str
    source: LinkSource
    verdict: LinkVerdict
    words: str


class Alternative(msgspec.Struct, frozen=True, gc=False):
    """Another path from the leaf than the best one, as over a cross-certificate.

    ``sha256`` are its certificates, the leaf first, and ``positions`` their places in what was
    sent (None for what was not). ``words`` say to people where it leads.
    """

    sha256: tuple[str, ...]
    positions: tuple[int | None, ...]
    end: PathEnd
    trust: Trust
    words: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What the presented certificates amount to, given roots and intermediates.

    ``path`` starts with the leaf; ``others`` are more paths from it, a few at most. ``missing``
    is the RFC 4514 name of the issuer that nobody provides. ``not_sent`` are intermediates that
    only our configuration provided. ``ordered`` is whether each certificate sent certifies the
    one before it. ``duplicates``, ``strangers`` and ``roots_sent`` are positions.
    ``roots_known`` is whether any root was configured. ``disagreement`` is as in `Route`.
    """

    path: tuple[Member, ...] = ()
    end: PathEnd = PathEnd.NO_CERTIFICATE
    missing: str | None = None
    not_sent: tuple[Certificate, ...] = ()
    ordered: bool = True
    duplicates: tuple[int, ...] = ()
    strangers: tuple[int, ...] = ()
    roots_sent: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()
    roots_known: bool = False
    trust: Trust = Trust.UNDECIDED
    trust_detail: str = ""
    disagreement: str = ""
    others: tuple[Route, ...] = ()
