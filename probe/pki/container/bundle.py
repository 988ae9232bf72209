"""The blocks of a PEM file: certificates, keys, and what is ignored."""

from collections import Counter
from collections.abc import Sequence

from probe.model.file import FileFormat
from probe.pki.container import ber, keys, pkcs7, pkcs12
from probe.pki.container.armour import Block
from probe.pki.container.contents import ContainerError, Member, tally
from probe.pki.container.derivation import Budget
from probe.pki.container.keys import KeyFacts
from probe.pki.container.protection import WrongPasswordError

_HOLDS_CERTIFICATES = {
    "CERTIFICATE",
    "X509 CERTIFICATE",
    "TRUSTED CERTIFICATE",
    "PKCS7",
    "CMS",
    "PKCS #7 SIGNED DATA",
    "PKCS12",
}
_KEY = "PRIVATE KEY"
_ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY"
_COMPANIONS = {
    "CERTIFICATE REQUEST": "a certificate request",
    "NEW CERTIFICATE REQUEST": "a certificate request",
    "X509 CRL": "a revocation list",
    "PUBLIC KEY": "a public key",
}


class Bundle:
    """What the blocks of one file hold.

    ``whole`` is a PKCS#12 file in armour, which then speaks for all. ``companion`` names what
    is there when it is neither a certificate nor an error. Raises `ContainerError` when a part
    asks for more than is reasonable.
    """

    def __init__(self, blocks: Sequence[Block], broken: int, passwords: Sequence[str]) -> None:
        self.members: list[Member] = []
        self.keys: list[KeyFacts] = []
        self.format = FileFormat.PEM
        self.whole: bytes | None = None
        self.companion: str | None = None
        self._passwords = passwords
        self._budget = Budget()
        self._ignored = Counter({"a block that is cut off": broken})
        for block in blocks:
            self._take(block)

    @property
    def notes(self) -> list[str]:
        """What else the file holds."""
        return tally(self._ignored)

    def _take(self, block: Block) -> None:
        if block.label.endswith(_KEY):
            self.companion = "a private key"
            self._key(block)
        elif block.label not in _HOLDS_CERTIFICATES:
            self.companion = self.companion or _COMPANIONS.get(block.label)
            self._ignored[f"a block {block.label}"] += 1
        elif block.der:
            self._certificates(block.der)
        else:
            self._ignored["a block that is not Base64"] += 1

    def _certificates(self, der: bytes) -> None:
        """Take what a block holds, whatever its label: certutil puts one armour on everything."""
        try:
            outer, _ = ber.first(der)
            members = ber.children(outer, ber.SEQUENCE)
        except ContainerError:
            self.members.append(Member(der))
            return
        if pkcs7.looks_like(members):
            self.format = FileFormat.PKCS7
            certificates, notes = pkcs7.read(members)
            self.members += map(Member, certificates)
            self._ignored.update(notes)
        elif pkcs12.looks_like(members):
            self.whole = der
        else:
            # What follows in a TRUSTED CERTIFICATE are OpenSSL's own settings.
            self.members.append(Member(outer.encoded))

    def _key(self, block: Block) -> None:
        if block.der is None:
            public = keys.from_pem(block.text, self._passwords)
        elif block.label == _ENCRYPTED_KEY:
            public = self._locked(block.der)
        else:
            public = keys.from_der(block.der)
        if public is None:
            self._ignored["a private key that could not be opened"] += 1
        self.keys.append(KeyFacts(public_key=public))

    def _locked(self, der: bytes) -> bytes | None:
        try:
            return keys.from_encrypted(der, self._passwords, self._budget)
        except WrongPasswordError:
            return None
