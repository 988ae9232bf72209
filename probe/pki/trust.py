"""Roots and intermediates that are configured, and the library that says what they vouch for.

Whether a path leads to a root is asked of `cryptography.x509.verification`, and nothing else in
it: names, purposes and validity are other questions. So it is a client verifier (the server
verifier would demand names and purposes), every extension is permitted, authorities must be
authorities, and the instant is one at which every member of the path is valid.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509 import verification

from probe.model.certificate import Certificate, Undecodable
from probe.pki.certificate import Loaded, both
from probe.pki.quiet import Quietly
from probe.pki.refusals import told
from probe.pki.signatures import verify

LONGEST_PATH = 10

_AUTHORITIES = verification.ExtensionPolicy.permit_all().require_present(
    x509.BasicConstraints, verification.Criticality.AGNOSTIC, None
)
_LEAVES = verification.ExtensionPolicy.permit_all()
_HASHES = frozenset({"sha256", "sha384", "sha512"})
_CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_SHORTEST_RSA = 2048
_VERSION_3 = 3
_SERIAL_LIMIT = 1 << 159  # RFC 5280, 4.1.2.2
_SIGNATURES = frozenset(
    {
        *(f"1.2.840.113549.1.1.{number}" for number in (11, 12, 13)),  # RSA PKCS #1 with SHA-2
        *(f"1.2.840.10045.4.3.{number}" for number in (2, 3, 4)),  # ECDSA with SHA-2
    }
)
_MOST_ACCEPTED = 256
_NAME_CONSTRAINTS = bytes.fromhex("0603551d1e")
_GENERALIZED_TIME = b"\x18\x0f"


class TrustStore:
    """Roots and intermediates, indexed once and used for every target.

    Stores with the same certificates are equal and have the same ``key``. ``undecodable`` are
    those among them that could not be read, and that therefore vouch for nothing.
    """

    __slots__ = (
        "_accepted",
        "_by_name",
        "_root_keys",
        "_store",
        "intermediates",
        "key",
        "roots",
        "undecodable",
    )

    def __init__(self, roots: Iterable[bytes], intermediates: Iterable[bytes] = ()) -> None:
        """Read DER certificates; an intermediate that is also a root is a root."""
        anchors = {loaded.presented.sha256: loaded for loaded in map(both, roots)}
        others = {loaded.presented.sha256: loaded for loaded in map(both, intermediates)}
        others = {sha256: loaded for sha256, loaded in others.items() if sha256 not in anchors}
        self.roots = _certificates(anchors.values())
        self.intermediates = _certificates(others.values())
        self.undecodable = tuple(
            loaded.presented
            for loaded in (*anchors.values(), *others.values())
            if isinstance(loaded.presented, Undecodable)
        )
        self._root_keys = frozenset(root.sha256 for root in self.roots)
        self._by_name: dict[bytes, tuple[Certificate, ...]] = {}
        for certificate in (*self.roots, *self.intermediates):
            name = certificate.subject.der
            self._by_name[name] = (*self._by_name.get(name, ()), certificate)
        parsed = [loaded.parsed for loaded in anchors.values() if loaded.parsed is not None]
        self._store = verification.Store(parsed) if parsed else None
        digest = hashlib.sha256()
        for group in (anchors, others):
            digest.update("".join(sorted(group)).encode() + b"|")
        self.key = digest.hexdigest()
        self._accepted: set[tuple[str, ...]] = set()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TrustStore) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        """Name the sizes, not the certificates."""
        return f"TrustStore({len(self.roots)} roots, {len(self.intermediates)} intermediates)"

    def is_root(self, certificate: Certificate) -> bool:
        """Whether exactly this certificate is a configured root."""
        return certificate.sha256 in self._root_keys

    def named(self, name: bytes) -> tuple[Certificate, ...]:
        """Return the certificates whose subject is ``name`` (DER), roots first."""
        return self._by_name.get(name, ())

    def refusal(
        self, path: Sequence[Certificate], beside: Sequence[Certificate] = ()
    ) -> str | None:
        """Ask the library about ``path``, which starts with the leaf: None when it accepts.

        Otherwise why not, in a few words. Its members need not include the root. The library may
        also take issuers from ``beside``.
        """
        start = overlap(path)
        if start is None:
            return "its certificates are never valid at the same time"
        issuers = tuple([member.sha256 for member in path[1:]])
        if issuers in self._accepted and _is_plain(path[0]) and verify(path[0], path[1]):
            return None
        leaf, *others = (both(member.der).parsed for member in (*path, *beside))
        if self._store is None or leaf is None or len(path) > LONGEST_PATH:
            return "no root is configured" if self._store is None else "the path is too long"
        policy = (
            verification.PolicyBuilder()
            .store(self._store)
            .time(start)
            .max_chain_depth(LONGEST_PATH)
            .extension_policies(ca_policy=_AUTHORITIES, ee_policy=_LEAVES)
        )
        try:
            with Quietly():
                policy.build_client_verifier().verify(leaf, [one for one in others if one])
        except (verification.VerificationError, ValueError) as error:
            return beyond_policy(path) or told(str(error))
        if not beside:
            self._remember(issuers, path)
        return None

    def _remember(self, issuers: tuple[str, ...], path: Sequence[Certificate]) -> None:
        """Remember issuers that the library accepted, but for those that constrain names below.

        A fleet's certificates have the same ones, and to verify those again for every leaf would
        be most of the work. Nothing else of a path depends on its leaf.
        """
        if issuers and not any(_NAME_CONSTRAINTS in member.der for member in path[1:]):
            if len(self._accepted) >= _MOST_ACCEPTED:
                self._accepted.clear()
            self._accepted.add(issuers)


def _is_plain(leaf: Certificate) -> bool:
    """Whether the library can refuse a leaf for nothing but its signature.

    It also looks at version, serial number, issuer, critical extensions, and at how the times
    are encoded (RFC 5280, 4.1.2): anything unusual there is left to it.
    """
    return (
        leaf.version == _VERSION_3
        and leaf.signature.oid in _SIGNATURES
        and 0 < leaf.serial < _SERIAL_LIMIT
        and not leaf.issuer.empty
        and not leaf.unknown_critical
        and not leaf.problems
        and _GENERALIZED_TIME not in leaf.der
    )


def overlap(path: Sequence[Certificate]) -> datetime | None:
    """Return an instant at which every member of ``path`` is valid, if there is one."""
    start = max(member.not_before for member in path)
    return start if start <= min(member.not_after for member in path) else None


def beyond_policy(path: Sequence[Certificate]) -> str | None:
    """Say what on ``path`` the library refuses by its policy, whoever vouches for it.

    The last member's own signature does not count, as the signature of a root never does.
    """
    for position, member in enumerate(path):
        name = label(member)
        if member.version != _VERSION_3:
            return f"{name} is a version {member.version} certificate"
        if member.signature.hash not in _HASHES and member is not path[-1]:
            return f"{name} is signed with {member.signature.name}"
        if position and not _acceptable_key(member):
            return f"{name} has a key of {member.key.type} {member.key.curve or member.key.bits}"
    return None


def _acceptable_key(member: Certificate) -> bool:
    key = member.key
    return (key.type == "rsa" and (key.bits or 0) >= _SHORTEST_RSA) or key.curve in _CURVES


def label(certificate: Certificate) -> str:
    """Name a certificate in a message, briefly."""
    return (certificate.common_name or certificate.subject.text or certificate.sha256[:16])[:100]


def _certificates(loaded: Iterable[Loaded]) -> tuple[Certificate, ...]:
    return tuple(one.presented for one in loaded if isinstance(one.presented, Certificate))
