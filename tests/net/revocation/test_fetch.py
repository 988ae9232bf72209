"""Hostile servers on loopback, and names that lead where nothing is to be fetched."""

import asyncio
import gzip
import time
import zlib

import pytest
from support.servers import closing, resetting, serving, silent

from probe.inventory import hosts
from probe.model.failure import Kind, Stage
from probe.net.resolve import Answer
from probe.net.revocation import attempt, dial, fetch, policy
from probe.net.revocation.attempt import Rules


class Names:
    """A resolver with fixed answers; the rest is loopback."""

    def __init__(self, **known):
        self.known = known
        self.asked = []

    async def resolve(self, name):
        self.asked.append(name)
        if hosts.is_address(name):
            return Answer((name,), source="literal")
        return Answer(tuple(self.known.get(name.partition(".")[0], ("127.0.0.1",))))


def answering(*answers, requests=None):
    """Answer the n-th connection with the n-th answer, the last for ever."""
    rest = list(answers)

    async def handler(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        if requests is not None:
            requests.append(head)
        answer = rest.pop(0) if len(rest) > 1 else rest[0]
        writer.write(answer() if callable(answer) else answer)
        await writer.drain()

    return handler


def ok(body, *headers):
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def to(location):
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def get(handler, url="http://pki:PORT/ca.crl", *, private=True, limit=1000, names=None, body=None):
    async def run():
        async with serving(handler) as port:
            rules = Rules(names or Names(), private)
            return await fetch.fetch(
                url.replace("PORT", str(port)), rules, stage=Stage.CRL, limit=limit, body=body
            )

    return asyncio.run(run())


def test_a_plain_answer_and_what_is_asked():
    requests = []
    found = get(answering(ok(b"crl"), requests=requests), "http://pki:PORT/CertEnroll/A%20CA+.crl")
    assert (found.data, found.failure, found.public) == (b"crl", None, False)
    (request,) = requests
    assert request.startswith(b"GET /CertEnroll/A%20CA+.crl HTTP/1.1\r\n")
    for secret in (b"accept-encoding", b"cookie", b"authorization", b"referer"):
        assert secret not in request.lower()


def test_post():
    requests = []
    assert get(answering(ok(b"x"), requests=requests), body=b"\x30\x00").data == b"x"
    assert b"Content-Type: application/ocsp-request" in requests[0]


@pytest.mark.parametrize(
    ("handler", "kind", "detail"),
    [
        (answering(ok(b"x" * 1001)), Kind.TOO_LARGE, "1001 octets"),
        (answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000), Kind.TOO_LARGE, "more than 1000"),
        (answering(ok(gzip.compress(bytes(10_000_000))[:900], "Content-Encoding: gzip")), Kind.TOO_LARGE, "more than 1000"),
        (answering(ok(zlib.compress(bytes(500))[:-4], "Content-Encoding: deflate")), Kind.MALFORMED, "cut off"),
        (answering(ok(b"x", "Content-Encoding: gzip")), Kind.MALFORMED, "gzip"),
        (answering(ok(b"x", "Content-Encoding: br")), Kind.MALFORMED, "nobody asked for"),
        (answering(b"HTTP/1.1 404 Not Found\r\n\r\n"), Kind.STATUS, "HTTP 404"),
        (answering(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n\r\n"), Kind.STATUS, "HTTP 401"),
        (answering(b"SSH-2.0-OpenSSH\r\n"), Kind.MALFORMED, ""),
        (answering(b"HTTP/1.1 100 Continue\r\n\r\n" * 50), Kind.MALFORMED, "without end"),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), Kind.MALFORMED, ""),
        (answering(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000), Kind.MALFORMED, ""),
        (closing, Kind.MALFORMED, "closed without an answer"),
        (resetting, Kind.UNREACHABLE, ""),
        (answering(to("http://pki:PORT/x")), Kind.MALFORMED, "no URL"),
        (answering(to("/a"), to("/b"), to("/c")), Kind.POLICY, "more than 2 redirects"),
        (answering(to("/again")), Kind.STATUS, "redirected in a circle"),
        (answering(to("/a"), to("/ca.crl")), Kind.STATUS, "redirected in a circle"),
        (answering(to("http://pki:99999/x")), Kind.MALFORMED, "port 99999"),
        (answering(to("file:///etc/passwd")), Kind.POLICY, "file"),
        (answering(to("ldap://dc/x")), Kind.POLICY, "ldap"),
        (answering(to("http://me:secret@pki/x")), Kind.POLICY, "credentials"),
        (answering(to("http://metadata/latest")), Kind.POLICY, "169.254.169.254 is link-local"),
        (answering(to("http://[::ffff:169.254.169.254]/")), Kind.POLICY, "is link-local"),
        (answering(to("http://[fe80::1]/")), Kind.POLICY, "is link-local"),
    ],
)  # fmt: skip
def test_hostile_servers(handler, kind, detail):
    found = get(handler, names=Names(metadata=["169.254.169.254"]))
    assert found.failure is not None
    assert (found.failure.stage, found.failure.kind) == (Stage.CRL, kind)
    assert detail in found.failure.detail
    assert found.data == b""


def test_two_redirects_are_followed():
    assert get(answering(to("/a"), to("/b"), ok(b"crl"))).data == b"crl"


def test_a_gzipped_body_that_nobody_asked_for():
    assert get(answering(ok(gzip.compress(b"crl"), "Content-Encoding: gzip"))).data == b"crl"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("ftp://pki/x", Kind.POLICY),
        ("http://me:secret@pki/x", Kind.POLICY),
        ("http://pki/" + "x" * 3000, Kind.POLICY),
        ("http://", Kind.MALFORMED),
        ("http://[::1", Kind.MALFORMED),
        ("http://pki:0/", Kind.MALFORMED),
        ("http://pki:65536/", Kind.MALFORMED),
        ("http://169.254.169.254/latest/meta-data/", Kind.POLICY),
        ("http://[fd00:ec2::254]/", Kind.POLICY),
        ("http://[fe80::1%25eth0]/", Kind.POLICY),
        ("http://[64:ff9b::a9fe:a9fe]/", Kind.POLICY),
        ("http://metadata/", Kind.POLICY),
    ],
)
def test_urls_that_are_not_fetched(url, kind):
    found = get(silent, url, names=Names(metadata=["169.254.169.254", "fe80::1"]))
    assert found.failure is not None
    assert found.failure.kind in (kind, Kind.UNREACHABLE if "%25" in url else kind)


@pytest.mark.parametrize("url", ["http://pki:PORT/", "http://127.0.0.1:PORT/"])
def test_loopback_is_not_for_those_that_only_the_internet_reaches(url):
    requests = []
    found = get(answering(ok(b"x"), requests=requests), url, private=False)
    assert found.failure.kind is Kind.POLICY
    assert "loopback" in found.failure.detail
    assert requests == []


@pytest.mark.parametrize(
    ("location", "because"),
    [
        ("http://127.0.0.2/", "loopback"),
        ("http://[::1]/", "loopback"),
        ("http://[::ffff:127.0.0.2]/", "loopback"),
        ("http://10.0.0.1/", "private"),
        ("http://[fd00::1]/", "private"),
        ("http://[64:ff9b::10.0.0.1]/", "private"),
        ("http://[2002:a00:1::]/", "private"),
        ("http://inner/", "10.0.0.1 is private"),
        ("http://inner6/", "::ffff:10.0.0.1 is private"),
    ],
)
def test_a_public_server_leads_to_no_private_one(monkeypatch, location, because):
    """The one address that a test can listen on stands for a public one."""
    judged = policy.refusal
    monkeypatch.setattr(
        policy, "refusal", lambda one, *, private: None if one == "127.0.0.1" else judged(one, private=private)
    )  # fmt: skip
    names = Names(inner=["10.0.0.1"], inner6=["::ffff:10.0.0.1"])
    found = get(answering(to(location)), private=False, names=names)
    assert found.failure.kind is Kind.POLICY
    assert found.failure.detail.endswith(because)


def test_of_a_names_addresses_only_those_allowed_are_tried():
    names = Names(pki=["169.254.169.254", "127.0.0.1"])
    assert get(answering(ok(b"crl")), names=names).data == b"crl"


def test_a_number_is_a_name_and_never_an_address():
    names = Names()
    get(silent, "http://2130706433/", names=names, private=False)
    assert names.asked in (["2130706433"], [])


def test_a_slow_drip_has_an_end(monkeypatch):
    monkeypatch.setattr(attempt, "SECONDS", 0.3)

    async def drip(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    begun = time.monotonic()
    assert get(drip).failure.kind is Kind.TIMEOUT
    assert time.monotonic() - begun < 3


def test_the_address_connected_to_is_judged_again(monkeypatch):
    answers = iter([None, "it moved"])
    monkeypatch.setattr(dial.policy, "refusal", lambda *_a, **_k: next(answers))
    assert get(silent).failure.kind is Kind.POLICY


def test_nothing_listens():
    found = get(silent, "http://pki:1/")
    assert found.failure.kind is Kind.UNREACHABLE
