import ipaddress
import time

import pytest
from cryptography import x509

from probe.lab import builder
from probe.lab.extensions import Extension
from probe.pki import certificate
from probe.pki.constraints import violation

ROOT = builder.root()


def domain(*names):
    return [x509.DNSName(name) for name in names]


def network(text):
    return [x509.IPAddress(ipaddress.ip_network(text))]


def directory(text):
    return [x509.DirectoryName(x509.Name.from_rfc4514_string(text))]


def judge(permitted, excluded, **leaf):
    constraints = x509.NameConstraints(permitted, excluded)
    authority = ROOT.authority("CN=I", name_constraints=constraints)
    issued = authority.issue(leaf.pop("subject", "CN=mp01,DC=contoso,DC=com"), **leaf)
    return violation(certificate.load(authority.der), [certificate.load(issued.der)])


@pytest.mark.parametrize(
    ("permitted", "excluded", "names"),
    [
        (domain("contoso.com"), None, ["contoso.com", "a.contoso.com", "a.b.CONTOSO.com"]),
        (domain("Contoso.com"), None, ["*.contoso.com"]),
        (domain(".contoso.com"), None, ["a.contoso.com"]),
        (domain("contoso.com", "fabrikam.com"), None, ["a.fabrikam.com"]),
        (domain("contoso.com"), None, []),
        (domain("contoso.com"), None, ["10.0.0.1"]),
        (domain(""), None, ["anything"]),
        (None, domain("fabrikam.com"), ["a.contoso.com", "notfabrikam.com"]),
        (network("10.0.0.0/8"), None, ["10.1.2.3"]),
        (None, network("10.0.0.0/8"), ["11.1.2.3", "fd00::1"]),
    ],
)
def test_kept(permitted, excluded, names):
    assert judge(permitted, excluded, dns=names) is None


@pytest.mark.parametrize(
    ("permitted", "excluded", "names", "reason"),
    [
        (
            domain("contoso.com"),
            None,
            ["a.fabrikam.com"],
            "does not permit the name a.fabrikam.com",
        ),
        (domain("contoso.com"), None, ["notcontoso.com"], "does not permit"),
        (domain(".contoso.com"), None, ["contoso.com"], "does not permit"),
        (
            domain("contoso.com"),
            domain("hr.contoso.com"),
            ["a.hr.contoso.com"],
            "excludes the name a.hr.contoso.com",
        ),
        (None, domain(""), ["a.contoso.com"], "excludes"),
        (network("10.0.0.0/8"), None, ["192.168.0.1"], "does not permit"),
        (network("10.0.0.0/8"), None, ["fd00::1"], "does not permit"),
        (None, network("fd00::/8"), ["fd00::1"], "excludes"),
    ],
)
def test_violated(permitted, excluded, names, reason):
    assert reason in judge(permitted, excluded, dns=names)


def test_directory_names():
    inside = directory("DC=contoso,DC=com")
    assert judge(inside, None) is None
    assert judge(inside, None, subject="") is None
    assert "does not permit" in judge(inside, None, subject="CN=mp01,DC=fabrikam,DC=com")
    assert "excludes" in judge(None, inside)


def test_self_issued_authorities_are_exempt():
    constraints = x509.NameConstraints(directory("DC=contoso,DC=com"), None)
    authority = ROOT.authority("CN=Outside", name_constraints=constraints)
    rolled = authority.authority("CN=Outside")
    leaf = rolled.issue("CN=mp01,DC=contoso,DC=com")
    below = [certificate.load(leaf.der), certificate.load(rolled.der)]
    assert violation(certificate.load(authority.der), below) is None
    assert (
        violation(certificate.load(authority.der), below[::-1])
        == "does not permit the name CN=Outside"
    )


@pytest.mark.parametrize("value", [b"", b"\x30\x09junk", b"\x05\x00"])
def test_constraints_that_cannot_be_decoded_are_told_as_problems(value):
    authority = ROOT.authority("CN=I", extra=[Extension("2.5.29.30", value, critical=True)])
    found = certificate.load(authority.der)
    assert found.problems
    assert violation(found, [certificate.load(authority.issue("CN=a").der)]) is None


def test_too_many_names_are_left_to_the_verifier():
    names = [f"host{number}.contoso.com" for number in range(3000)]
    started = time.process_time()
    assert judge(None, domain(*[f"x{number}.com" for number in range(300)]), dns=names) is None
    assert time.process_time() - started < 1
