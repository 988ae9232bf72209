"""Read PKCS#12 (RFC 7292): every bag with its attributes, every key, nothing dropped.

Integrity and privacy by public key are recognised and refused: they need a key, not a password.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from probe.pki.container import ber, keys, protection
from probe.pki.container.ber import Element
from probe.pki.container.contents import ContainerError, Locked, Member, tally
from probe.pki.container.derivation import Budget
from probe.pki.container.keys import KeyFacts

_VERSION = 3
_MAX_NESTING = 4
_DATA = "1.2.840.113549.1.7.1"
_SIGNED = "1.2.840.113549.1.7.2"
_ENVELOPED = "1.2.840.113549.1.7.3"
_ENCRYPTED = "1.2.840.113549.1.7.6"
_BAGS = "1.2.840.113549.1.12.10.1."
_KEY, _SHROUDED, _CERTIFICATE, _NESTED = (f"{_BAGS}{number}" for number in (1, 2, 3, 6))
_X509 = "1.2.840.113549.1.9.22.1"
_FRIENDLY_NAME = "1.2.840.113549.1.9.20"
_LOCAL_KEY_ID = "1.2.840.113549.1.9.21"
_PROVIDER = "1.3.6.1.4.1.311.17.1"


class Store(msgspec.Struct, frozen=True):
    """What a PKCS#12 file holds; ``protected`` is whether it takes a password that is not empty."""

    certificates: tuple[Member, ...]
    keys: tuple[KeyFacts, ...]
    protected: bool
    notes: tuple[str, ...]


def looks_like(members: Sequence[Element]) -> bool:
    """Whether the members of an outer SEQUENCE are those of a PFX."""
    return (
        len(members) in {2, 3}
        and members[0].tag == ber.INTEGER
        and members[0].content == bytes((_VERSION,))
        and members[1].tag == ber.SEQUENCE
        and members[1].content[:1] == bytes((ber.OID,))
    )


def read(members: Sequence[Element], passwords: Sequence[str]) -> Store | Locked:
    """Read the members of a PFX. Raises `ContainerError` when it is not sound."""
    # A file without a password comes in two kinds: of the empty password, and of none at all.
    tried: tuple[str | None, ...] = (*passwords, "", None)
    reader = _Reader()
    try:
        safe = _authenticated_safe(members[1])
        if len(members) > 2:  # noqa: PLR2004 - MacData is the optional third
            password = protection.authenticate(members[2], safe, tried, reader.budget)
            tried = (password,) if password else (password, None if password == "" else "")
        return reader.read(safe, tried)
    except protection.WrongPasswordError:
        # Not chained: what stands in the frames below is nobody's business.
        return Locked(missing=not passwords)


def _authenticated_safe(content_info: Element) -> bytes:
    kind, content = _content(content_info)
    if kind == _SIGNED:
        raise ContainerError("it is signed with a key instead of protected by a password")
    if kind != _DATA:
        raise ContainerError("its outer content is of an unknown type")
    return ber.octets(ber.explicit(content))


def _content(content_info: Element) -> tuple[str, Element]:
    kind, content = ber.sequence(content_info, 2)[:2]
    return ber.oid(kind), content


class _Reader:
    """Collects the bags of one file."""

    def __init__(self) -> None:
        self.budget = Budget()
        self._certificates: list[Member] = []
        self._keys: list[KeyFacts] = []
        self._notes: Counter[str] = Counter()
        self._passwords: tuple[str | None, ...] = ()
        self._encrypted = False

    def read(self, safe: bytes, passwords: tuple[str | None, ...]) -> Store:
        self._passwords = passwords
        for content_info in ber.sequence(ber.first(safe)[0], 0):
            kind, content = _content(content_info)
            if kind == _DATA:
                self._bags(ber.octets(ber.explicit(content)))
            elif kind == _ENCRYPTED:
                self._encrypted = True
                self._open(content_info, ber.explicit(content))
            elif kind == _ENVELOPED:
                self._notes["a part encrypted to a certificate instead of a password"] += 1
            else:
                self._notes["a part of an unknown type"] += 1
        return Store(
            tuple(self._certificates),
            tuple(self._keys),
            self._encrypted and bool(self._passwords[0]),
            tuple(tally(self._notes)),
        )

    def _open(self, content_info: Element, encrypted_data: Element) -> None:
        """Decrypt an EncryptedData (RFC 5652, 8) and read its bags."""
        algorithm, ciphertext = _encrypted_content(encrypted_data)
        for password in self._passwords:
            try:
                if protection.kind(algorithm) == protection.RC2_40:
                    protection.charge(algorithm, self.budget)
                    self._certificates += _from_rc2(content_info.encoded, password)
                else:
                    plain = protection.decrypt(algorithm, ciphertext, password, self.budget)
                    self._bags(plain)
            except protection.WrongPasswordError:
                continue
            self._passwords = (password,)
            return
        raise protection.WrongPasswordError

    def _bags(self, safe_contents: bytes, depth: int = 0) -> None:
        if depth > _MAX_NESTING:
            raise ContainerError("its bags are nested too deeply")
        for bag in ber.sequence(ber.first(safe_contents)[0], 0):
            fields = ber.sequence(bag, 2)
            kind = ber.oid(fields[0])
            value = ber.explicit(fields[1])
            attributes = _attributes(fields[2]) if len(fields) > 2 else {}  # noqa: PLR2004 - the optional third
            if kind == _CERTIFICATE:
                self._certificate(value, attributes)
            elif kind == _KEY:
                self._key(keys.from_der(value.encoded), attributes)
            elif kind == _SHROUDED:
                self._encrypted = True
                public = keys.from_encrypted(value.encoded, self._passwords, self.budget)
                self._key(public, attributes)
            elif kind == _NESTED:
                self._bags(value.encoded, depth + 1)
            else:
                self._notes["an entry that is neither certificate nor key"] += 1

    def _certificate(self, bag: Element, attributes: dict[str, Element]) -> None:
        kind, value = ber.sequence(bag, 2)[:2]
        if ber.oid(kind) != _X509:
            self._notes["a certificate that is not X.509"] += 1
            return
        octets = ber.octets(ber.explicit(value))
        self._certificates.append(Member(octets, _identifier(attributes), _name(attributes)))

    def _key(self, public: bytes | None, attributes: dict[str, Element]) -> None:
        if public is None:
            self._notes["a private key that could not be compared"] += 1
        self._keys.append(
            KeyFacts(
                public_key=public,
                identifier=_identifier(attributes),
                provider=_text(attributes, _PROVIDER),
                name=_name(attributes),
            )
        )


def _encrypted_content(encrypted_data: Element) -> tuple[Element, bytes]:
    content = ber.sequence(ber.sequence(encrypted_data, 2)[1], 3)
    return content[1], ber.octets(content[2], 0x80)


def _from_rc2(content_info: bytes, password: str | None) -> list[Member]:
    """Let cryptography open a part that only OpenSSL can decrypt, in a PFX of its own.

    It drops the localKeyId, and refuses the whole part for one certificate that it cannot read.
    """
    safe = ber.tlv(ber.SEQUENCE, content_info)
    content = ber.tlv(ber.CONTEXT_0, ber.tlv(ber.OCTET_STRING, safe))
    data_oid = bytes.fromhex("06092a864886f70d010701")
    pfx = ber.tlv(
        ber.SEQUENCE,
        ber.tlv(ber.INTEGER, bytes((_VERSION,))),
        ber.tlv(ber.SEQUENCE, data_oid, content),
        # Without it, OpenSSL would take the empty password for none at all.
        protection.seal(safe, password),
    )
    secret = None if password is None else password.encode("utf-8", "surrogatepass")
    try:
        store = load_pkcs12(pfx, secret)
    except Exception:  # noqa: BLE001 - hostile octets; the library tells no reasons apart
        raise protection.WrongPasswordError from None
    found = [store.cert] if store.cert else []
    return [
        Member(
            one.certificate.public_bytes(Encoding.DER),
            label=one.friendly_name.decode("utf-8", "replace") if one.friendly_name else None,
        )
        for one in (*found, *store.additional_certs)
    ]


def _attributes(element: Element) -> dict[str, Element]:
    """Return the first value of each attribute (RFC 7292, 4.2)."""
    found: dict[str, Element] = {}
    for attribute in ber.children(element, ber.SET):
        kind, values = ber.sequence(attribute, 2)[:2]
        members = ber.children(values, ber.SET)
        if members:
            found.setdefault(ber.oid(kind), members[0])
    return found


def _identifier(attributes: dict[str, Element]) -> bytes | None:
    value = attributes.get(_LOCAL_KEY_ID)
    return None if value is None else ber.octets(value)


def _name(attributes: dict[str, Element]) -> str | None:
    return _text(attributes, _FRIENDLY_NAME)


def _text(attributes: dict[str, Element], kind: str) -> str | None:
    value = attributes.get(kind)
    if value is None or value.tag != ber.BMP_STRING:
        return None
    return value.content.decode("utf-16-be", "replace")
