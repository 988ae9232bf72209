"""Chains on which readers of the same standard differ: what is rare, odd, or judged by few."""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Unpack

from cryptography import x509
from support.chain_cases import ISSUING, ROOT, Case, broken, sound, undecided

from probe.lab import builder, der, keys
from probe.lab.deviations import Deviations
from probe.lab.extensions import Extension, standard

_NO_NAMES = b"\x30\x03\x82\x01\xff"


def _permitted(*names: x509.GeneralName) -> builder.Issued:
    return ROOT.authority("CN=Issuing", name_constraints=x509.NameConstraints(names, None))


def _excluded(*names: x509.GeneralName) -> builder.Issued:
    return ROOT.authority("CN=Issuing", name_constraints=x509.NameConstraints(None, names))


def constraints() -> Iterator[Case]:
    """Constrain names of each kind."""
    ten = x509.IPAddress(ipaddress.ip_network("10.0.0.0/8"))
    contoso = x509.DirectoryName(x509.Name.from_rfc4514_string("O=Contoso"))
    domain, mail = x509.DNSName("contoso.com"), x509.RFC822Name("contoso.com")
    uri = x509.UniformResourceIdentifier(".contoso.com")
    elsewhere = [x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
    page = [x509.UniformResourceIdentifier("https://a.fabrikam.com/")]
    person = [x509.RFC822Name("a@fabrikam.com")]
    outside = (("name_constraints", 1),)
    secret = _excluded(x509.DNSName("secret.contoso.com"))
    other = _excluded(x509.DNSName("fabrikam.com"))
    yield sound("address permitted", _permitted(ten).issue("CN=mp01", dns=["10.1.2.3"]))
    yield broken(
        "address not permitted", _permitted(ten).issue("CN=mp01", san=elsewhere), faults=outside
    )
    yield sound("address, names constrained", _permitted(domain).issue("CN=mp01", san=elsewhere))
    yield broken("name excluded", other.issue("CN=mp01", dns=["a.fabrikam.com"]), faults=outside)
    yield undecided(
        "wildcard over an excluded name", secret.issue("CN=mp01", dns=["*.contoso.com"])
    )
    yield undecided("subject permitted", _permitted(contoso).issue("CN=mp01,O=Contoso"))
    yield undecided(
        "subject permitted in other letters", _permitted(contoso).issue("CN=mp01,O=CONTOSO")
    )
    yield broken(
        "subject not permitted", _permitted(contoso).issue("CN=mp01,O=Fabrikam"), faults=outside
    )
    yield sound("mail constrained, no mail name", _permitted(mail).issue("CN=mp01", dns=["a.b"]))
    yield undecided(
        "mail name not permitted", _permitted(mail).issue("CN=mp01", san=person), openssl=False
    )
    yield undecided("URI not permitted", _permitted(uri).issue("CN=mp01", san=page), openssl=False)


def forms() -> Iterator[Case]:
    """Write leaves in ways that some refuse."""
    early = der.tlv(0x18, b"20300101000000Z")
    again = standard(x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.1")]))
    yield undecided("negative serial number", ISSUING.issue("CN=mp01", serial=-5))
    yield sound("serial number zero", ISSUING.issue("CN=mp01", serial=0))
    yield undecided("serial number of 25 octets", ISSUING.issue("CN=mp01", serial=1 << 199))
    yield undecided("GeneralizedTime before 2050", ISSUING.issue("CN=mp01", not_after=early))
    yield undecided("version 1 leaf", ISSUING.issue("CN=mp01", version=1))
    yield undecided("an extension twice", ISSUING.issue("CN=mp01", extra=[again]), openssl=False)
    yield undecided("names that cannot be decoded", ISSUING.issue("CN=mp01", san=_NO_NAMES))
    yield sound(
        "no subject", ISSUING.issue("", dns=["mp01.contoso.com"]), path="None Issuing Root*"
    )
    yield sound("a leaf that is an authority", ISSUING.issue("CN=mp01", ca=True))
    yield sound("the issuer's own name", ISSUING.issue("CN=Issuing"), path="Issuing Issuing Root*")


def authorities() -> Iterator[Case]:
    """Vary what an intermediate says of itself."""
    limits = standard(x509.BasicConstraints(ca=True, path_length=None))
    policies = standard(x509.PolicyConstraints(0, None), critical=True)
    no_wildcard = standard(x509.InhibitAnyPolicy(0), critical=True)
    client = ["1.3.6.1.5.5.7.3.2"]
    yield sound("basicConstraints not critical", _under(ROOT, ca=None, extra=[limits]))
    yield sound("no key usage in the intermediate", _under(ROOT, key_usage=None))
    yield sound("client purposes in the intermediate", _under(ROOT, eku=client))
    yield undecided("policies required", _under(ROOT, extra=[policies]))
    yield undecided("any policy inhibited", _under(ROOT, extra=[no_wildcard]))


def anchors() -> Iterator[Case]:
    """Vary what a root says of itself."""
    critical = Extension("1.2.3.4", der.null(), critical=True)
    crl_only = builder.root("CN=Root", key_usage=["crl_sign"])
    bounded = builder.root("CN=Root", path_length=1)
    second = builder.root("CN=Root", key=keys.ec_key(index=7))
    past = datetime(2026, 2, 1, tzinfo=UTC)
    four = "mp01 Issuing Root Root*"
    yield undecided("root without basicConstraints", _under(builder.root("CN=Root", ca=None)))
    yield sound("root without key usage", _under(builder.root("CN=Root", key_usage=None)))
    yield broken("key usage of the root", _under(crl_only), faults=(("key_cert_sign", None),))
    yield broken(
        "critical extension of the root",
        _under(builder.root("CN=Root", extra=[critical])),
        faults=(("critical_extension", None),),
    )
    yield sound(
        "root with a corrupt signature", _under(builder.root("CN=Root", corrupt_signature=True))
    )
    # Validity is the business of other rules.
    yield sound("expired root", _under(builder.root("CN=Root", not_after=past)), openssl=False)
    yield sound("P-521 root", _under(builder.root("CN=Root", key=keys.ec_key("secp521r1"))))
    yield sound("self-issued intermediate", _under(ROOT.reissue(second)), path=four)
    yield undecided("self-issued and path length", _under(bounded.reissue(second)), path=four)


def _under(root: builder.Issued, **deviations: Unpack[Deviations]) -> builder.Issued:
    return root.authority("CN=Issuing", **deviations).issue("CN=mp01")


CASES = [*constraints(), *forms(), *authorities(), *anchors()]
