"""Two engines, one truth: the observer and OpenSSL must tell the same of the same server.

``support.matrix`` has the servers (table.py, special.py) and the differences that are no contradiction
(differences.py). Each case has a server process of its own.
"""

import asyncio
from pathlib import Path

import pytest
from support.matrix.case import VERSIONS, Case
from support.matrix.differences import ALLOWED, FIELDS, Told, compare
from support.matrix.identity import Store
from support.matrix.recipes import RECIPES
from support.matrix.serve import serve
from support.matrix.special import ONLY_OBSERVER, ONLY_OPENSSL, REFUSALS, SURVEYED, WITNESSES
from support.matrix.table import CASES
from support.tls_identity import HOST

from probe.model.settings import Settings
from probe.model.stages import HandshakeFailed, Handshaken
from probe.net.contexts import client_context
from probe.net.engines import Attempts
from probe.net.openssl import OpenSsl
from probe.net.session import Session
from probe.net.versions import Survey
from probe.tls import alerts
from probe.tls.alerts import Alert
from probe.tls.observer import Observer
from probe.tls.records import Content, plain
from probe.tls.seen import Incomplete
from probe.tls.shares import KeyShares

pytestmark = pytest.mark.real
WEB = ("h2", "http/1.1")
CONTEXT = client_context(WEB)
SHARES = KeyShares()


@pytest.fixture(scope="session")
def store(tmp_path_factory) -> Store:
    return Store(tmp_path_factory.mktemp("matrix"))


def ask_both(server, case: Case, host: str = HOST) -> Told:
    observer = server.talk(Observer(host, alpn=WEB, shares=SHARES))
    openssl = server.talk(OpenSsl(CONTEXT, host))
    return Told(case, observer.result(0.0), openssl.result(0.0), observer.incomplete)


def shake_hands(server) -> Handshaken | HandshakeFailed:
    """What a scan reports: as many attempts as are worth it."""
    attempts = Attempts(Session(Settings()), HOST, WEB)
    while (engine := attempts.next()) is not None:
        attempts.note(server.talk(engine), 0.0)
    return attempts.best


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_engines_tell_the_same(case, store, tmp_path, record_property):
    files = store.files(case.key, case.chain)
    with serve(case, store, tmp_path) as server:
        told = ask_both(server, case)
        stopped = told.incomplete not in (None, Incomplete.CLIENT_CERTIFICATE)
        together = shake_hands(server) if stopped else told.observer
    contradictions, allowed = compare(told)
    assert contradictions == [], server.said()[-2000:]
    record_property("allowed", "; ".join(f"{one.field}: {one.reason}" for one in allowed))
    record_property("incomplete", str(told.incomplete or ""))
    # Both could be wrong in the same way: the configuration is the third witness.
    for seen in (told.observer, told.openssl, together):
        assert isinstance(seen, Handshaken)
        assert seen.version == case.version
        assert seen.chain.certificates == files.sent
    assert told.openssl.client_auth == together.client_auth == case.client_auth
    assert told.openssl.key_proven is together.key_proven is case.proof
    assert (
        told.observer.ocsp_staple
        == together.ocsp_staple
        == (files.stapled if case.staple else None)
    )
    assert told.observer.alpn == case.protocol
    if case.suite:
        assert told.observer.cipher == case.cipher
    if told.incomplete is None:
        assert server.complaints() == []


def test_every_allowed_difference_is_real(store, tmp_path):
    shown = []
    for number, case in enumerate(WITNESSES):
        directory = tmp_path / str(number)
        directory.mkdir()
        with serve(case, store, directory) as server:
            told = ask_both(server, case)
        contradictions, allowed = compare(told)
        assert contradictions == []
        shown += allowed
    assert {one.reason for one in ALLOWED} == {one.reason for one in shown}
    assert {one.field for one in ALLOWED} < {*FIELDS}


def test_the_allowed_differences_are_published():
    page = Path(__file__).parents[2] / "docs/decisions/0006-two-tls-engines.md"
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert rows == [f"| `{one.field}` | {one.reason} |" for one in ALLOWED]


@pytest.mark.parametrize("case", ONLY_OPENSSL, ids=str)
def test_what_the_observer_does_not_offer_is_seen_by_openssl(case, store, tmp_path):
    files = store.files(case.key, case.chain)
    with serve(case, store, tmp_path) as server:
        told = ask_both(server, case)
        together = shake_hands(server)
    assert isinstance(told.observer, HandshakeFailed)
    assert told.observer.failure.kind == "alert"
    assert together == told.openssl
    assert isinstance(together, Handshaken)
    assert together.version == case.version
    assert together.chain.certificates == files.sent
    assert together.key_proven is True
    if case.groups:
        assert together.group == case.groups[0].lower()


@pytest.mark.parametrize("case", ONLY_OBSERVER, ids=str)
def test_what_openssl_has_given_up_is_seen_by_the_observer(case, store, tmp_path):
    with serve(case, store, tmp_path) as server:
        told = ask_both(server, case)
        together = shake_hands(server)
    assert isinstance(told.openssl, HandshakeFailed)
    assert isinstance(told.observer, Handshaken)
    assert together == told.observer
    assert (together.version, together.cipher) == (case.version, case.cipher)
    assert together.chain.certificates == store.files(case.key, case.chain).sent


@pytest.mark.parametrize(("case", "alert"), REFUSALS, ids=str)
def test_both_are_refused_alike(case, alert, store, tmp_path):
    with serve(case, store, tmp_path) as server:
        told = ask_both(server, case, "unknown.contoso.com")
    for seen in (told.observer, told.openssl):
        assert isinstance(seen, HandshakeFailed)
        assert (seen.failure.kind, seen.failure.detail) == ("alert", alert)
        assert not seen.chain


@pytest.mark.parametrize("case", SURVEYED, ids=str)
def test_the_versions_that_are_configured_are_found(case, store, tmp_path):
    with serve(case, store, tmp_path) as server:

        async def ask(probe):
            server.talk(probe)

        survey = Survey(HOST, shake_hands(server).version)
        asyncio.run(survey.run(ask))
    found = survey.result(0.0)
    assert found.accepted == tuple(VERSIONS[version] for version in case.versions)
    assert found.refused == tuple(
        name for version, name in VERSIONS.items() if version not in case.versions
    )
    assert found.undecided == {}


class Rude:
    """A client that is refused by nobody and ends the handshake with a fatal alert."""

    finished = False

    def begin(self) -> bytes:
        return Observer(HOST).begin()

    def receive(self, data: bytes) -> bytes:
        self.finished = True
        return plain(Content.ALERT, 0x0303, alerts.encode(alerts.FATAL, Alert.BAD_CERTIFICATE))

    def closed(self, *, reset: bool) -> None:
        self.finished = True

    expire = None


@pytest.mark.parametrize("name", RECIPES)
def test_a_server_that_has_cause_complains(name, store, tmp_path):
    case = Case(name, versions=("1.2",))
    with serve(case, store, tmp_path) as server:
        server.talk(Rude())
        server.talk(Observer(HOST, shares=SHARES))
    assert server.complaints() != []
