"""Judge certificates of a small Contoso PKI by the shipped rules, without any network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from probe.catalogue import load
from probe.judge import Plan, assess, judge
from probe.lab import builder
from probe.lab.builder import AS_OF
from probe.model.certificate import Certificate
from probe.model.evidence import Evidence
from probe.model.file import CertificateFile, Estate
from probe.model.finding import Finding, Outcome
from probe.model.observation import AddressObservation, Observation
from probe.model.path import Explanation
from probe.model.revocation import IssuerSource, RevocationSource
from probe.model.stages import (
    Chain,
    Connected,
    Handshake,
    Handshaken,
    Resolution,
    Resolved,
    Skipped,
    Versions,
    VersionsTried,
)
from probe.model.target import Accepts, Names, Target, Template
from probe.pki.certificate import load as load_certificate
from probe.pki.chain import explain
from probe.pki.trust import TrustStore

ROOT = builder.root()
ISSUING = ROOT.authority("CN=Contoso Issuing CA,DC=contoso,DC=com")
FOREIGN = builder.root("CN=Foreign Root CA")

HOST = "mp01.corp.contoso.com"
PUBLIC = "mp.contoso.com"
INTRANET = Names(intranet_fqdn=HOST, accepts=Accepts.INTRANET)
INTERNET = Names(intranet_fqdn=HOST, internet_fqdn=PUBLIC, accepts=Accepts.INTERNET)
BOTH = Names(intranet_fqdn=HOST, internet_fqdn=PUBLIC, accepts=Accepts.BOTH)

MODERN = VersionsTried(seconds=0.01, accepted=("TLSv1.2", "TLSv1.3"), refused=("TLSv1", "TLSv1.1"))
RESOLVED = Resolved(seconds=0.01, addresses=("192.0.2.1",))


@cache
def rsa_spki(bits: int) -> bytes:
    """A public key of that size that nobody has the private key of: it takes no time to make."""
    key = RSAPublicNumbers(65537, (1 << bits - 1) | 1).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True)
class Case:
    """Something to judge, and every finding that is neither passed nor not applicable.

    ``expected`` reads ``fail not-expired@0``: outcome, rule, and the position of the certificate
    (none for the whole). What the source can never show, by the rule's own word, is left out.
    Without ``templates`` the inventory names the very template that the leaf has.
    """

    name: str
    expected: Sequence[str] = ()
    profiles: tuple[str, ...] = ("any", "iis-site-system")
    roles: tuple[str, ...] = ("management-point",)
    names: Names = INTRANET
    host: str = HOST
    sent: Sequence[bytes] | None = ()
    others: Sequence[Sequence[bytes] | None] = ()
    roots: Sequence[bytes] = (ROOT.der,)
    intermediates: Sequence[bytes] = ()
    as_of: datetime = AS_OF
    resolution: Resolution = RESOLVED
    handshake: Handshake | None = None
    versions: Versions = MODERN
    version: str = "TLSv1.3"
    thumbprint: str | None = None
    alternative_selection: bool = False
    https_only: bool = False
    templates: Mapping[str, tuple[Template, ...]] | None = None
    file: CertificateFile | None = None
    estate: Estate | None = None
    revocation: Sequence[RevocationSource] = ()
    issuers: Sequence[IssuerSource] = ()

    @property
    def target(self) -> Target:
        return Target(
            id=f"{self.host}:443",
            host=self.host,
            port=443,
            roles=self.roles,
            profiles=self.profiles,
            names=self.names,
            expected_thumbprint=self.thumbprint,
            alternative_selection=self.alternative_selection,
            https_only=self.https_only,
            templates=self._own_template() if self.templates is None else dict(self.templates),
        )

    def _own_template(self) -> dict[str, tuple[Template, ...]]:
        leaf = load_certificate(self.sent[0]) if self.sent else None
        if not isinstance(leaf, Certificate) or leaf.template is None:
            return {}
        template = Template(oid=leaf.template.oid, name=leaf.template.name)
        return dict.fromkeys(self.profiles, (template,))

    def observation(self, sent: Sequence[bytes] | None) -> Observation:
        if sent is None:
            skipped = Skipped(because="an earlier stage did not succeed")
            return Observation(resolution=self.resolution, handshake=self.handshake or skipped)
        return Observation(
            resolution=self.resolution,
            connection=Connected(seconds=0.01),
            handshake=self.handshake
            or Handshaken(
                seconds=0.01,
                engine="observer",
                version=self.version,
                cipher="TLS_AES_128_GCM_SHA256",
                chain=Chain(tuple(sent)),
            ),
            versions=self.versions,
            revocation=tuple(self.revocation),
            issuers=tuple(self.issuers),
        )


@cache
def plan() -> Plan:
    return Plan(load())


def findings(case: Case) -> tuple[Finding, ...]:
    """Judge the case at its first address, or its file."""
    store = TrustStore(case.roots, case.intermediates)
    if case.file is not None:
        presented = tuple(map(load_certificate, case.sent or ()))
        evidence = Evidence(
            source="file",
            target=case.target,
            as_of=case.as_of,
            presented=presented,
            missing=case.file.problem,
            explanation=explain(presented, store) if presented else Explanation(),
            file=case.file,
            estate=case.estate,
        )
        return judge(evidence, plan())
    observations = [
        AddressObservation(f"192.0.2.{number}", case.observation(sent))
        for number, sent in enumerate((case.sent, *case.others), start=1)
    ]
    return assess(case.target, observations, plan(), store, case.as_of)[0].findings


def notable(case: Case) -> list[str]:
    """Everything that `Case.expected` has to list."""
    source = "handshake" if case.file is None else "file"
    return sorted(
        f"{finding.outcome} {finding.rule}{place(finding)}"
        for finding in findings(case)
        if finding.outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)
        and source in plan().catalogue.rules[finding.rule].observable
    )


def place(finding: Finding) -> str:
    return f"@{finding.subject.position}" if finding.subject else ""
