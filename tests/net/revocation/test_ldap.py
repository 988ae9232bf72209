"""CRLs by LDAP: OpenLDAP's slapd, and servers that answer what no server should."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import crls
from support.directory import HOLDER, slapd
from support.servers import closing, flooding, resetting, saying, serving, silent

from probe.lab import builder
from probe.model.failure import Kind, Stage
from probe.net.resolve import Resolver
from probe.net.revocation import attempt, ldap, ldap_messages
from probe.net.revocation.attempt import Refused, Rules
from probe.net.revocation.errand import CRL_LIMIT, Errand
from probe.net.revocation.ldap_messages import Answer
from probe.net.revocation.ldap_url import LdapUrl, parse

NOW = datetime.now(UTC).replace(microsecond=0)
TIMES = {"last": NOW - timedelta(hours=1), "next_": NOW + timedelta(days=7)}
ROOT = builder.root("CN=Root")
BASE = crls.crl(ROOT, **TIMES)
DELTA = crls.crl(ROOT, base=7, number=8, **TIMES)
LIST = "certificateRevocationList"


def fetched(url, *, port=None, server=None, private=True, limit=CRL_LIMIT):
    async def run():
        errand = Errand(
            url=url.replace("PORT", str(port)), server=None, private=private, stage=Stage.CRL, limit=limit, attribute=LIST
        )  # fmt: skip
        return await ldap.fetch(errand, Rules(Resolver(None), private), server)

    return asyncio.run(run())


def of(name, attribute, place=""):
    """Return a URL as AD CS writes it."""
    entry = f"CN={name},{HOLDER}".replace(" ", "%20")
    return f"ldap://{place}/{entry}?{attribute}?base?objectClass=cRLDistributionPoint"


@pytest.mark.real
def test_slapd_has_what_ad_cs_names(tmp_path):
    large = crls.many(ROOT, 100_000)
    entries = {
        "Contoso Issuing CA": {LIST: BASE, "deltaRevocationList": DELTA},
        "Large": {LIST: large},
        "Empty": {},
    }
    with slapd(tmp_path, entries) as port:
        at = f"127.0.0.1:{port}"
        name = "Contoso%20Issuing%20CA"
        assert fetched(of(name, LIST, at)).data == BASE
        assert fetched(of(name, f"{LIST};binary", at)).data == BASE
        assert fetched(of(name, "deltaRevocationList", at)).data == DELTA
        assert fetched(of(name, "DELTArevocationLIST;binary", at)).data == DELTA
        assert fetched(of(name, LIST), server=at).data == BASE
        assert fetched(of("Large", LIST, at)).data == large
        whole = fetched(f"ldap://{at}/{HOLDER}??one?(cn=Large)".replace(" ", "%20"))
        assert whole.data == large
        failures = {
            url: fetched(url, limit=limit).failure
            for url, limit in (
                (of("Nobody", LIST, at), CRL_LIMIT),
                (of("Empty", LIST, at), CRL_LIMIT),
                (of("Large", LIST, at), 1024),
            )
        }
    nobody, empty, large = failures.values()
    assert (nobody.kind, "32 (noSuchObject)" in nobody.detail) == (Kind.STATUS, True)
    assert (empty.kind, empty.detail) == (Kind.STATUS, "the directory has no CRL there")
    assert large.kind is Kind.TOO_LARGE


@pytest.mark.real
def test_slapd_that_wants_to_know_who_asks_and_one_that_refers_elsewhere(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with slapd(tmp_path / "a", {"CA": {LIST: BASE}}, more="require authc") as port:
        failure = fetched(of("CA", LIST, f"127.0.0.1:{port}")).failure
    assert failure.kind is Kind.STATUS
    assert "authentication required" in failure.detail
    with slapd(tmp_path / "b", {}, more="referral ldap://127.0.0.1:1") as port:
        url = f"ldap://127.0.0.1:{port}/CN=CA,DC=fabrikam,DC=com?{LIST}?base"
        failure = fetched(url).failure
    assert failure.kind is Kind.STATUS
    assert "referrals are not followed" in failure.detail


def test_the_policy_holds_for_directories_too():
    for url in ("ldap://127.0.0.1:PORT/CN=x", "ldap://[::1]:PORT/CN=x"):
        failure = fetched(url, port=1, private=False).failure
        assert failure.kind is Kind.POLICY
    never = fetched("ldap://169.254.169.254/CN=x").failure
    assert (never.kind, "link-local" in never.detail) == (Kind.POLICY, True)
    assert fetched("ldap:///CN=x").failure.kind is Kind.POLICY


def tlv(tag, *parts, octets=0):
    body = b"".join(parts)
    size = len(body)
    if not octets and size < 0x80:
        return bytes((tag, size)) + body
    octets = octets or (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | octets)) + size.to_bytes(octets) + body


def message(*parts, number=1, octets=0):
    return tlv(0x30, tlv(2, bytes((number,))), *parts, octets=octets)


def entry(value, name=b"certificateRevocationList", octets=0):
    values = tlv(0x31, tlv(4, value, octets=octets), octets=octets)
    attribute = tlv(0x30, tlv(4, name), values, octets=octets)
    return message(tlv(0x64, tlv(4, b"CN=x"), tlv(0x30, attribute, octets=octets), octets=octets), octets=octets)  # fmt: skip


def done(code=0, text=b""):
    return message(tlv(0x65, tlv(10, bytes((code,))), tlv(4), tlv(4, text)))


NOTICE = message(tlv(0x78, tlv(10, b"\x34"), tlv(4), tlv(4, b"shutting down")), number=0)
REFERENCE = message(tlv(0x73, tlv(4, b"ldap://elsewhere/")))
DEEP = b"\x30\x84\x00\x7f\xff\xff" * 1000

ANSWERS = {
    "as Active Directory writes it": (entry(BASE, octets=4) + done(), None),
    "with a reference elsewhere": (REFERENCE + entry(BASE) + done(), None),
    "more than was wanted": (entry(b"x", b"cn") + entry(BASE) + done(4), None),
    "no value": (entry(b"") + done(), Kind.STATUS),
    "nothing": (done(), Kind.STATUS),
    "no such object": (done(32), Kind.STATUS),
    "what Active Directory says to strangers": (done(1, b"000004DC: LdapErr"), Kind.STATUS),
    "a farewell": (NOTICE, Kind.STATUS),
    "another's answer": (message(tlv(0x65), number=9), Kind.MALFORMED),
    "another operation": (message(tlv(0x61, tlv(10, b"\0"))), Kind.MALFORMED),
    "a web page": (b"HTTP/1.1 400 Bad Request\r\n\r\n", Kind.MALFORMED),
    "an indefinite length": (b"\x30\x80\x02\x01\x01", Kind.MALFORMED),
    "a length of too many octets": (b"\x30\x88" + bytes(8), Kind.MALFORMED),
    "a length beyond all bounds": (b"\x30\x84\xff\xff\xff\xff" + bytes(99), Kind.TOO_LARGE),
    "a length beyond the message": (tlv(0x30, b"\x02\x7f\x01"), Kind.MALFORMED),
    "an empty message": (b"\x30\x00", Kind.MALFORMED),
    "nested without end": (tlv(0x30, DEEP), Kind.MALFORMED),
    "half an answer": (entry(BASE)[:40], Kind.MALFORMED),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_answers(case):
    octets, kind = ANSWERS[case]

    async def run():
        async with serving(saying(octets, then=closing)) as port:
            url = f"ldap://127.0.0.1:{port}/CN=x?{LIST}"
            errand = Errand(url=url, server=None, private=True, stage=Stage.CRL, limit=CRL_LIMIT)
            return await ldap.fetch(errand, Rules(Resolver(None), private=True), None)

    found = asyncio.run(run())
    assert (found.failure.kind if found.failure else None) is kind, found.failure
    assert found.data == (b"" if kind else BASE)


@pytest.mark.parametrize(
    ("handler", "kinds"),
    [
        (silent, {Kind.TIMEOUT}),
        (closing, {Kind.MALFORMED}),
        (resetting, {Kind.UNREACHABLE}),
        (flooding(b"", entry(b"x", b"cn") * 100), {Kind.TOO_LARGE}),
        (flooding(b"", REFERENCE * 100), {Kind.TOO_LARGE}),
        (flooding(b"\x30\x84\x00\x90\x00\x00", bytes(65536)), {Kind.MALFORMED}),
        (flooding(b"\x30\x84\x7f\xff\xff\xff", bytes(65536)), {Kind.TOO_LARGE}),
    ],
)
def test_hostile_servers_cost_little(handler, kinds, monkeypatch):
    monkeypatch.setattr(attempt, "SECONDS", 2.0)

    async def run():
        async with serving(handler) as port:
            url = f"ldap://127.0.0.1:{port}/CN=x?{LIST}"
            errand = Errand(url=url, server=None, private=True, stage=Stage.CRL, limit=CRL_LIMIT)
            begun = time.perf_counter()
            found = await ldap.fetch(errand, Rules(Resolver(None), private=True), None)
            return found.failure.kind, time.perf_counter() - begun

    kind, seconds = asyncio.run(run())
    assert kind in kinds
    assert seconds < 4


@given(st.binary(max_size=200))
def test_any_octets_are_an_answer_or_refused(octets):
    answer = Answer(LIST, 1000)
    try:
        for at in range(0, len(octets), 7):
            answer.receive(octets[at : at + 7])
    except Refused:
        return
    assert not answer.finished or answer.value


def test_a_url_as_ad_cs_writes_it():
    url = of("Contoso%20CA%3F", "certificateRevocationList", "dc01.contoso.com:3268")
    assert parse(url, "") == LdapUrl(
        "dc01.contoso.com",
        3268,
        f"CN=Contoso CA?,{HOLDER}",
        LIST,
        0,
        "(objectClass=cRLDistributionPoint)",
    )
    assert parse("ldap:///CN=x", "deltaRevocationList")[0:4] == (
        None, 389, "CN=x", "deltaRevocationList",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("ldap://dc/CN=x?userPassword", Kind.POLICY),
        (f"ldap://dc/CN=x?{LIST},cn", Kind.POLICY),
        ("ldap://dc/CN=x?*", Kind.POLICY),
        (f"ldap://dc/CN=x?{LIST}?sub", Kind.POLICY),
        (f"ldap://dc/CN=x?{LIST}?base??!bindname=cn=x", Kind.POLICY),
        (f"ldap://admin:secret@dc/CN=x?{LIST}", Kind.POLICY),
        ("ldap://dc/" + "x" * 3000, Kind.POLICY),
        (f"ldap://dc/CN=x?{LIST}?base?a?b?c", Kind.MALFORMED),
        (f"ldap://dc/%ff?{LIST}", Kind.MALFORMED),
        (f"ldap://dc:99999/CN=x?{LIST}", Kind.MALFORMED),
        ("ldap:CN=x", Kind.MALFORMED),
    ],
)
def test_urls_that_are_not_asked(url, kind):
    with pytest.raises(Refused) as raised:
        parse(url, LIST)
    assert raised.value.kind is kind


@pytest.mark.parametrize("text", ["(", "((a=b)", "(a", "(&)", "(" * 900])
def test_filters_that_are_none(text):
    with pytest.raises(Refused) as raised:
        ldap_messages.search(LdapUrl("dc", 389, "CN=x", LIST, 0, text))
    assert raised.value.kind is Kind.MALFORMED
