"""Chains that are sound but for one deviation, and all that is to be said of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography import x509

from probe.lab import builder, der, keys
from probe.lab.builder import Issued
from probe.lab.extensions import Extension


@dataclass(frozen=True)
class Case:
    """What is sent and configured, and the explanation expected.

    ``path`` names the common names on the path, with a star for one that was not sent.
    ``faults`` are kinds and positions. ``openssl`` is what `openssl verify` says, None where it
    judges by other rules.
    """

    name: str
    sent: Sequence[bytes]
    roots: Sequence[bytes]
    intermediates: Sequence[bytes] = ()
    path: str = "mp01 Issuing Root*"
    end: str = "trusted_root"
    trust: str = "trusted"
    missing: str | None = None
    ordered: bool = True
    duplicates: tuple[int, ...] = ()
    strangers: tuple[int, ...] = ()
    roots_sent: tuple[int, ...] = ()
    faults: tuple[tuple[str, int | None], ...] = ()
    detail: str = ""
    openssl: bool | None = None


ROOT = builder.root("CN=Root")
ISSUING = ROOT.authority("CN=Issuing")
LEAF = ISSUING.issue("CN=mp01", dns=["mp01.contoso.com"])
DEEP = ROOT.authority("CN=Policy").authority("CN=Issuing").issue("CN=mp01")
OTHER = builder.root("CN=Other")
RSA = keys.rsa_key()
RSA_ROOT = builder.root("CN=Root", key=RSA)
RSA_ISSUING = RSA_ROOT.authority("CN=Issuing", key=RSA)


def sound(name: str, leaf: Issued = LEAF, **expected: object) -> Case:
    """Send a leaf's own chain, with its own root configured; openssl agrees on trust."""
    case = replace(Case(name, leaf.sent, leaf.issuers[-1:]), **expected)  # type: ignore[arg-type]
    if "openssl" in expected:
        return case
    return replace(case, openssl=case.trust == "trusted")


def broken(name: str, leaf: Issued = LEAF, **expected: object) -> Case:
    """Make a case that is not trusted."""
    return sound(name, leaf, trust="untrusted", **expected)


def missing(name: str, leaf: Issued = LEAF, *, issuer: str, **expected: object) -> Case:
    """Make a case where nobody provides an issuer."""
    end = {"end": "missing_issuer", "missing": f"CN={issuer}", "trust": "untrusted"}
    return sound(name, leaf, **(end | expected))


def refused(name: str, leaf: Issued, detail: str, **expected: object) -> Case:
    """Make a case that the verifier's policy refuses, whereas openssl judges it."""
    return sound(
        name, leaf, **({"trust": "undecided", "detail": detail, "openssl": True} | expected)
    )


def sent_and_missing() -> Iterator[Case]:
    """Vary which members of a sound chain are sent, and in which order."""
    yield sound("sound")
    yield sound("sound, RSA", RSA_ISSUING.issue("CN=mp01", key=RSA))
    yield sound("three deep", DEEP, path="mp01 Issuing Policy Root*")
    yield sound("issued by the root", ROOT.issue("CN=mp01"), path="mp01 Root*")
    yield sound("root sent", sent=[*LEAF.sent, ROOT.der], path="mp01 Issuing Root", roots_sent=(2,))
    yield missing("no intermediate", issuer="Issuing", sent=[LEAF.der], path="mp01")
    yield missing("gap", DEEP, issuer="Policy", sent=DEEP.sent[:2], path="mp01 Issuing")
    yield sound(
        "configured intermediate",
        sent=[LEAF.der],
        intermediates=[ISSUING.der],
        path="mp01 Issuing* Root*",
    )
    yield missing(
        "root in place of the intermediate",
        issuer="Issuing",
        sent=[LEAF.der, ROOT.der],
        path="mp01",
        roots_sent=(1,),
        strangers=(1,),
    )
    yield sound(
        "configured intermediate, root sent",
        sent=[LEAF.der, ROOT.der],
        intermediates=[ISSUING.der],
        path="mp01 Issuing* Root",
        roots_sent=(1,),
    )
    yield sound(
        "misordered",
        DEEP,
        sent=[DEEP.der, DEEP.issuers[1], DEEP.issuers[0]],
        path="mp01 Issuing Policy Root*",
        ordered=False,
    )
    yield sound(
        "root in the middle",
        sent=[LEAF.der, ROOT.der, ISSUING.der],
        path="mp01 Issuing Root",
        ordered=False,
        roots_sent=(1,),
    )
    yield sound(
        "leaf at the end", sent=[ISSUING.der, LEAF.der], path="Issuing Root*", ordered=False
    )
    yield sound("twice", sent=[LEAF.der, ISSUING.der, ISSUING.der, LEAF.der], duplicates=(2, 3))
    yield sound("stranger", sent=[*LEAF.sent, OTHER.authority("CN=X").der], strangers=(2,))
    yield sound(
        "stranger in the middle",
        sent=[LEAF.der, OTHER.issue("CN=X").der, ISSUING.der],
        strangers=(1,),
    )
    yield sound(
        "another leaf of the issuer",
        sent=[*LEAF.sent, ISSUING.issue("CN=mp02").der],
        strangers=(2,),
    )
    yield sound("undecodable member", sent=[LEAF.der, builder.UNDECODABLE, ISSUING.der])
    yield sound(
        "undecodable leaf",
        sent=[builder.UNDECODABLE, ISSUING.der],
        path="",
        end="no_certificate",
        trust="undecided",
        detail="the first certificate cannot be decoded",
        openssl=None,
    )
    yield sound(
        "nothing",
        sent=[],
        path="",
        end="no_certificate",
        trust="undecided",
        detail="no certificate",
        openssl=None,
    )


def roots() -> Iterator[Case]:
    """Vary what is configured, and what the path ends in."""
    lone = builder.self_signed("CN=mp01")
    old = builder.self_signed("CN=mp01", version=1)
    yield missing("another root configured", issuer="Root", roots=[OTHER.der], path="mp01 Issuing")
    yield broken(
        "untrusted root sent",
        sent=[*LEAF.sent, ROOT.der],
        roots=[OTHER.der],
        path="mp01 Issuing Root",
        end="untrusted_root",
        roots_sent=(2,),
    )
    yield missing(
        "root of that name with another key",
        issuer="Root",
        roots=[builder.root("CN=Root").der],
        path="mp01 Issuing",
    )
    yield missing(
        "no root configured",
        issuer="Root",
        roots=[],
        path="mp01 Issuing",
        trust="undecided",
        detail="no root is configured",
        openssl=None,
    )
    yield sound(
        "no root configured, root sent",
        sent=[*LEAF.sent, ROOT.der],
        roots=[],
        path="mp01 Issuing Root",
        end="untrusted_root",
        roots_sent=(2,),
        trust="undecided",
        openssl=None,
    )
    yield broken(
        "self-signed", sent=[lone.der], roots=[ROOT.der], path="mp01", end="self_signed_leaf"
    )
    yield broken(
        "self-signed, version 1",
        sent=[old.der],
        roots=[ROOT.der],
        path="mp01",
        end="self_signed_leaf",
    )
    yield sound("self-signed, configured", sent=[lone.der], roots=[lone.der], path="mp01")
    # openssl verifies up to a self-signed certificate unless told otherwise.
    yield sound(
        "intermediate configured as root", roots=[ISSUING.der], path="mp01 Issuing", openssl=False
    )
    yield sound("renewed root, same key", roots=[builder.root("CN=Root", key=ROOT.key).der])
    # Validity is the business of other rules.
    yield sound(
        "expired",
        ROOT.authority("CN=Issuing", not_after=datetime(2026, 2, 1, tzinfo=UTC)).issue("CN=mp01"),
        openssl=False,
    )
    yield refused(
        "never valid together",
        ROOT.authority("CN=Issuing", not_after=datetime(2025, 2, 1, tzinfo=UTC)).issue("CN=mp01"),
        "its certificates are never valid at the same time",
        openssl=False,
    )


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
        openssl=None,
        sent=[*LEAF.sent, ROOT.der, cross],
        roots=[OTHER.der],
        path="mp01 Issuing Root Other*",
        roots_sent=(2,),
    )
    yield sound(
        "renewed intermediate beside the old one", sent=[LEAF.der, renewed.der, ISSUING.der]
    )
    yield sound(
        "one of two is no authority", sent=[LEAF.der, no_authority.der, ISSUING.der], openssl=None
    )
    yield sound("one of two may not sign", sent=[LEAF.der, short.der, ISSUING.der], openssl=None)
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
    # For openssl the key usage is enough.
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


CASES = [*sent_and_missing(), *roots(), *crosses(), *faults(), *algorithms()]
