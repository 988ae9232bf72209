"""What holds for every endpoint: certificates, chains, names, revocation, protocol versions."""

import hashlib
from datetime import UTC, datetime, timedelta

from support.judging import (
    BOTH,
    FOREIGN,
    HOST,
    ISSUING,
    PUBLIC,
    ROOT,
    Case,
    rsa_spki,
)

from probe.lab import builder, keys
from probe.lab.builder import AS_OF, UNDECODABLE
from probe.lab.extensions import Extension, TemplateV2
from probe.model.failure import Failure, Kind, Stage
from probe.model.file import CertificateFile, Encoding, FileFormat
from probe.model.stages import Chain, Failed, HandshakeFailed, Skipped, VersionsTried
from probe.model.target import Accepts, Names, Template

LEAF = ISSUING.issue("CN=mp01", dns=[HOST])
BOTH_NAMES = ISSUING.issue("CN=mp01", dns=[HOST, PUBLIC])
HTTP = "http://pki.contoso.com/ca.crl"
LDAP = "ldap:///CN=Contoso%20Issuing%20CA,CN=CDP,DC=contoso,DC=com"
FILE = CertificateFile(path="mp01.cer", format=FileFormat.DER, encoding=Encoding.DER)

_RSA = keys.rsa_key()
RSA_ROOT = builder.root("CN=RSA Root CA", key=_RSA)
RSA_ISSUING = RSA_ROOT.authority("CN=RSA Issuing CA", key=_RSA)
PSS_LEAF = RSA_ISSUING.issue("CN=mp01", dns=[HOST], pss=True)
PSS_ISSUING = RSA_ROOT.authority("CN=PSS Issuing CA", key=_RSA, pss=True)

SHA1_ISSUING = ROOT.authority("CN=SHA-1 Issuing CA", hash="sha1")
WEAK_ISSUING = RSA_ROOT.authority("CN=Weak Issuing CA", key=keys.rsa_key(1024))
DEEP = ISSUING.authority("CN=Contoso Branch CA")
SMS_ISSUING = builder.root("CN=SMS Issuing")
ENHANCED = SMS_ISSUING.issue(
    "CN=SMS Role SSL Certificate", dns=[HOST], crl=None, issuer_urls=(), template=None
)
SELF_SIGNED = builder.self_signed(f"CN={HOST}", dns=[HOST])
V2 = "1.3.6.1.4.1.311.21.8.1.2.3"
_V2_LEAF = ISSUING.issue("CN=mp01", dns=[HOST], template=TemplateV2(V2))

# Every rule of these profiles that is asked of the first certificate but by its octets.
_OF_LEAF = (
    "already-valid",
    "ampersand-joined-names",
    "certificate-template",
    "client-name-match",
    "enhanced-http-certificate",
    "expected-certificate",
    "expires-imminently",
    "expires-soon",
    "intranet-fqdn-recommended",
    "key-length-weak",
    "key-storage-provider",
    "name-internet-fqdn",
    "name-intranet-fqdn",
    "names-single-byte",
    "not-expired",
    "not-self-signed",
    "revocation-source-http",
    "revocation-source-named",
    "server-auth-eku",
    "sha2-signature",
    "signature-not-pss",
    "wildcard-name",
)
_OF_CHAIN = (
    "already-valid",
    "expires-imminently",
    "expires-soon",
    "key-length-weak",
    "not-expired",
    "revocation-source-http",
    "revocation-source-named",
    "sha2-signature",
    "signature-not-pss",
)
_OF_SENT = ("chain-complete", "chain-no-extras", "chain-order", "chain-trusted", "root-not-sent")
_OF_VERSIONS = ("legacy-tls-disabled", "tls12-supported")


def _indeterminate(*groups, at=""):
    return [f"indeterminate {rule}{at}" for rules in groups for rule in rules]


def _leaf(**deviations):
    return ISSUING.issue("CN=mp01", **({"dns": [HOST]} | deviations)).sent


def _days(count):
    return AS_OF + timedelta(days=count)


SOUND = Case("sound", sent=LEAF.sent)

CERTIFICATES = (
    SOUND,
    Case(
        "octets that are no certificate instead of the leaf",
        [
            "fail certificate-decodable@0",
            *_indeterminate(_OF_LEAF, at="@0"),
            *_indeterminate(_OF_SENT),
        ],
        sent=(UNDECODABLE, ISSUING.der),
    ),
    Case(
        "octets that are no certificate instead of the intermediate",
        [
            "fail certificate-decodable@1",
            *_indeterminate(_OF_CHAIN, at="@1"),
            *_indeterminate(("chain-complete", "chain-order", "chain-trusted")),
        ],
        sent=(LEAF.der, UNDECODABLE),
    ),
    Case(
        "an extended key usage that cannot be read",
        ["fail certificate-decodable@0", "indeterminate server-auth-eku@0"],
        sent=_leaf(eku=None, extra=[Extension("2.5.29.37", b"\x30\x01\x05")]),
    ),
    Case(
        "expired five days ago",
        ["fail not-expired@0"],
        sent=_leaf(not_before=_days(-700), not_after=_days(-5)),
    ),
    Case("valid for one second more", sent=_leaf(), as_of=datetime(2027, 12, 1, tzinfo=UTC)),
    Case(
        "expired one second ago",
        ["fail not-expired@0"],
        sent=_leaf(),
        as_of=datetime(2028, 1, 1, 0, 0, 1, tzinfo=UTC),
    ),
    Case(
        "the last second of its validity",
        ["fail expires-imminently@0", "fail expires-soon@0"],
        sent=_leaf(),
        as_of=datetime(2028, 1, 1, tzinfo=UTC),
    ),
    Case("valid from this second", sent=_leaf(), as_of=datetime(2026, 1, 1, tzinfo=UTC)),
    Case(
        "not valid for another second",
        ["fail already-valid@0"],
        sent=_leaf(),
        as_of=datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
    ),
    Case("31 days left", sent=_leaf(not_after=_days(31))),
    Case("29 days left", ["fail expires-soon@0"], sent=_leaf(not_after=_days(29))),
    Case(
        "6 days left",
        ["fail expires-imminently@0", "fail expires-soon@0"],
        sent=_leaf(not_after=_days(6)),
    ),
    Case(
        "an intermediate with 20 days left",
        ["fail expires-soon@1"],
        sent=ROOT.authority("CN=Old CA", not_after=_days(20)).issue("CN=mp01", dns=[HOST]).sent,
    ),
    Case(
        "90 days of life, 31 left",
        sent=_leaf(not_before=_days(-59), not_after=_days(31)),
    ),
    Case(
        "47 days of life, 17 left",
        sent=_leaf(not_before=_days(-30), not_after=_days(17)),
    ),
    Case(
        "47 days of life, 15 left",
        ["fail expires-soon@0"],
        sent=_leaf(not_before=_days(-32), not_after=_days(15)),
    ),
    Case(
        "47 days of life, 4 left",
        ["fail expires-imminently@0", "fail expires-soon@0"],
        sent=_leaf(not_before=_days(-43), not_after=_days(4)),
    ),
    Case("valid until the year 9999", sent=_leaf(not_after=datetime(9999, 12, 31, tzinfo=UTC))),
    Case(
        "the leaf signed with SHA-1",
        ["fail sha2-signature@0", "indeterminate chain-trusted"],
        sent=_leaf(hash="sha1"),
    ),
    Case(
        "the intermediate signed with SHA-1: the verifier will not judge it, the links verify",
        ["fail sha2-signature@1", "indeterminate chain-trusted"],
        sent=SHA1_ISSUING.issue("CN=mp01", dns=[HOST]).sent,
    ),
    Case("SHA-512", sent=_leaf(hash="sha512")),
    Case(
        "SHA-224 is not named by the document",
        ["fail sha2-signature@0", "indeterminate chain-trusted"],
        sent=_leaf(hash="sha224"),
    ),
    Case(
        "Ed25519 has SHA-512 built in",
        ["indeterminate chain-trusted"],
        sent=builder.root("CN=Ed", key=keys.ed25519_key()).issue("CN=mp01", dns=[HOST]).sent,
        roots=(builder.root("CN=Ed", key=keys.ed25519_key()).der,),
    ),
    Case(
        "Ed448 has SHAKE256 built in",
        ["fail sha2-signature@0", "indeterminate chain-trusted"],
        sent=builder.root("CN=Ed", key=keys.ed448_key()).issue("CN=mp01", dns=[HOST]).sent,
        roots=(builder.root("CN=Ed", key=keys.ed448_key()).der,),
    ),
    Case(
        "the leaf signed with RSASSA-PSS",
        ["fail signature-not-pss@0"],
        sent=PSS_LEAF.sent,
        roots=(RSA_ROOT.der,),
    ),
    Case(
        "the intermediate signed with RSASSA-PSS",
        ["fail signature-not-pss@1"],
        sent=PSS_ISSUING.issue("CN=mp01", dns=[HOST]).sent,
        roots=(RSA_ROOT.der,),
    ),
    Case(
        "1024 bits are weak",
        ["fail key-length-weak@0"],
        sent=_leaf(public_key=rsa_spki(1024)),
    ),
    Case(
        "an intermediate of 1024 bits, which the verifier refuses",
        ["fail key-length-weak@1", "indeterminate chain-trusted"],
        sent=WEAK_ISSUING.issue("CN=mp01", dns=[HOST]).sent,
        roots=(RSA_ROOT.der,),
    ),
    Case("2048 bits", sent=_leaf(public_key=rsa_spki(2048))),
    Case("16384 bits", sent=_leaf(public_key=rsa_spki(16384))),
    Case(
        "the certificate is the one that is expected, by SHA-1",
        sent=LEAF.sent,
        thumbprint=hashlib.sha1(LEAF.der, usedforsecurity=False).hexdigest(),
    ),
    Case("the certificate is the one that is expected", sent=LEAF.sent, thumbprint=LEAF.sha256),
    Case(
        "another certificate than expected",
        ["fail expected-certificate@0"],
        sent=LEAF.sent,
        thumbprint="ab" * 20,
    ),
    Case(
        "the template by its OID, whatever the inventory calls it",
        sent=_V2_LEAF.sent,
        templates={"iis-site-system": (Template(oid=V2, name="ConfigMgr Web Server Certificate"),)},
    ),
    Case(
        "the template by its name",
        sent=LEAF.sent,
        templates={"iis-site-system": (Template(name="webserver"),)},
    ),
    Case(
        "another template",
        ["fail certificate-template@0"],
        sent=LEAF.sent,
        templates={"iis-site-system": (Template(oid=V2), Template(name="Machine"))},
    ),
    Case(
        "no template at all",
        ["fail certificate-template@0"],
        sent=_leaf(template=None),
        templates={"iis-site-system": (Template(name="WebServer"),)},
    ),
    Case(
        "a template for another profile",
        sent=_leaf(template=None),
        templates={"cmg": (Template(name="WebServer"),)},
    ),
)

CHAINS = (
    Case(
        "a foreign root",
        ["fail chain-trusted"],
        sent=LEAF.sent,
        roots=(FOREIGN.der,),
        intermediates=(ROOT.der,),
    ),
    Case(
        "a chain below an unknown root, which need not be sent",
        ["fail chain-trusted", "indeterminate chain-complete"],
        sent=LEAF.sent,
        roots=(FOREIGN.der,),
    ),
    Case(
        "no roots are known",
        ["indeterminate chain-complete", "indeterminate chain-trusted"],
        sent=LEAF.sent,
        roots=(),
    ),
    Case(
        "a signature that does not verify",
        ["fail chain-trusted"],
        sent=_leaf(corrupt_signature=True),
    ),
    Case(
        "an issuer that is no authority",
        ["fail chain-trusted"],
        sent=ROOT.authority("CN=mp02", ca=False).issue("CN=mp01", dns=[HOST]).sent,
    ),
    Case(
        "the intermediate is not sent, but configured",
        ["fail chain-complete"],
        sent=(LEAF.der,),
        intermediates=(ISSUING.der,),
    ),
    Case(
        "the intermediate is not sent, and nobody has it",
        ["fail chain-complete", "fail chain-trusted"],
        sent=(LEAF.der,),
    ),
    Case(
        "the second intermediate is not sent",
        ["fail chain-complete"],
        sent=(DEEP.issue("CN=mp01", dns=[HOST]).der, DEEP.der),
        intermediates=(ISSUING.der,),
    ),
    Case(
        "intermediates in the wrong order",
        ["fail chain-order"],
        sent=(DEEP.issue("CN=mp01", dns=[HOST]).der, ISSUING.der, DEEP.der),
    ),
    Case("two intermediates in order", sent=DEEP.issue("CN=mp01", dns=[HOST]).sent),
    Case("the root sent too", ["fail root-not-sent"], sent=(*LEAF.sent, ROOT.der)),
    Case(
        "the intermediate sent twice: still one finding each",
        ["fail chain-no-extras"],
        sent=(*LEAF.sent, ISSUING.der),
    ),
    Case(
        "a certificate that has nothing to do with it",
        ["fail chain-no-extras"],
        sent=(*LEAF.sent, FOREIGN.authority("CN=Foreign Issuing CA").der),
    ),
    Case(
        "self-signed",
        ["fail chain-trusted", "fail not-self-signed@0"],
        sent=(SELF_SIGNED.der,),
    ),
    Case(
        "self-signed, and configured as a root",
        ["fail not-self-signed@0"],
        sent=(SELF_SIGNED.der,),
        roots=(SELF_SIGNED.der,),
    ),
    Case(
        "Enhanced HTTP",
        ["fail chain-trusted", "fail enhanced-http-certificate@0"],
        sent=(ENHANCED.der,),
        templates={"iis-site-system": (Template(name="WebServer"),)},
    ),
)

NAMES = (
    Case(
        "a name that only a wildcard covers",
        ["fail wildcard-name@0"],
        sent=_leaf(dns=["*.corp.contoso.com"]),
    ),
    Case(
        "a wildcard stands for one label only",
        ["fail client-name-match@0", "fail name-intranet-fqdn@0", "fail wildcard-name@0"],
        sent=_leaf(dns=["*.contoso.com"]),
    ),
    Case(
        "the name in the common name alone: a client takes it when there is no DNS name",
        sent=ISSUING.issue(f"CN={HOST}").sent,
    ),
    Case(
        "the name in the common name beside a DNS name: the wording is met, clients refuse",
        ["fail client-name-match@0"],
        sent=ISSUING.issue(f"CN={HOST}", dns=["other.contoso.com"]).sent,
    ),
    Case(
        "the internet name in the common name beside a DNS name",
        ["fail client-name-match@0"],
        sent=ISSUING.issue(f"CN={PUBLIC}", dns=[HOST]).sent,
        names=BOTH,
    ),
    Case(
        "names joined by & in the subject: the wording is met, clients refuse",
        ["fail ampersand-joined-names@0", "fail client-name-match@0"],
        sent=ISSUING.issue(f"CN={HOST}&{PUBLIC}").sent,
        names=BOTH,
    ),
    Case(
        "names joined by & in the subject, and apart in the alternative name",
        ["fail ampersand-joined-names@0"],
        sent=ISSUING.issue(f"CN={HOST} & {PUBLIC}", dns=[HOST, PUBLIC]).sent,
        names=BOTH,
    ),
    Case("an & that joins words", sent=ISSUING.issue("CN=Research & Co", dns=[HOST]).sent),
    Case(
        "names fused in one alternative name",
        [
            "fail ampersand-joined-names@0",
            "fail client-name-match@0",
            "fail name-internet-fqdn@0",
            "fail name-intranet-fqdn@0",
        ],
        sent=_leaf(dns=[f"{HOST}&{PUBLIC}"]),
        names=BOTH,
    ),
    Case(
        "a name in other letters",
        sent=_leaf(dns=["xn--bcher-kva.contoso.com"]),
        names=Names(intranet_fqdn="bücher.contoso.com", accepts=Accepts.INTRANET),
        host="xn--bcher-kva.contoso.com",
    ),
    Case(
        "a common name of characters that take more than one byte",
        ["fail names-single-byte@0"],
        sent=ISSUING.issue("CN=管理点", dns=[HOST]).sent,
    ),
    Case(
        "a common name beyond ASCII, of one byte each",
        sent=ISSUING.issue("CN=Zürich", dns=[HOST]).sent,
    ),
    Case("an empty subject", sent=ISSUING.issue("", dns=[HOST]).sent),
    Case(
        "neither subject nor alternative name",
        ["fail client-name-match@0", "fail name-intranet-fqdn@0"],
        sent=ISSUING.issue("").sent,
    ),
    Case(
        "an address as host, in the alternative name",
        ["indeterminate name-internet-fqdn@0", "indeterminate name-intranet-fqdn@0"],
        sent=_leaf(dns=["192.0.2.1"]),
        host="192.0.2.1",
        names=Names(),
    ),
    Case(
        "an address as host, and only names",
        [
            "fail client-name-match@0",
            "indeterminate name-internet-fqdn@0",
            "indeterminate name-intranet-fqdn@0",
        ],
        sent=LEAF.sent,
        host="192.0.2.1",
        names=Names(),
    ),
    Case(
        "ten thousand names",
        ["fail client-name-match@0", "fail name-intranet-fqdn@0"],
        sent=_leaf(dns=[f"host{number}.contoso.com" for number in range(10_000)]),
    ),
)

REVOCATION = (
    Case("no HTTP source inside", ["fail revocation-source-http@0"], sent=_leaf(crl=[LDAP])),
    Case("HTTP after LDAP", sent=_leaf(crl=[LDAP, HTTP])),
    Case("an OCSP responder over HTTP", sent=_leaf(crl=[LDAP], ocsp=["http://ocsp.contoso.com"])),
    Case("no source at all", ["fail revocation-source-named@0"], sent=_leaf(crl=None)),
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
            *_indeterminate(_OF_LEAF),
            *_indeterminate(("certificate-decodable",)),
            *_indeterminate(_OF_SENT),
            *_indeterminate(_OF_VERSIONS),
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
            *_indeterminate(set(_OF_LEAF) - {"client-name-match"}),
        ],
        sent=(),
        file=CertificateFile(path="mp01.pfx", problem="wrong password"),
    ),
)

CASES = (*CERTIFICATES, *CHAINS, *NAMES, *REVOCATION, *VERSIONS, *ENDPOINTS, *FILES)
