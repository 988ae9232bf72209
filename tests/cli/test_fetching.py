"""What the options of fetching make of settings."""

from argparse import Namespace

import pytest

from probe.cli.fetching import fetching
from probe.cli.usage import UsageError
from probe.model.settings import Fetch


def options(command="scan", **said):
    plain = {
        "fetch": "cdp",
        "fetch_private": False,
        "fetch_ldap": False,
        "ldap_server": None,
        "cache": None,
    }
    return Namespace(command=command, **(plain | said))


@pytest.mark.parametrize(
    ("command", "given", "environment", "expected"),
    [
        ("scan", None, "/var/cache/cmprobe", None),
        ("scan", "kept", "/var/cache/cmprobe", "kept"),
        ("serve", None, None, None),
        ("serve", None, "/var/cache/cmprobe", "/var/cache/cmprobe"),
        ("serve", None, "/var/cache/a:/var/cache/b", "/var/cache/a"),
        ("serve", "kept", "/var/cache/cmprobe", "kept"),
    ],
)
def test_where_crls_are_kept(monkeypatch, command, given, environment, expected):
    monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
    if environment is not None:
        monkeypatch.setenv("CACHE_DIRECTORY", environment)
    assert fetching(options(command, cache=given))["cache"] == expected


def test_a_directory_server():
    found = fetching(options(fetch="all", fetch_ldap=True, ldap_server="dc01.contoso.com:3268"))
    assert found["fetch"] is Fetch.ALL
    assert (found["fetch_ldap"], found["ldap_server"]) == (True, "dc01.contoso.com:3268")


@pytest.mark.parametrize("server", ["", "a b", "dc:0", "ldap://dc", "[::1", "-"])
def test_servers_that_are_none(server):
    with pytest.raises(UsageError, match="--ldap-server"):
        fetching(options(fetch_ldap=True, ldap_server=server))
