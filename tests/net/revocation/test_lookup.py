"""Whole look-ups: sources on loopback, and what is recorded of them."""

import asyncio
import ssl
import subprocess
import time

import msgspec
import pytest
from support import crls, pki
from support.looking import ROOT, SPAN, TIMES, look, seen, session, target, web
from support.programs import free_port, nginx, running

from probe.inventory.trust import trust_store
from probe.lab import builder
from probe.model.failure import Kind
from probe.model.path import Trust
from probe.model.revocation import (
    IssuerFetched,
    IssuerNotFetched,
    RevocationAnswered,
    RevocationFailed,
    RevocationSkipped,
    SourceKind,
)
from probe.model.settings import Fetch, Settings
from probe.model.stages import Handshaken
from probe.model.target import Accepts
from probe.net import observe as observing
from probe.net.revocation import look as look_
from probe.net.revocation import lookup
from probe.net.session import Session


@pytest.fixture
def trusted(tmp_path):
    path = tmp_path / "root.pem"
    path.write_bytes(ROOT.pem)
    trust_store.cache_clear() if hasattr(trust_store, "cache_clear") else None
    return str(path)


def test_a_crl_is_fetched_once_for_all_who_need_it(trusted):
    async def run():
        async with web() as site, session() as one:
            leaves = [
                ROOT.issue(f"CN=mp{n}", crl=["ldap:///CN=x", f"{site.at}/ca.crl"], **SPAN)
                for n in range(20)
            ]
            site.pages["/ca.crl"] = crls.crl(ROOT, leaves[0].certificate.serial_number, **TIMES)
            first = await asyncio.gather(
                *(look(one, target(trusted), seen(leaf.sent)) for leaf in leaves)
            )
            begun = time.perf_counter()
            await look(one, target(trusted), seen(leaves[0].sent))
            return site.asked, first, time.perf_counter() - begun

    asked, found, again = asyncio.run(run())
    assert asked == ["/ca.crl"]
    records = [observation.revocation for (observation,) in found]
    assert [record.revoked for _, record in records] == [True] + [False] * 19
    ldap, http = records[0]
    assert isinstance(ldap, RevocationSkipped)
    assert (http.kind, http.position, http.next_update) == (SourceKind.CRL, 0, TIMES["next_"])
    assert again < 0.1


def test_delta_crls_of_the_base_are_fetched_too(trusted):
    async def run():
        async with web() as site, session() as one:
            leaf = ROOT.issue("CN=mp", crl=[f"{site.at}/CA.crl"], **SPAN)
            serial = leaf.certificate.serial_number
            site.pages["/CA.crl"] = crls.crl(ROOT, freshest=[f"{site.at}/CA+.crl"], **TIMES)
            site.pages["/CA+.crl"] = crls.crl(ROOT, serial, base=7, number=8, **TIMES)
            (found,) = await look(one, target(trusted), seen(leaf.sent))
            return found.revocation

    base, delta = asyncio.run(run())
    assert (base.kind, base.revoked) == (SourceKind.CRL, False)
    assert (delta.kind, delta.revoked) == (SourceKind.DELTA, True)
    assert delta.url.endswith("/CA+.crl")


OTHER = builder.root("CN=Root")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (None, Kind.STATUS),
        (b"<html>", Kind.MALFORMED),
        (crls.crl(OTHER, **TIMES), Kind.SIGNATURE),
        (crls.crl(ROOT, corrupt=True, **TIMES), Kind.SIGNATURE),
        (crls.crl(ROOT, base=1, **TIMES), Kind.MALFORMED),
        (crls.crl(builder.root("CN=Else"), **TIMES), Kind.SIGNATURE),
    ],
)
def test_what_does_not_count(trusted, body, kind):
    async def run():
        async with web() as site, session() as one:
            site.pages["/ca.crl"] = body
            leaf = ROOT.issue("CN=mp", crl=[f"{site.at}/ca.crl"], **SPAN)
            (found,) = await look(one, target(trusted), seen(leaf.sent))
            return found.revocation

    (record,) = asyncio.run(run())
    assert isinstance(record, RevocationFailed)
    assert record.failure.kind is kind


def test_loopback_is_fetched_for_the_intranet_and_refused_for_the_internet(trusted):
    async def run():
        async with web() as site, session() as one, session(fetch_private=True) as free:
            site.pages["/ca.crl"] = crls.crl(ROOT, **TIMES)
            leaf = ROOT.issue("CN=mp", crl=[f"{site.at}/ca.crl"], **SPAN)
            results = []
            for how, accepts in ((one, "both"), (one, "internet"), (free, "internet")):
                (found,) = await look(
                    how, target(trusted, accepts=Accepts(accepts)), seen(leaf.sent)
                )
                results.append(found.revocation[0])
            return results

    both, internet, free = asyncio.run(run())
    assert isinstance(both, RevocationAnswered)
    assert internet.failure.kind is Kind.POLICY
    assert isinstance(free, RevocationAnswered)


def test_a_slow_server_delays_only_what_needs_it(trusted, monkeypatch):
    monkeypatch.setattr(lookup, "SECONDS", 1.0)

    async def run():
        async with web() as slow, web() as quick, session() as one:
            slow.delay = 30.0
            quick.pages["/ca.crl"] = crls.crl(ROOT, **TIMES)
            leaves = [
                ROOT.issue("CN=mp", crl=[f"{site.at}/ca.crl"], **SPAN) for site in (slow, quick)
            ]
            begun = time.perf_counter()
            late = asyncio.create_task(look(one, target(trusted), seen(leaves[0].sent)))
            (found,) = await look(one, target(trusted), seen(leaves[1].sent))
            soon = time.perf_counter() - begun
            (missed,) = await late
            return found.revocation[0], missed.revocation[0], soon, time.perf_counter() - begun

    found, missed, soon, all_ = asyncio.run(run())
    assert isinstance(found, RevocationAnswered)
    assert soon < 0.9
    assert missed.failure.kind is Kind.TIMEOUT
    assert missed.late
    assert all_ < 4


@pytest.mark.parametrize(("timeout", "most"), [(1.5, 4.0), (0.3, 3.5)])
def test_a_slow_server_has_what_is_left_of_the_time_of_the_target(trusted, tmp_path, timeout, most):
    """However little is left, a second is given."""

    async def hang_up(_, writer):
        writer.close()

    async def run():
        settings = Settings(fetch=Fetch.CDP, versions=False)
        async with web() as slow, Session(settings) as one:
            slow.delay = 30.0
            leaf = ROOT.issue("CN=mp01", dns=["mp01"], crl=[f"{slow.at}/ca.crl"], **SPAN)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pki.write(tmp_path, leaf))
            server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
            async with server:
                port = server.sockets[0].getsockname()[1]
                asked = msgspec.structs.replace(
                    target(trusted), port=port, address="127.0.0.1", timeout=timeout
                )
                begun = time.perf_counter()
                (found,) = await observing.observe(asked, settings, one)
                return found.observation, time.perf_counter() - begun

    found, seconds = asyncio.run(run())
    assert isinstance(found.handshake, Handshaken)
    assert [source.failure.kind for source in found.revocation] == [Kind.TIMEOUT]
    assert seconds < most


def test_many_addresses_are_not_all_asked(trusted):
    async def run():
        async with web() as site, session() as one:
            leaf = ROOT.issue("CN=mp", crl=[f"{site.at}/{n}.crl" for n in range(100)], **SPAN)
            (found,) = await look(one, target(trusted), seen(leaf.sent))
            return site.asked, found.revocation

    asked, records = asyncio.run(run())
    assert len(asked) == 4
    assert len(records) == 8
    assert "only 4" in records[-1].because


def test_a_missing_issuer_is_found_by_aia_only_when_all_is_fetched(trusted):
    async def run(fetch, page):
        async with web() as site, session(fetch) as one:
            issuing = ROOT.authority("CN=Issuing", crl=None, **SPAN)
            leaf = issuing.issue(
                "CN=mp", crl=[f"{site.at}/ca.crl"], issuer_urls=[f"{site.at}/ca.crt"], **SPAN
            )
            site.pages["/ca.crt"] = issuing.der if page is None else page
            site.pages["/ca.crl"] = crls.crl(issuing, **TIMES)
            (found,) = await look(one, target(trusted), seen([leaf.der]))
            return found

    alone = asyncio.run(run(Fetch.CDP, None))
    assert alone.issuers == ()
    assert alone.revocation[0].revoked is None
    assert "nobody can say who signed" in alone.revocation[0].note
    found = asyncio.run(run(Fetch.ALL, None))
    (issuer,) = found.issuers
    assert isinstance(issuer, IssuerFetched)
    assert issuer.subject == "CN=Issuing"
    assert issuer.trust is Trust.TRUSTED
    assert found.revocation[0].revoked is False
    (wrong,) = asyncio.run(run(Fetch.ALL, OTHER.der)).issuers
    assert isinstance(wrong, IssuerNotFetched)


def test_an_issuer_by_aia_that_leads_to_no_root_is_told_apart(trusted):
    async def run():
        async with web() as site, session(Fetch.ALL) as one:
            root = builder.root("CN=Foreign", **SPAN)
            issuing = root.authority("CN=Issuing", issuer_urls=[f"{site.at}/root.crt"], **SPAN)
            leaf = issuing.issue("CN=mp", issuer_urls=[f"{site.at}/ca.crt"], **SPAN)
            site.pages.update({"/ca.crt": issuing.der, "/root.crt": root.der})
            (found,) = await look(one, target(trusted), seen([leaf.der]))
            return found.issuers

    assert [(one.subject, one.trust) for one in asyncio.run(run())] == [
        ("CN=Issuing", Trust.UNTRUSTED),
        ("CN=Foreign", Trust.UNTRUSTED),
    ]


def test_nothing_is_fetched_through_a_proxy(trusted):
    async def run():
        async with web() as site, session(proxy="http://127.0.0.1:1") as one:
            leaf = ROOT.issue("CN=mp", crl=[f"{site.at}/ca.crl"], **SPAN)
            (found,) = await look(one, target(trusted), seen(leaf.sent))
            return site.asked, found.revocation

    asked, (record,) = asyncio.run(run())
    assert asked == []
    assert "proxy" in record.because


@pytest.mark.real
@pytest.mark.parametrize("delegated", [True, False])
def test_openssl_as_responder_and_its_answer_stapled(trusted, tmp_path, delegated):
    leaf = ROOT.issue("CN=mp", crl=None, **SPAN)
    signer = ROOT.issue("CN=Responder", eku=["1.3.6.1.5.5.7.3.9"], **SPAN) if delegated else ROOT
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    leaf = ROOT.issue("CN=mp", crl=None, ocsp=[url], **SPAN)
    serial = f"{leaf.certificate.serial_number:040X}"
    (tmp_path / "index.txt").write_text(
        f"R\t280101000000Z\t260501000000Z,superseded\t{serial}\tunknown\t/CN=mp\n"
    )
    for name, octets in (
        ("ca.pem", ROOT.pem),
        ("signer.pem", signer.pem),
        ("key.pem", signer.key_pem),
    ):
        (tmp_path / name).write_bytes(octets)
    command = [
        "openssl", "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "signer.pem", "-rkey", "key.pem",
        "-port", str(port), "-ndays", "1",
    ]  # fmt: skip

    async def run(staple=None):
        async with session(Fetch.ALL) as one:
            (found,) = await look(one, target(trusted), seen(leaf.sent, staple))
            return found.revocation

    # It answers one connection after the other, and would wait for what a knock has to say.
    with running(command, port, directory=tmp_path, knock=False):
        until = time.monotonic() + 10
        while b"waiting" not in (tmp_path / "server.log").read_bytes().lower():
            assert time.monotonic() < until
            time.sleep(0.01)
        (record,) = asyncio.run(run())
    assert (record.kind, record.revoked, record.reason) == (SourceKind.OCSP, True, "superseded")
    subprocess.run(
        [*command[:10], "-issuer", "ca.pem", "-serial", f"0x{serial}", "-respout", "staple.der", "-ndays", "1", "-noverify"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    staple, _ = asyncio.run(run((tmp_path / "staple.der").read_bytes()))
    assert (staple.kind, staple.url, staple.revoked) == (SourceKind.STAPLE, None, True)


@pytest.mark.real
def test_nginx_serves_a_pem_crl_with_a_plus_and_a_redirect(trusted, tmp_path):
    async def run(port):
        async with session() as one:
            leaf = ROOT.issue("CN=mp", crl=[f"http://127.0.0.1:{port}/old/CA+.crl"], **SPAN)
            (found,) = await look(one, target(trusted), seen(leaf.sent))
            return found.revocation

    (tmp_path / "CA+.crl").write_bytes(crls.armour(crls.crl(ROOT, **TIMES)))
    site = f"""
        listen 127.0.0.1:PORT;
        root {tmp_path};
        types {{ }} default_type text/plain;
        location /old/ {{ rewrite ^/old/(.*)$ /$1 redirect; }}
    """
    with nginx(tmp_path, site) as port:
        (record,) = asyncio.run(run(port))
    assert record.revoked is False


def test_a_bug_of_ours_ends_no_scan(trusted, monkeypatch, caplog):
    async def broken(self):
        raise RuntimeError("a bug")

    monkeypatch.setattr(look_.Look, "run", broken)

    async def run():
        async with session() as one:
            (found,) = await look(one, target(trusted), seen(ROOT.issue("CN=mp").sent))
            return found.revocation

    (record,) = asyncio.run(run())
    assert record.failure.kind is Kind.INTERNAL
    assert "a bug" in caplog.text
