"""Endpoints and files as a whole: revocation sources, protocol versions, addresses, failures."""

from rules.material import (
    BOTH_NAMES,
    LEAF,
    OF_LEAF,
    OF_NETWORK,
    OF_SENT,
    OF_VERSIONS,
    indeterminate,
    leaf,
)
from support.judging import Case

from probe.model.failure import Failure, Kind, Stage
from probe.model.file import CertificateFile, Encoding, FileFormat
from probe.model.stages import Chain, Failed, HandshakeFailed, Skipped, VersionsTried

HTTP = "http://pki.contoso.com/ca.crl"
LDAP = "ldap:///CN=Contoso%20Issuing%20CA,CN=CDP,DC=contoso,DC=com"
FILE = CertificateFile(path="mp01.cer", format=FileFormat.DER, encoding=Encoding.DER)

REVOCATION = (
    Case("no HTTP source inside", ["fail revocation-source-http@0"], sent=leaf(crl=[LDAP])),
    Case("HTTP after LDAP", sent=leaf(crl=[LDAP, HTTP])),
    Case("an OCSP responder over HTTP", sent=leaf(crl=[LDAP], ocsp=["http://ocsp.contoso.com"])),
    Case("no source at all", ["fail revocation-source-named@0"], sent=leaf(crl=None)),
)

VERSIONS = (
    Case(
        "TLS 1.0 only",
        ["fail legacy-tls-disabled", "fail tls12-supported"],
        sent=LEAF.sent,
        version="TLSv1",
        versions=VersionsTried(seconds=0.01, accepted=("TLSv1",), refused=("TLSv1.1", "TLSv1.2")),
    ),
    Case(
        "TLS 1.0 negotiated, nothing tried: newer ones were offered",
        ["fail legacy-tls-disabled", "fail tls12-supported"],
        sent=LEAF.sent,
        version="TLSv1",
        versions=Skipped(because="switched off"),
    ),
    Case(
        "SSL 3.0 beside the current ones",
        ["fail legacy-tls-disabled"],
        sent=LEAF.sent,
        versions=VersionsTried(
            seconds=0.01,
            accepted=("SSLv3", "TLSv1.2", "TLSv1.3"),
            refused=("TLSv1", "TLSv1.1"),
        ),
    ),
    Case(
        "TLS 1.3 only",
        ["fail tls12-supported"],
        sent=LEAF.sent,
        versions=VersionsTried(
            seconds=0.01, accepted=("TLSv1.3",), refused=("TLSv1", "TLSv1.1", "TLSv1.2")
        ),
    ),
    Case(
        "TLS 1.1 could not be decided",
        ["indeterminate legacy-tls-disabled"],
        sent=LEAF.sent,
        versions=VersionsTried(
            seconds=0.01,
            accepted=("TLSv1.2", "TLSv1.3"),
            refused=("TLSv1",),
            undecided={"TLSv1.1": Failure(Stage.TLS, Kind.TIMEOUT)},
        ),
    ),
    Case(
        "versions could not be tried",
        ["indeterminate legacy-tls-disabled", "indeterminate tls12-supported"],
        sent=LEAF.sent,
        versions=Failed(Failure(Stage.TCP, Kind.REFUSED)),
    ),
    Case(
        "versions could not be tried, but the handshake agreed on TLS 1.2",
        ["indeterminate legacy-tls-disabled"],
        sent=LEAF.sent,
        version="TLSv1.2",
        versions=Skipped(because="switched off"),
    ),
)

ENDPOINTS = (
    Case("two addresses that agree", sent=LEAF.sent, others=(LEAF.sent,)),
    Case(
        "two addresses that do not",
        ["fail addresses-agree"],
        sent=LEAF.sent,
        others=(BOTH_NAMES.sent,),
    ),
    Case(
        "one of two addresses does not answer",
        ["indeterminate addresses-agree"],
        sent=LEAF.sent,
        others=(None,),
    ),
    Case(
        "the port is closed",
        [
            *indeterminate(OF_LEAF),
            *indeterminate(("certificate-decodable",)),
            *indeterminate(OF_SENT),
            *indeterminate(OF_VERSIONS),
        ],
        sent=None,
        handshake=Skipped(because="tcp refused"),
    ),
    Case(
        "refused for want of a client certificate, after the chain came",
        sent=LEAF.sent,
        handshake=HandshakeFailed(
            failure=Failure(Stage.TLS, Kind.ALERT, "certificate required"),
            seconds=0.1,
            engine="openssl",
            version="TLSv1.2",
            chain=Chain(LEAF.sent),
        ),
    ),
)

FILES = (
    Case("a certificate file", sent=LEAF.sent, file=FILE),
    Case(
        "a certificate file without its issuer",
        ["indeterminate chain-trusted"],
        sent=(LEAF.der,),
        file=FILE,
    ),
    Case(
        "a file that cannot be read",
        [
            "fail readable-file",
            "indeterminate chain-trusted",
            "indeterminate certificate-decodable",
            *indeterminate(set(OF_LEAF) - {"client-name-match", *OF_NETWORK}),
        ],
        sent=(),
        file=CertificateFile(path="mp01.pfx", problem="wrong password"),
    ),
)

CASES = (*REVOCATION, *VERSIONS, *ENDPOINTS, *FILES)
