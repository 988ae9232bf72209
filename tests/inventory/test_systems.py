"""From [[system]] to Targets: hosts, ports, transports, roles, profiles, names."""

from pathlib import Path

import pytest

from probe.inventory import load
from probe.model.target import Accepts, Names, Target, Template, Transport


@pytest.fixture
def targets(tmp_path):
    def read(text: str) -> dict[str, Target]:
        path = tmp_path / "inventory.toml"
        path.write_text(text, encoding="utf-8")
        return {target.id: target for target in load([path]).targets}

    return read


def system(fields: str, roles: str = '"management-point"') -> str:
    return f"[[system]]\nroles = [{roles}]\n{fields}\n"


BOTH = 'fqdn = "mp01.corp.contoso.com"\ninternet_fqdn = "mp.contoso.com"\n'


@pytest.mark.parametrize(
    ("fields", "roles", "ids"),
    [
        ('fqdn = "MP01.corp.contoso.com"', '"management-point"', ["mp01.corp.contoso.com:443"]),
        (BOTH, '"management-point"', ["mp01.corp.contoso.com:443"]),
        (BOTH + 'accepts = "both"', '"management-point"', ["mp01.corp.contoso.com:443"]),
        (BOTH + 'accepts = "intranet"', '"management-point"', ["mp01.corp.contoso.com:443"]),
        (BOTH + 'accepts = "internet"', '"management-point"', ["mp.contoso.com:443"]),
        ('internet_fqdn = "mp.contoso.com"', '"management-point"', ["mp.contoso.com:443"]),
        (
            'internet_fqdn = "mp.contoso.com"\naccepts = "both"',
            '"management-point"',
            ["mp.contoso.com:443"],
        ),
        ('computer_name = "MP01"', '"management-point"', ["mp01:443"]),
        ('service_name = "cmg.contoso.com"', '"cloud-management-gateway"', ["cmg.contoso.com:443"]),
        ('fqdn = "cmg.contoso.com"', '"cloud-management-gateway"', ["cmg.contoso.com:443"]),
        (
            'fqdn = "cmg.contoso.com"\naccepts = "internet"',
            '"cloud-management-gateway"',
            ["cmg.contoso.com:443"],
        ),
        (
            'fqdn = "mp01.corp.contoso.com"\nservice_name = "cmg.contoso.com"',
            '"management-point", "cloud-management-gateway"',
            ["mp01.corp.contoso.com:443", "cmg.contoso.com:443"],
        ),
        ('fqdn = "ibcm.contoso.com"', '"ibcm-proxy"', ["ibcm.contoso.com:443"]),
        ('fqdn = "sql01.corp.contoso.com"', '"sql-server"', ["sql01.corp.contoso.com:1433"]),
        (
            'fqdn = "node1.corp.contoso.com"\ncluster_fqdn = "fci.corp.contoso.com"',
            '"sql-failover-cluster", "reporting-point"',
            ["fci.corp.contoso.com:1433", "node1.corp.contoso.com:443"],
        ),
        (BOTH + 'accepts = "internet"', '"sql-server"', ["mp01.corp.contoso.com:1433"]),
        ('address = "2001:db8::1"', '"tls"', ["[2001:db8::1]:443"]),
        ('fqdn = "bücher.contoso.com"', '"tls"', ["xn--bcher-kva.contoso.com:443"]),
    ],
)
def test_a_role_is_reached_by_the_name_that_its_clients_use(targets, fields, roles, ids):
    assert list(targets(system(fields, roles))) == ids


@pytest.mark.parametrize(
    ("accepts", "host"),
    [
        ("intranet", "mp01.corp.contoso.com"),
        ("internet", "mp.contoso.com"),
        ("both", "mp.contoso.com"),
    ],
)
def test_a_probe_on_the_internet_uses_the_internet_fqdn(targets, accepts, host):
    found = targets(f'[site]\nvantage = "internet"\n{system(BOTH + f"accepts = {accepts!r}")}')
    assert [target.host for target in found.values()] == [host]
    assert next(iter(found.values())).vantage == "internet"


def test_roles_on_one_host_and_port_are_one_target_with_all_profiles(targets):
    roles = '"software-update-point", "reporting-point", "management-point", "ibcm-proxy", "distribution-point"'
    found = targets(system(BOTH, roles))
    assert list(found) == ["mp01.corp.contoso.com:8531", "mp01.corp.contoso.com:443"]
    shared = found["mp01.corp.contoso.com:443"]
    assert shared.roles == (
        "reporting-point",
        "management-point",
        "ibcm-proxy",
        "distribution-point",
    )
    assert shared.profiles == ("any", "iis-site-system", "ibcm-proxy")


def test_a_role_without_a_published_profile_is_judged_by_what_holds_everywhere(targets):
    found = targets(system('fqdn = "ndes.corp.contoso.com"', '"ndes"'))
    assert [target.profiles for target in found.values()] == [("any",)]


def test_the_port_said_closest_to_a_role_counts(targets):
    text = "[defaults]\nports = { management-point = 4443, distribution-point = 5443 }\n"
    text += system('fqdn = "a.contoso.com"', '"management-point", "state-migration-point"')
    text += system(
        'fqdn = "b.contoso.com"\nport = 8443', '"management-point", "distribution-point"'
    )
    text += system(
        'fqdn = "c.contoso.com"\nport = 8443\nports = { distribution-point = 9443 }',
        '"management-point", "distribution-point"',
    )
    assert list(targets(text)) == [
        "a.contoso.com:4443",
        "a.contoso.com:443",
        "b.contoso.com:8443",
        "c.contoso.com:8443",
        "c.contoso.com:9443",
    ]


@pytest.mark.parametrize(
    ("fields", "transports"),
    [
        ("", [Transport.TLS, Transport.AUTO]),
        ('transport = "tds"', [Transport.TLS, Transport.TDS]),
        ('transport = "tls"', [Transport.TLS, Transport.TLS]),
    ],
)
def test_tds_is_for_sql_roles(targets, fields, transports):
    found = targets(
        system(f'fqdn = "p01.contoso.com"\n{fields}', '"management-point", "sql-server"')
    )
    assert [target.transport for target in found.values()] == transports


def test_any_server_may_be_reached_over_tds(targets):
    found = targets(system('fqdn = "p01.contoso.com"\ntransport = "tds-strict"', '"tls"'))
    assert [target.transport for target in found.values()] == [Transport.TDS_STRICT]


@pytest.mark.parametrize(
    ("fields", "roles", "names"),
    [
        (
            'fqdn = "MP01.corp.contoso.com."\ncomputer_name = "MP01"',
            '"management-point"',
            Names(
                intranet_fqdn="MP01.corp.contoso.com",
                computer_name="MP01",
                accepts=Accepts.INTRANET,
            ),
        ),
        (
            BOTH,
            '"management-point"',
            Names(
                intranet_fqdn="mp01.corp.contoso.com",
                internet_fqdn="mp.contoso.com",
                accepts=Accepts.BOTH,
            ),
        ),
        (
            'internet_fqdn = "mp.contoso.com"',
            '"management-point"',
            Names(internet_fqdn="mp.contoso.com", accepts=Accepts.INTERNET),
        ),
        (
            'fqdn = "CMG.contoso.com"',
            '"cloud-management-gateway"',
            Names(service_name="CMG.contoso.com", accepts=Accepts.INTERNET),
        ),
        (
            'fqdn = "ibcm.contoso.com"',
            '"ibcm-proxy"',
            Names(internet_fqdn="ibcm.contoso.com", accepts=Accepts.INTERNET),
        ),
        (
            'fqdn = "mp01.corp.contoso.com"\naccepts = "both"',
            '"management-point"',
            Names(intranet_fqdn="mp01.corp.contoso.com", accepts=Accepts.BOTH),
        ),
    ],
)
def test_names_are_kept_as_written_and_what_follows_from_them_is_filled_in(
    targets, fields, roles, names
):
    assert [target.names for target in targets(system(fields, roles)).values()] == [names]


def test_everything_that_a_file_says_reaches_its_targets(targets, tmp_path):
    (found,) = targets(
        """
        [site]
        code = "1E5"
        name = "Contoso HQ"
        resolver = "10.0.0.53"
        vantage = "branch office"
        trust = []
        [defaults]
        timeout = 3
        [templates]
        cmg = [{ name = "WebServer" }]
        sql-server = [{ oid = "1.3.6.1.4.1.311.21.8.1", name = "ConfigMgr SQL" }]
        [discover]
        domain = "corp.contoso.com"
        [[system]]
        fqdn = "sql01.corp.contoso.com"
        roles = ["sql-server"]
        instance = "CM_P01"
        address = "127.0.0.1"
        expected_thumbprint = "D4:DE:20:D0:5E:66:FC:53:FE:1A:50:88:2C:78:DB:28:52:CA:E4:74"
        alternative_selection = true
        """
    ).values()
    assert found == Target(
        id="sql01.corp.contoso.com\\cm_p01",
        host="sql01.corp.contoso.com",
        port=1433,
        transport=Transport.AUTO,
        site="1E5",
        roles=("sql-server",),
        profiles=("any", "sql-server"),
        names=Names(intranet_fqdn="sql01.corp.contoso.com", accepts=Accepts.INTRANET),
        accepts_assumed=True,
        vantage="branch office",
        address="127.0.0.1",
        resolver="10.0.0.53",
        instance="CM_P01",
        browser_port=1434,
        timeout=3.0,
        trust=(),
        intermediates=(),
        expected_thumbprint="d4de20d05e66fc53fe1a50882c78db2852cae474",
        alternative_selection=True,
        templates={"sql-server": (Template(oid="1.3.6.1.4.1.311.21.8.1", name="ConfigMgr SQL"),)},
        origin=f"{tmp_path / 'inventory.toml'}: system[0]",
    )


def test_the_examples_load(pytestconfig):
    examples = Path(pytestconfig.rootpath) / "targets"
    assert len(load([examples]).targets) == sum(
        len(load([path]).targets) for path in examples.iterdir()
    )


def test_instances_of_one_server_are_targets_of_their_own(targets):
    found = targets(
        """
        [[system]]
        fqdn = "SQL01.contoso.com"
        instance = "CM_P01"
        roles = ["sql-server"]
        [[system]]
        fqdn = "sql01.contoso.com"
        instance = "WSUS"
        browser_port = 11434
        roles = ["sql-server"]
        """
    )
    assert {name: target.browser_port for name, target in found.items()} == {
        "sql01.contoso.com\\cm_p01": 1434,
        "sql01.contoso.com\\wsus": 11434,
    }


@pytest.mark.parametrize(
    "given",
    [
        'port = 50000\n[[system]]\nfqdn = "x.contoso.com"\nroles = ["tls"]',
        "ports = { sql-server = 50000 }",
        "[defaults]\nports = { sql-server = 50000 }",
    ],
)
def test_a_port_that_is_known_is_not_asked_for(targets, given):
    found = targets(
        f"""
        [[system]]
        fqdn = "sql01.contoso.com"
        instance = "CM_P01"
        roles = ["sql-server"]
        {given}
        """
    )
    target = found["sql01.contoso.com:50000"]
    assert (target.instance, target.browser_port) == ("CM_P01", None)
