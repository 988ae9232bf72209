"""Real clients of SQL Server and cmprobe come to the same verdict about the same server."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from support.sqlclients import EVERY, LOGIN_FAILED
from support.sqlserver import served, strict, tds

from probe import catalogue, judge
from probe.inventory.single import check_target
from probe.inventory.trust import trust_store
from probe.lab import builder, keys
from probe.lab.certify import certify
from probe.lab.contoso import Contoso
from probe.lab.endpoint import Key, Leaf, System
from probe.lab.extensions import CLIENT_AUTH
from probe.lab.tds import Encrypts
from probe.model.finding import Outcome
from probe.model.settings import Settings
from probe.net.observe import observe
from probe.net.session import Session

NOW = datetime.now(UTC)
VALID = {"not_before": NOW - timedelta(days=10), "not_after": NOW + timedelta(days=700)}
KEY = {"key": keys.rsa_key()}
ROOT = builder.root(key=keys.rsa_key(2048, 1))
ISSUING = ROOT.authority("CN=Contoso Issuing CA", key=keys.rsa_key(2048, 2))
FOREIGN = builder.root("CN=Foreign Root CA", key=keys.rsa_key(2048, 3))


def _fallback():
    leaf = Leaf(fallback=True, key=Key.RSA_2048)
    return certify(Contoso(NOW, "http://pki.contoso.com"), leaf, System(), NOW)


# What each certificate makes a client that verifies say: nothing, or by which rule cmprobe says it.
CERTIFICATES = {
    "good": (ISSUING.issue("CN=localhost", dns=["localhost"], **KEY, **VALID), set()),
    "common name alone": (ISSUING.issue("CN=localhost", **KEY, **VALID), set()),
    "wrong name": (
        ISSUING.issue("CN=sql01.contoso.com", dns=["sql01.contoso.com"], **KEY, **VALID),
        {"client-name-match"},
    ),
    "untrusted": (
        FOREIGN.issue("CN=localhost", dns=["localhost"], **KEY, **VALID),
        {"chain-trusted"},
    ),
    "self-signed": (
        builder.self_signed("CN=localhost", dns=["localhost"], **KEY, **VALID),
        {"chain-trusted"},
    ),
    "expired": (
        ISSUING.issue(
            "CN=localhost",
            dns=["localhost"],
            **KEY,
            not_before=NOW - timedelta(days=700),
            not_after=NOW - timedelta(days=1),
        ),
        {"not-expired"},
    ),
    "purpose of clients": (
        ISSUING.issue("CN=localhost", dns=["localhost"], eku=[CLIENT_AUTH], **KEY, **VALID),
        {"server-auth-eku"},
    ),
    "fallback": (_fallback(), {"chain-trusted", "client-name-match", "server-auth-eku"}),
}
# FreeTDS does not look at the purposes of a certificate.
UNCHECKED = {"tsql": {"server-auth-eku"}}
DECISIVE = {"chain-trusted", "client-name-match", "not-expired", "server-auth-eku"}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    path = tmp_path_factory.mktemp("trust") / "root.pem"
    path.write_bytes(builder.pem(ROOT.der))
    return path


def verdict(port, root):
    """The decisive rules that fail at the server, as `cmprobe check --role sql-server` judges."""
    target = check_target(
        "localhost", port, ["sql-server"], address="127.0.0.1", trust=(str(root),)
    )
    settings = Settings()

    async def look():
        async with Session(settings) as session:
            return await observe(target, settings, session)

    seen = asyncio.run(look())
    store = trust_store(target.trust, target.intermediates)
    plan = judge.Plan(catalogue.load())
    (result,) = judge.assess(target, seen, plan, store, NOW)
    decisive = [one for one in result.findings if one.rule in DECISIVE]
    assert {one.outcome for one in decisive} <= {Outcome.PASS, Outcome.FAIL}
    return {one.rule for one in decisive if one.outcome is Outcome.FAIL}


def _cases():
    """What every client is tried on: the handshake is the same with Force Encryption."""
    for client in EVERY:
        yield from ((client, "optional", name) for name in CERTIFICATES)
        yield client, "forced", "good"
        if client != "tsql":  # FreeTDS speaks no TDS 8.0
            yield from ((client, "strict", name) for name in ("good", "wrong name", "untrusted"))


@pytest.mark.real
@pytest.mark.parametrize(("client", "mode", "certificate"), list(_cases()))
def test_a_client_accepts_what_cmprobe_passes_and_nothing_else(
    client, mode, certificate, root, record_property
):
    issued, failing = CERTIFICATES[certificate]
    make = (lambda: strict(issued)) if mode == "strict" else (lambda: tds(issued, Encrypts(mode)))
    with served(make) as port:
        said = EVERY[client](port, root, strict=mode == "strict")
        judged = verdict(port, root)
    record_property("said", said)
    assert judged == failing
    refused = failing - UNCHECKED.get(client, set())
    assert said
    assert (LOGIN_FAILED in said) == (not refused), said
