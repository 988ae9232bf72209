"""Chains with several paths, with one fault of validation each, with uncommon algorithms."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography import x509
from support.chain_cases import (
    ISSUING,
    LEAF,
    OTHER,
    ROOT,
    RSA,
    RSA_ISSUING,
    RSA_ROOT,
    Case,
    broken,
    missing,
    refused,
    sound,
)

from probe.lab import builder, der, keys
from probe.lab.extensions import Extension


def crosses() -> Iterator[Case]:
    """Offer several paths."""
    cross = OTHER.reissue(ROOT).der
    first = builder.root("CN=A")
    second = first.authority("CN=B")
    circle = second.reissue(first).issue("CN=mp01")
    renewed = ROOT.authority(
        "CN=Issuing", key=ISSUING.key, not_after=datetime(2036, 1, 1, tzinfo=UTC)
    )
    no_authority = ROOT.authority("CN=Issuing", key=ISSUING.key, ca=False)
    short = ROOT.authority(
        "CN=Issuing",
        key=ISSUING.key,
        not_after=datetime(2038, 1, 1, tzinfo=UTC),
        key_usage=["crl_sign"],
    )
    yield sound("cross-certificate not needed", sent=[*LEAF.sent, cross])
    yield sound(
        "cross-certificate needed",
        sent=[*LEAF.sent, cross],
        roots=[OTHER.der],
        path="mp01 Issuing Root Other*",
    )
    # openssl does not go back once it has taken the wrong issuer.
    yield sound(
        "root and cross-certificate sent",
        openssl=False,
        sent=[*LEAF.sent, ROOT.der, cross],
        roots=[OTHER.der],
        path="mp01 Issuing Root Other*",
        roots_sent=(2,),
    )
    yield sound(
        "renewed intermediate beside the old one", sent=[LEAF.der, renewed.der, ISSUING.der]
    )
    yield sound(
        "one of two is no authority", sent=[LEAF.der, no_authority.der, ISSUING.der], openssl=False
    )
    yield sound("one of two may not sign", sent=[LEAF.der, short.der, ISSUING.der], openssl=False)
    yield broken("circle", circle, sent=circle.sent, roots=[ROOT.der], path="mp01 A B", end="loop")


def faults() -> Iterator[Case]:
    """Break one rule of path validation each."""
    critical = Extension("1.2.3.4", der.null(), critical=True)
    domain = x509.NameConstraints([x509.DNSName("contoso.com")], None)
    constrained = ROOT.authority("CN=Issuing", name_constraints=domain)
    policy = ROOT.authority("CN=Policy", path_length=0).authority("CN=Issuing")
    lengths = ROOT.authority("CN=Policy", path_length=1).authority("CN=Issuing", path_length=0)
    nameless = ROOT.authority("CN=Issuing", subject_key_id=None)
    yield broken(
        "signature of the leaf",
        ISSUING.issue("CN=mp01", corrupt_signature=True),
        faults=(("signature", 0),),
        detail="its signature is not by the key of Issuing",
    )
    yield broken(
        "signature of the intermediate",
        ROOT.authority("CN=Issuing", corrupt_signature=True).issue("CN=mp01"),
        faults=(("signature", 1),),
    )
    yield missing(
        "another key of that name",
        issuer="Issuing",
        sent=[LEAF.der, ROOT.authority("CN=Issuing").der],
        path="mp01",
        strangers=(1,),
    )
    yield sound("no key identifiers", nameless.issue("CN=mp01", authority_key_id=None))
    # openssl takes an issuer with another identifier for another issuer.
    yield sound(
        "key identifier",
        ISSUING.issue("CN=mp01", authority_key_id=b"another"),
        faults=(("key_identifier", 0),),
        openssl=False,
    )
    # For some versions of openssl the key usage is enough.
    yield broken(
        "no basicConstraints",
        ROOT.authority("CN=Issuing", ca=None).issue("CN=mp01"),
        faults=(("not_ca", 1),),
        openssl=None,
    )
    yield broken(
        "basicConstraints say no",
        ROOT.authority("CN=Issuing", ca=False).issue("CN=mp01"),
        faults=(("not_ca", 1),),
    )
    yield broken(
        "basicConstraints of the root say no",
        builder.root("CN=Root", ca=False).authority("CN=Issuing").issue("CN=mp01"),
        faults=(("not_ca", None),),
    )
    yield broken(
        "issued by a leaf",
        LEAF.issue("CN=mp02"),
        path="mp02 mp01 Issuing Root*",
        faults=(("not_ca", 1), ("key_cert_sign", 1)),
    )
    yield broken(
        "key usage",
        ROOT.authority("CN=Issuing", key_usage=["crl_sign"]).issue("CN=mp01"),
        faults=(("key_cert_sign", 1),),
    )
    yield broken(
        "path length of the root",
        builder.root("CN=Root", path_length=0).authority("CN=Issuing").issue("CN=mp01"),
        faults=(("path_length", None),),
    )
    yield broken(
        "path length",
        policy.issue("CN=mp01"),
        path="mp01 Issuing Policy Root*",
        faults=(("path_length", 2),),
    )
    yield sound("path length kept", lengths.issue("CN=mp01"), path="mp01 Issuing Policy Root*")
    yield broken(
        "name constraints",
        constrained.issue("CN=mp01", dns=["mp01.contoso.com", "mp01.fabrikam.com"]),
        faults=(("name_constraints", 1),),
        detail="Issuing does not permit the name mp01.fabrikam.com",
    )
    yield sound("name constraints kept", constrained.issue("CN=mp01", dns=["mp01.contoso.com"]))
    yield broken(
        "critical extension of the leaf",
        ISSUING.issue("CN=mp01", extra=[critical]),
        faults=(("critical_extension", 0),),
    )
    yield broken(
        "critical extension",
        ROOT.authority("CN=Issuing", extra=[critical]).issue("CN=mp01"),
        faults=(("critical_extension", 1),),
    )


def algorithms() -> Iterator[Case]:
    """Sign with what the verifier's policy refuses, and with what it does not."""
    pss = builder.root("CN=Root", key=RSA, pss=True).authority("CN=Issuing", key=RSA, pss=True)
    unknown = ISSUING.issue("CN=mp01", algorithm=der.sequence(der.oid("1.2.3.4")))
    sha1 = RSA_ISSUING.issue("CN=mp01", hash="sha1")
    yield refused("SHA-1 leaf", sha1, "mp01 is signed with sha1WithRSAEncryption")
    yield refused(
        "SHA-1 intermediate",
        RSA_ROOT.authority("CN=Issuing", hash="sha1").issue("CN=mp01"),
        "Issuing is signed with sha1WithRSAEncryption",
    )
    yield refused(
        "MD5 intermediate",
        RSA_ROOT.authority("CN=Issuing", hash="md5").issue("CN=mp01"),
        "Issuing is signed with md5WithRSAEncryption",
    )
    yield sound(
        "SHA-1 root",
        builder.root("CN=Root", key=RSA, hash="sha1").authority("CN=Issuing").issue("CN=mp01"),
    )
    yield broken(
        "SHA-1, forged",
        RSA_ISSUING.issue("CN=mp01", hash="sha1", corrupt_signature=True),
        faults=(("signature", 0),),
    )
    yield missing("SHA-1, no root", sha1, issuer="Root", roots=[OTHER.der], path="mp01 Issuing")
    yield refused(
        "1024-bit authority",
        ROOT.authority("CN=Issuing", key=keys.rsa_key(1024)).issue("CN=mp01"),
        "Issuing has a key of rsa 1024",
    )
    yield sound("1024-bit leaf", ISSUING.issue("CN=mp01", key=keys.rsa_key(1024)))
    yield refused(
        "Ed25519 authority",
        ROOT.authority("CN=Issuing", key=keys.ed25519_key()).issue("CN=mp01"),
        "mp01 is signed with Ed25519",
    )
    yield refused(
        "version 1 root",
        builder.root("CN=Root", version=1).authority("CN=Issuing").issue("CN=mp01"),
        "Root is a version 1 certificate",
    )
    yield sound("PSS", pss.issue("CN=mp01", pss=True))
    yield refused("unknown algorithm", unknown, "mp01 is signed with 1.2.3.4", openssl=False)


CASES = [*crosses(), *faults(), *algorithms()]
