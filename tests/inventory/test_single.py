"""`check HOST[:PORT]`: the name that was typed is the one in question."""

import pytest

from probe.inventory import check_target
from probe.model.target import Accepts, Names, Transport

INTRANET, INTERNET, BOTH = Accepts.INTRANET, Accepts.INTERNET, Accepts.BOTH


@pytest.mark.parametrize(
    ("host", "roles", "given", "expected"),
    [
        ("mp01.contoso.com", ["tls"], Names(), Names()),
        (
            "mp01.contoso.com",
            ["management-point"],
            Names(),
            Names(intranet_fqdn="mp01.contoso.com", accepts=INTRANET),
        ),
        (
            "MP01.contoso.com.",
            ["management-point"],
            Names(),
            Names(intranet_fqdn="MP01.contoso.com", accepts=INTRANET),
        ),
        (
            "mp.contoso.com",
            ["management-point"],
            Names(accepts=INTERNET),
            Names(internet_fqdn="mp.contoso.com", accepts=INTERNET),
        ),
        (
            "mp01.contoso.com",
            ["management-point"],
            Names(internet_fqdn="mp.contoso.com"),
            Names(intranet_fqdn="mp01.contoso.com", internet_fqdn="mp.contoso.com", accepts=BOTH),
        ),
        (
            "mp.contoso.com",
            ["management-point"],
            Names(internet_fqdn="MP.contoso.com"),
            Names(internet_fqdn="MP.contoso.com", accepts=INTERNET),
        ),
        (
            "mp01",
            ["management-point"],
            Names(computer_name="MP01"),
            Names(computer_name="MP01", accepts=INTRANET),
        ),
        (
            "alias.contoso.com",
            ["management-point"],
            Names(intranet_fqdn="mp01.contoso.com"),
            Names(intranet_fqdn="mp01.contoso.com", accepts=INTRANET),
        ),
        (
            "cmg.contoso.com",
            ["cloud-management-gateway"],
            Names(),
            Names(service_name="cmg.contoso.com", accepts=INTERNET),
        ),
        (
            "graniteFalls.westus.cloudapp.azure.com",
            ["cloud-management-gateway"],
            Names(service_name="cmg.contoso.com"),
            Names(service_name="cmg.contoso.com", accepts=INTERNET),
        ),
        (
            "fci.contoso.com",
            ["sql-failover-cluster"],
            Names(),
            Names(cluster_fqdn="fci.contoso.com", accepts=INTRANET),
        ),
        (
            "ibcm.contoso.com",
            ["ibcm-proxy"],
            Names(),
            Names(internet_fqdn="ibcm.contoso.com", accepts=INTERNET),
        ),
        ("127.0.0.1", ["management-point"], Names(), Names(accepts=INTRANET)),
        (
            "::1",
            ["management-point"],
            Names(intranet_fqdn="mp01.contoso.com"),
            Names(intranet_fqdn="mp01.contoso.com", accepts=INTRANET),
        ),
        (
            "mp01.contoso.com",
            ["tls"],
            Names(intranet_fqdn="mp01.contoso.com"),
            Names(intranet_fqdn="mp01.contoso.com", accepts=INTRANET),
        ),
    ],
)
def test_the_typed_name_has_the_place_that_its_role_gives_it(host, roles, given, expected):
    assert check_target(host, 443, roles, names=given).names == expected


@pytest.mark.parametrize(
    ("host", "port", "roles", "expected"),
    [
        ("MP01.contoso.com", None, ["tls"], "mp01.contoso.com:443"),
        ("sup.contoso.com", None, ["software-update-point"], "sup.contoso.com:8531"),
        ("sql.contoso.com", None, ["sql-server"], "sql.contoso.com:1433"),
        ("sql.contoso.com", 50000, ["sql-server"], "sql.contoso.com:50000"),
        ("::1", 8443, ["tls"], "[::1]:8443"),
        ("0:0:0::1", None, ["tls"], "[::1]:443"),
        ("bücher.contoso.com", None, ["tls"], "xn--bcher-kva.contoso.com:443"),
    ],
)
def test_the_id_is_host_and_port(host, port, roles, expected):
    assert check_target(host, port, roles).id == expected


def test_roles_share_their_endpoint():
    target = check_target(
        "mp01.contoso.com", None, ["management-point", "distribution-point", "management-point"]
    )
    assert target.roles == ("management-point", "distribution-point")
    assert target.profiles == ("any", "iis-site-system")


@pytest.mark.parametrize(
    ("roles", "chosen", "expected"),
    [
        (["tls"], None, Transport.TLS),
        (["tls"], Transport.TDS, Transport.TDS),
        (["sql-server"], None, Transport.AUTO),
        (["sql-server"], Transport.TDS_STRICT, Transport.TDS_STRICT),
    ],
)
def test_the_transport_follows_the_role_unless_chosen(roles, chosen, expected):
    assert (
        check_target("p01.contoso.com", 443, roles, transport_chosen=chosen).transport is expected
    )


@pytest.mark.parametrize(
    ("host", "roles", "options", "message"),
    [
        ("mp01", ["mp"], {}, 'unknown role "mp" (did you mean "management-point"?)'),
        ("https://mp01", ["tls"], {}, "is a URL or path: give the host name alone"),
        (
            "mp01",
            ["management-point", "sql-server"],
            {},
            "has no port, and its roles differ in theirs",
        ),
        ("mp01", ["tls"], {"address": "mp02"}, "is not an IP address"),
        ("mp01", ["tls"], {"expected_thumbprint": "00"}, "is not a thumbprint"),
    ],
)
def test_what_cannot_be_checked_is_refused(host, roles, options, message):
    with pytest.raises(ValueError) as caught:
        check_target(host, None, roles, **options)
    assert message in str(caught.value)
