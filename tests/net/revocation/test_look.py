"""Look-ups that last: large CRLs, several scans of a session, issuers not sent, and interrupts."""

import asyncio

import msgspec
import pytest
from support import crls
from support.looking import ROOT, SPAN, TIMES, look, seen, session, target, web

from probe.inventory.trust import trust_store
from probe.model.failure import Kind
from probe.model.revocation import NotSent
from probe.net.revocation import lookup
from probe.pki import crl as crl_module


@pytest.fixture
def trusted(tmp_path):
    path = tmp_path / "root.pem"
    path.write_bytes(ROOT.pem)
    trust_store.cache_clear() if hasattr(trust_store, "cache_clear") else None
    return str(path)


def test_a_large_crl_that_many_need_gets_an_index(trusted, monkeypatch):
    monkeypatch.setattr(crl_module, "_OFTEN", 3)

    async def run():
        async with web() as site, session() as one:
            leaves = [ROOT.issue(f"CN=mp{n}", crl=[f"{site.at}/ca.crl"], **SPAN) for n in range(8)]
            serials = [leaf.certificate.serial_number for leaf in leaves]
            site.pages["/ca.crl"] = crls.crl(ROOT, serials[7], *range(1, 20_000), **TIMES)
            found = [(await look(one, target(trusted), seen(leaf.sent)))[0] for leaf in leaves]
            published = one.sources(target(trusted)).published(f"{site.at}/ca.crl", private=True)
            return [observation.revocation[0].revoked for observation in found], published.crl

    revoked, crl = asyncio.run(run())
    assert revoked == [False] * 7 + [True]
    assert len(crl._index) == 20_000


def test_an_intermediate_that_only_we_have_is_looked_up_too(trusted, tmp_path):
    async def run():
        async with web() as site, session() as one:
            issuing = ROOT.authority("CN=Issuing", crl=[f"{site.at}/root.crl"], **SPAN)
            leaf = issuing.issue("CN=mp", crl=[f"{site.at}/ca.crl"], **SPAN)
            (tmp_path / "issuing.pem").write_bytes(issuing.pem)
            site.pages["/ca.crl"] = crls.crl(issuing, **TIMES)
            site.pages["/root.crl"] = crls.crl(ROOT, issuing.certificate.serial_number, **TIMES)
            asked = msgspec.structs.replace(
                target(trusted), intermediates=(str(tmp_path / "issuing.pem"),)
            )
            (found,) = await look(one, asked, seen([leaf.der]))
            return found.revocation, issuing.sha256

    (own, above), sha256 = asyncio.run(run())
    assert (own.position, own.revoked, own.not_sent) == (0, False, None)
    assert (above.position, above.revoked) == (None, True)
    assert above.not_sent == NotSent(sha256, "CN=Issuing")


def test_another_scan_of_a_session_asks_again_for_what_failed(trusted):
    async def run():
        async with web() as site, session() as one:
            leaf = ROOT.issue("CN=mp", crl=[f"{site.at}/ca.crl"], **SPAN)
            found = []
            for _ in range(3):
                one.begin()
                (observation,) = await look(one, target(trusted), seen(leaf.sent))
                found.append(observation.revocation[0])
                site.pages["/ca.crl"] = crls.crl(ROOT, **TIMES)
            return found, site.asked

    (first, second, third), asked = asyncio.run(run())
    assert first.failure.kind is Kind.STATUS
    assert (second.cached, third.cached) == (False, True)
    assert len(asked) == 2


def test_the_next_scan_disturbs_nobody_who_is_looking_up(trusted):
    async def run():
        async with web() as site, session() as one:
            site.delay = 0.3
            site.pages["/ca.crl"] = crls.crl(ROOT, **TIMES)
            leaf = ROOT.issue("CN=mp", crl=[f"{site.at}/ca.crl"], **SPAN)
            task = asyncio.create_task(look(one, target(trusted), seen(leaf.sent)))
            async with asyncio.timeout(10):
                while not site.asked:  # noqa: ASYNC110 - the site knows no event
                    await asyncio.sleep(0.01)
            one.begin()
            one.begin()
            (found,) = await task
            return found.revocation[0]

    assert asyncio.run(run()).revoked is False


def test_what_is_known_when_it_is_cancelled_is_told(trusted):
    async def run():
        async with web() as site, web() as slow, session() as one:
            slow.delay = 30.0
            site.pages["/ca.crl"] = crls.crl(ROOT, **TIMES)
            urls = [f"{site.at}/ca.crl", f"{slow.at}/ca.crl"]
            leaf = ROOT.issue("CN=mp", crl=urls, **SPAN)
            unfinished = []
            twice = (seen(leaf.sent), seen(leaf.sent))
            # A plain cancellation: `asyncio.timeout` knows no other before Python 3.13.
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.0):
                    await lookup.look_up(target(trusted), twice, one, 12.0, unfinished)
            assert slow.asked
            return unfinished

    first, second = asyncio.run(run())
    came, missed = first.observation.revocation
    assert came.revoked is False
    assert "interrupted" in missed.because
    assert second.observation.revocation == ()
