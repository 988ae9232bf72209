"""Chains that are sound but for one deviation, and all that is to be said of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from probe.lab import builder, keys
from probe.lab.builder import Issued


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


def undecided(name: str, leaf: Issued, **expected: object) -> Case:
    """Make a case that the verifier alone refuses, or does not support; openssl accepts it."""
    return sound(name, leaf, **({"trust": "undecided", "openssl": True} | expected))


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
        openssl=False,
    )
    yield sound(
        "no root configured, root sent",
        sent=[*LEAF.sent, ROOT.der],
        roots=[],
        path="mp01 Issuing Root",
        end="untrusted_root",
        roots_sent=(2,),
        trust="undecided",
        openssl=False,
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


CASES = [*sent_and_missing(), *roots()]
