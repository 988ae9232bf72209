"""Each certificate by itself: decodable, in time, signed and made as it should be."""

import hashlib
from datetime import UTC, datetime

from rules.material import (
    LEAF,
    OF_CHAIN,
    OF_LEAF,
    OF_SENT,
    RSA,
    RSA_ISSUING,
    RSA_ROOT,
    SOUND,
    days,
    indeterminate,
    leaf,
)
from support.judging import HOST, ISSUING, ROOT, Case, rsa_spki

from probe.lab import builder, der, keys
from probe.lab.builder import UNDECODABLE
from probe.lab.extensions import Extension, TemplateV2
from probe.model.target import Template

PSS_LEAF = RSA_ISSUING.issue("CN=mp01", dns=[HOST], pss=True)
PSS_ISSUING = RSA_ROOT.authority("CN=PSS Issuing CA", key=RSA, pss=True)
SHA1_ISSUING = ROOT.authority("CN=SHA-1 Issuing CA", hash="sha1")
WEAK_ISSUING = RSA_ROOT.authority("CN=Weak Issuing CA", key=keys.rsa_key(1024))
V2 = "1.3.6.1.4.1.311.21.8.1.2.3"
V2_LEAF = ISSUING.issue("CN=mp01", dns=[HOST], template=TemplateV2(V2))

CASES = (
    SOUND,
    Case(
        "octets that are no certificate instead of the leaf",
        [
            "fail certificate-decodable@0",
            *indeterminate(OF_LEAF, at="@0"),
            *indeterminate(OF_SENT),
        ],
        sent=(UNDECODABLE, ISSUING.der),
    ),
    Case(
        "octets that are no certificate instead of the intermediate",
        [
            "fail certificate-decodable@1",
            *indeterminate(OF_CHAIN, at="@1"),
            *indeterminate(("chain-complete", "chain-order", "chain-trusted")),
        ],
        sent=(LEAF.der, UNDECODABLE),
    ),
    Case(
        "an extended key usage that cannot be read",
        ["fail certificate-decodable@0", "indeterminate server-auth-eku@0"],
        sent=leaf(eku=None, extra=[Extension("2.5.29.37", b"\x30\x01\x05")]),
    ),
    Case(
        "revocation sources that cannot be read",
        [
            "fail certificate-decodable@0",
            "indeterminate revocation-source-http@0",
            "indeterminate revocation-source-named@0",
        ],
        sent=leaf(crl=None, extra=[Extension("2.5.29.31", b"\x30\x01\x05")]),
    ),
    Case(
        "a signature algorithm that nobody knows",
        ["indeterminate chain-trusted", "indeterminate sha2-signature@0"],
        sent=leaf(algorithm=der.sequence(der.oid("1.2.3.4"))),
    ),
    Case(
        "expired five days ago",
        ["fail not-expired@0"],
        sent=leaf(not_before=days(-700), not_after=days(-5)),
    ),
    Case("valid for one second more", sent=leaf(), as_of=datetime(2027, 12, 1, tzinfo=UTC)),
    Case(
        "expired one second ago",
        ["fail not-expired@0"],
        sent=leaf(),
        as_of=datetime(2028, 1, 1, 0, 0, 1, tzinfo=UTC),
    ),
    Case(
        "the last second of its validity",
        ["fail expires-imminently@0", "fail expires-soon@0"],
        sent=leaf(),
        as_of=datetime(2028, 1, 1, tzinfo=UTC),
    ),
    Case("valid from this second", sent=leaf(), as_of=datetime(2026, 1, 1, tzinfo=UTC)),
    Case(
        "not valid for another second",
        ["fail already-valid@0"],
        sent=leaf(),
        as_of=datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
    ),
    Case("31 days left", sent=leaf(not_after=days(31))),
    Case("29 days left", ["fail expires-soon@0"], sent=leaf(not_after=days(29))),
    Case(
        "6 days left",
        ["fail expires-imminently@0", "fail expires-soon@0"],
        sent=leaf(not_after=days(6)),
    ),
    Case(
        "an intermediate with 20 days left",
        ["fail expires-soon@1"],
        sent=ROOT.authority("CN=Old CA", not_after=days(20)).issue("CN=mp01", dns=[HOST]).sent,
    ),
    Case(
        "90 days of life, 31 left",
        sent=leaf(not_before=days(-59), not_after=days(31)),
    ),
    Case(
        "47 days of life, 17 left",
        sent=leaf(not_before=days(-30), not_after=days(17)),
    ),
    Case(
        "47 days of life, 15 left",
        ["fail expires-soon@0"],
        sent=leaf(not_before=days(-32), not_after=days(15)),
    ),
    Case(
        "47 days of life, 4 left",
        ["fail expires-imminently@0", "fail expires-soon@0"],
        sent=leaf(not_before=days(-43), not_after=days(4)),
    ),
    Case("valid until the year 9999", sent=leaf(not_after=datetime(9999, 12, 31, tzinfo=UTC))),
    Case(
        "the leaf signed with SHA-1",
        ["fail sha2-signature@0", "indeterminate chain-trusted"],
        sent=leaf(hash="sha1"),
    ),
    Case(
        "the intermediate signed with SHA-1: the verifier will not judge it, the links verify",
        ["fail sha2-signature@1", "indeterminate chain-trusted"],
        sent=SHA1_ISSUING.issue("CN=mp01", dns=[HOST]).sent,
    ),
    Case("SHA-512", sent=leaf(hash="sha512")),
    Case(
        "SHA-224 is not named by the document",
        ["fail sha2-signature@0", "indeterminate chain-trusted"],
        sent=leaf(hash="sha224"),
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
        sent=leaf(public_key=rsa_spki(1024)),
    ),
    Case(
        "an intermediate of 1024 bits, which the verifier refuses",
        ["fail key-length-weak@1", "indeterminate chain-trusted"],
        sent=WEAK_ISSUING.issue("CN=mp01", dns=[HOST]).sent,
        roots=(RSA_ROOT.der,),
    ),
    Case("2048 bits", sent=leaf(public_key=rsa_spki(2048))),
    Case("16384 bits", sent=leaf(public_key=rsa_spki(16384))),
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
        sent=V2_LEAF.sent,
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
        "a template, where the inventory names none",
        ["indeterminate certificate-template@0"],
        sent=V2_LEAF.sent,
        templates={},
    ),
    Case(
        "a template, where the inventory names one for another profile",
        ["indeterminate certificate-template@0"],
        sent=V2_LEAF.sent,
        templates={"cmg": (Template(oid=V2),)},
    ),
    Case("no template, and the inventory names none", sent=leaf(template=None)),
    Case(
        "no template at all",
        ["fail certificate-template@0"],
        sent=leaf(template=None),
        templates={"iis-site-system": (Template(name="WebServer"),)},
    ),
    Case(
        "a template that has an OID, where one with a name is meant",
        ["fail certificate-template@0"],
        sent=V2_LEAF.sent,
        templates={"iis-site-system": (Template(name="WebServer"),)},
    ),
    Case(
        "a template for another profile",
        sent=leaf(template=None),
        templates={"cmg": (Template(name="WebServer"),)},
    ),
)
