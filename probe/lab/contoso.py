"""The PKI of Contoso, shaped like AD CS: its authorities, and what they publish.

Extensions, distinguished names and URLs are written as the enterprise CAs of the forest
corp.contoso.com would, with an HTTP location appended after the LDAP one.
"""

import functools
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Unpack
from urllib.parse import quote

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from probe.lab import builder, keys
from probe.lab.builder import Issued
from probe.lab.deviations import Deviations
from probe.lab.extensions import TemplateV2
from probe.lab.web import Page

REPOSITORY_HOST = "pki.contoso.com"
"""Where certificates and CRLs are published."""

WEB_SERVER_TEMPLATE = TemplateV2(
    "1.3.6.1.4.1.311.21.8.9145381.3026710.12860061.15294722.6308125.71.4403126.11975433"
)
"""A duplicate of the Web Server template: the arcs of the forest, then those of the template."""

RETIRED_HOST = "oldpki.contoso.com"
"""Where they were published once: no such name exists any more."""

REVOKED_SERIAL = 0x61_0000_0BAD_C0FF_EE00
"""The serial number that every CRL lists."""

_FOREST = "DC=corp,DC=contoso,DC=com"
_CONFIGURATION = f"CN=Public Key Services,CN=Services,CN=Configuration,{_FOREST}"
_CDP_QUERY = "?certificateRevocationList?base?objectClass=cRLDistributionPoint"
_AIA_QUERY = "?cACertificate?base?objectClass=certificationAuthority"
_CA_HOST = "CA01"
_CRL_AGE = timedelta(hours=1)
_CRL_LIFE = timedelta(days=7)  # the default of AD CS
_STALE = timedelta(days=40)
_CRL_NUMBER = 211
_YEAR = timedelta(days=365)


class Ca(StrEnum):
    """The authorities that servers of the lab have their certificates from."""

    ISSUING = "issuing"
    BRANCH = "branch"
    LEGACY = "legacy"
    ALTERNATE = "alternate"
    SMS_ISSUING = "sms-issuing"


class Location(msgspec.Struct, frozen=True):
    """Where an authority publishes, by its common name."""

    name: str
    repository: str

    @property
    def crl_path(self) -> str:
        """The path of the CRL in the repository."""
        return f"/CertEnroll/{quote(self.name)}.crl"

    @property
    def stale_path(self) -> str:
        """The path of a copy of the CRL that nobody renews any more."""
        return f"/CertEnrollOld/{quote(self.name)}.crl"

    @property
    def certificate_path(self) -> str:
        """The path of the authority's own certificate in the repository."""
        return f"/CertEnroll/{quote(self.name)}.crt"

    @property
    def crl_urls(self) -> tuple[str, ...]:
        """Where the CRL is, in the order in which AD CS writes it."""
        point = quote(f"CN={self.name},CN={_CA_HOST},CN=CDP,{_CONFIGURATION}", safe="=,")
        return f"ldap:///{point}{_CDP_QUERY}", self.repository + self.crl_path

    @property
    def certificate_urls(self) -> tuple[str, ...]:
        """Where the authority's own certificate is, likewise."""
        entry = quote(f"CN={self.name},CN=AIA,{_CONFIGURATION}", safe="=,")
        return f"ldap:///{entry}{_AIA_QUERY}", self.repository + self.certificate_path


class Authority(NamedTuple):
    """An authority, and where it publishes; None for one that publishes nothing."""

    issued: Issued
    location: Location | None

    @property
    def crl_urls(self) -> tuple[str, ...]:
        """Where its CRL is."""
        return () if self.location is None else self.location.crl_urls

    def issue(self, subject: str, **deviations: Unpack[Deviations]) -> Issued:
        """Issue a server certificate."""
        return self.issued.issue(subject, **(self._written() | deviations))

    def subordinate(self, name: str, **deviations: Unpack[Deviations]) -> Issued:
        """Issue the certificate of an enterprise CA of the forest."""
        subject = f"CN={name},{_FOREST}"
        return self.issued.authority(subject, **(self._written() | deviations))

    def _written(self) -> Deviations:
        if self.location is None:
            return Deviations(crl=None, issuer_urls=(), template=None)
        return Deviations(crl=self.crl_urls, issuer_urls=self.location.certificate_urls)


class Contoso:
    """The authorities at one instant.

    ``root`` is what clients trust. ``clients`` issues client certificates, and no other.
    """

    def __init__(self, now: datetime, repository: str) -> None:
        """Make them; they publish under ``repository``, an ``http://host:port``."""
        self._now = now.astimezone(UTC).replace(microsecond=0)
        life = Deviations(not_before=self._now - 4 * _YEAR, not_after=self._now + 8 * _YEAR)
        at = functools.partial(Location, repository=repository)
        self._root = Authority(
            builder.root("CN=Contoso Root CA,DC=contoso,DC=com", **life), at("Contoso Root CA")
        )
        self._authorities = {
            Ca.ISSUING: self._subordinate(self._root, at("Contoso Issuing CA 1"), life),
            Ca.LEGACY: self._subordinate(
                self._root, at("Contoso Legacy CA"), life | Deviations(hash="sha1")
            ),
            Ca.ALTERNATE: self._subordinate(
                self._root, at("Contoso Alternate CA"), life | Deviations(key=keys.rsa_key())
            ),
            # What Configuration Manager makes for Enhanced HTTP: no PKI, so nothing published.
            Ca.SMS_ISSUING: Authority(builder.root("CN=SMS Issuing", **life), None),
        }
        self._authorities[Ca.BRANCH] = self._subordinate(
            self._authorities[Ca.ISSUING], at("Contoso Branch CA"), life
        )
        self.clients = builder.root("CN=Contoso Client CA,DC=contoso,DC=com", **life)

    @staticmethod
    def _subordinate(above: Authority, location: Location, fields: Deviations) -> Authority:
        return Authority(above.subordinate(location.name, **fields), location)

    @property
    def root(self) -> Issued:
        """The root that clients trust."""
        return self._root.issued

    def authority(self, ca: Ca) -> Authority:
        """Return the authority ``ca``."""
        return self._authorities[ca]

    def published(self) -> dict[str, Page]:
        """Everything in the repository, by path: certificates, and CRLs signed just now."""
        pages = {}
        for authority in (self._root, *self._authorities.values()):
            if authority.location is None:
                continue
            pages[authority.location.certificate_path] = Page(
                200, "OK", authority.issued.der, "application/pkix-cert"
            )
            pages[authority.location.crl_path] = Page(
                200, "OK", self._crl(authority.issued, self._now), "application/pkix-crl"
            )
            pages[authority.location.stale_path] = Page(
                200, "OK", self._crl(authority.issued, self._now - _STALE), "application/pkix-crl"
            )
        return pages

    @staticmethod
    def _crl(issuer: Issued, now: datetime) -> bytes:
        """Sign a base CRL of that time with a certificate on it that a server of the lab uses."""
        revoked = (
            x509.RevokedCertificateBuilder()
            .serial_number(REVOKED_SERIAL)
            .revocation_date(now - timedelta(days=30))
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            .build()
        )
        crl = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(now - _CRL_AGE)
            .next_update(now - _CRL_AGE + _CRL_LIFE)
            .add_extension(x509.AuthorityKeyIdentifier(issuer.key_id, None, None), critical=False)
            .add_extension(x509.CRLNumber(_CRL_NUMBER), critical=False)
            .add_revoked_certificate(revoked)
            .sign(issuer.key, hashes.SHA256())
        )
        return crl.public_bytes(Encoding.DER)
