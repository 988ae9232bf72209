from ipaddress import ip_address

import pytest
from cryptography import x509
from support.chains import leaf

from probe.pki import certificate as certificates
from probe.render.metrics.established.describe import identity, spelled
from probe.render.metrics.established.describe import leaf as described


def load(**fields):
    return certificates.load(leaf(**fields)[0])


def test_ssl_exporter_lists_between_commas_and_counts_in_decimal():
    one = load(
        subject="CN=dp01.contoso.com,OU=Clients,OU=Site P01,O=Contoso",
        serial=0x6200,
        san=[
            x509.DNSName("dp01.contoso.com"),
            x509.DNSName("dp01"),
            x509.IPAddress(ip_address("10.1.2.3")),
            x509.RFC822Name("pki@contoso.com"),
        ],
    )
    assert identity(one) == (
        "25088",
        "Contoso Issuing CA 1",
        "dp01.contoso.com",
        ",dp01.contoso.com,dp01,",
        ",10.1.2.3,",
        ",pki@contoso.com,",
        ",Site P01,Clients,",
    )


def test_what_is_not_there_is_empty():
    assert identity(load(san=[x509.DNSName("a")], serial=1)) == (
        "1",
        "Contoso Issuing CA 1",
        "",
        ",a,",
        "",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("subject", "units"),
    [
        (r"CN=x,OU=a\,b", ",a,b,"),
        ("CN=x+OU=a", ",a,"),
        (r"CN=OU\=no", ""),
        ("O=OU,CN=x", ""),
    ],
)
def test_units_are_read_out_of_the_subject(subject, units):
    assert identity(load(subject=subject, san=[x509.DNSName("a")]))[-1] == units


def test_blackbox_exporter_has_whole_octets_in_hex():
    one = load(subject="CN=dp01,O=Contoso", san=[x509.DNSName("a"), x509.DNSName("b")], serial=0x5)
    assert described(one) == (
        one.sha256,
        "CN=dp01,O=Contoso",
        "CN=Contoso Issuing CA 1,DC=contoso,DC=com",
        "a,b",
        "05",
    )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("TLSv1", "TLS 1.0"),
        ("TLSv1.1", "TLS 1.1"),
        ("TLSv1.2", "TLS 1.2"),
        ("TLSv1.3", "TLS 1.3"),
        ("SSLv3", "unknown"),
    ],
)
def test_versions_are_spelled_as_go_does(ours, theirs):
    assert spelled(ours) == theirs
