"""Services in Azure: the cloud management gateway and the cloud distribution point."""

from dataclasses import replace

from support.judging import ISSUING, RESOLVED, Case, rsa_spki

from probe.model.failure import Failure, Kind, Stage
from probe.model.file import CertificateFile, FileFormat
from probe.model.stages import Failed, Resolved, Skipped
from probe.model.target import Accepts, Names

SERVICE = "cmg.contoso.com"
DEPLOYMENT = "granitefalls.westus.cloudapp.azure.com"
ALIAS = Resolved(seconds=0.01, addresses=("192.0.2.1",), cname_chain=(DEPLOYMENT,))
RSA_2048 = rsa_spki(2048)
PFX = CertificateFile(
    path="cmg.pfx", format=FileFormat.PKCS12, has_private_key=True, key_matches=True, protected=True
)


def _leaf(subject=f"CN={SERVICE}", dns=(SERVICE,), bits=2048, **deviations):
    return ISSUING.issue(subject, dns=dns, **({"public_key": rsa_spki(bits)} | deviations)).sent


SOUND = Case(
    "a sound gateway",
    profiles=("any", "cmg"),
    roles=("cloud-management-gateway",),
    names=Names(service_name=SERVICE, accepts=Accepts.INTERNET),
    host=SERVICE,
    sent=_leaf(),
    resolution=ALIAS,
)


def _gateway(name, expected=(), **deviations):
    return replace(SOUND, name=name, expected=expected, **deviations)


def _indeterminate(*rules):
    return [f"indeterminate {rule}" for rule in rules]


def _unobservable(*rules):
    return [f"not_observable {rule}" for rule in rules]


GATEWAY = (
    SOUND,
    _gateway("4096 bits", sent=_leaf(bits=4096)),
    _gateway("3072 bits", ["fail key-length-2048-or-4096@0"], sent=_leaf(bits=3072)),
    _gateway("8192 bits", ["fail key-length-2048-or-4096@0"], sent=_leaf(bits=8192)),
    _gateway(
        "an elliptic curve key",
        ["fail key-algorithm-rsa@0"],
        sent=ISSUING.issue(f"CN={SERVICE}", dns=[SERVICE]).sent,
    ),
    _gateway("a wildcard as common name", sent=_leaf("CN=*.contoso.com", ["*.contoso.com"])),
    _gateway(
        "another common name",
        ["fail common-name-service-name@0"],
        sent=_leaf("CN=Contoso cloud services"),
    ),
    _gateway("no common name", ["fail common-name-service-name@0"], sent=_leaf("")),
    _gateway("the common name in other case", sent=_leaf("CN=CMG.Contoso.com")),
    _gateway(
        "joined names are no service name",
        [
            "fail ampersand-joined-names@0",
            "fail client-name-match@0",
            "fail common-name-service-name@0",
        ],
        sent=_leaf(f"CN={SERVICE}&cmg.fabrikam.com", ()),
    ),
    _gateway(
        "a service name that is not given",
        ["indeterminate common-name-service-name@0"],
        names=Names(accepts=Accepts.INTERNET),
    ),
    _gateway("no alias", ["fail cmg-alias"], resolution=RESOLVED),
    _gateway(
        "an alias of something else",
        ["fail cmg-alias"],
        resolution=Resolved(
            seconds=0.01, addresses=("192.0.2.1",), cname_chain=("cloudapp.net.fabrikam.com",)
        ),
    ),
    _gateway(
        "an alias over another alias",
        resolution=Resolved(
            seconds=0.01,
            addresses=("192.0.2.1",),
            cname_chain=("cmg.fabrikam.com", "GraniteFalls.CloudApp.Net."),
        ),
    ),
    _gateway(
        "a given address", resolution=Resolved(seconds=0, addresses=("192.0.2.1",), source="pinned")
    ),
    _gateway(
        "an address from the hosts file",
        resolution=Resolved(seconds=0, addresses=("192.0.2.1",), source="hosts"),
    ),
    _gateway("through a proxy", resolution=Skipped(because="the proxy resolves the name")),
    _gateway(
        "a name whose resolution failed, and that was reached all the same",
        ["indeterminate cmg-alias"],
        resolution=Failed(Failure(Stage.DNS, Kind.TIMEOUT)),
    ),
    _gateway(
        "the deployment name itself",
        names=Names(service_name=DEPLOYMENT, accepts=Accepts.INTERNET),
        host=DEPLOYMENT,
        sent=_leaf(f"CN={DEPLOYMENT}", (DEPLOYMENT,)),
        resolution=RESOLVED,
    ),
    _gateway("an exported file", file=PFX),
    _gateway(
        "a file whose format is not known",
        ["fail readable-file", *_indeterminate("pkcs12-container", "private-key-exportable")],
        file=CertificateFile(path="cmg.pfx", problem="it has several keys"),
    ),
    _gateway(
        "a file without the key",
        ["fail pkcs12-container", "indeterminate private-key-exportable"],
        file=CertificateFile(path="cmg.cer", format=FileFormat.DER),
    ),
    _gateway(
        "a file with another certificate's key",
        ["fail private-key-exportable"],
        file=CertificateFile(
            path="cmg.pfx", format=FileFormat.PKCS12, has_private_key=True, key_matches=False
        ),
    ),
    _gateway(
        "a PEM file with the key",
        ["fail pkcs12-container"],
        file=CertificateFile(path="cmg.pem", format=FileFormat.PEM, has_private_key=True),
    ),
    _gateway(
        "a row of the CA database",
        _unobservable("pkcs12-container", "private-key-exportable"),
        file=CertificateFile(path="ca.csv", format=FileFormat.CSV),
    ),
)

LEGACY = replace(
    SOUND,
    name="a sound cloud distribution point",
    profiles=("any", "cloud-distribution-point"),
    roles=("cloud-distribution-point",),
)

DISTRIBUTION_POINT = (
    LEGACY,
    replace(LEGACY, name="3072 bits are allowed there", sent=_leaf(bits=3072)),
    replace(
        LEGACY,
        name="1024 bits are too few",
        expected=["fail key-length-at-least-2048@0", "fail key-length-weak@0"],
        sent=_leaf(bits=1024),
    ),
)

CASES = (*GATEWAY, *DISTRIBUTION_POINT)
