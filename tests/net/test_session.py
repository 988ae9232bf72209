import asyncio
import socket

import pytest
from support import pki

from probe.lab import keys
from probe.model.settings import Settings
from probe.model.stages import Chain
from probe.model.target import Target
from probe.net.session import Session, SessionError


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(resolver="dns.contoso.com"), "DNS server"),
        (Settings(tls_engine="schannel"), "schannel"),
        (Settings(proxy="ftp://proxy"), "ftp"),
        (Settings(client_certificate="/nowhere/client.pem"), "/nowhere/client.pem: No such file"),
    ],
)
def test_settings_that_cannot_be_used(settings, says):
    with pytest.raises(SessionError, match=says):
        Session(settings, {})


def test_client_certificates_that_cannot_be_used(tmp_path):
    junk = tmp_path / "junk.pem"
    junk.write_text("junk")
    alone = tmp_path / "alone.pem"
    alone.write_bytes(pki.leaf().pem)
    locked = tmp_path / "locked.pem"
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = pki.leaf().key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    locked.write_bytes(pki.leaf().pem + key)
    other = tmp_path / "other.pem"
    plain = keys.ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    other.write_bytes(pki.leaf().pem + plain)
    broken = tmp_path / "broken.pem"
    pair = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    broken.write_bytes(pki.leaf().pem + pair)
    for path, says in (
        (junk, "there is no certificate in it"),
        (alone, "there is no private key in it"),
        (locked, "its private key is encrypted"),
        (other, "the private key is not that of the first certificate"),
        (broken, "cannot be decoded"),
    ):
        with pytest.raises(SessionError, match=f"{path.name}: .*{says}") as raised:
            Session(Settings(client_certificate=str(path)), {})
        assert "_ssl.c" not in str(raised.value)


def test_resolvers_are_shared_and_the_settings_come_first():
    session = Session(Settings())
    one = Target(id="a", host="a", port=1, resolver="127.0.0.1:53")
    two = Target(id="b", host="b", port=1)
    assert session.resolver_for(one) is session.resolver_for(one)
    assert session.resolver_for(one) is not session.resolver_for(two)
    own = Session(Settings(resolver="127.0.0.2"))
    assert own.resolver_for(one) is own.resolver_for(two)


def test_issuers_are_kept_once():
    session = Session(Settings())
    first = session.same(Chain((b"leaf1", bytes(bytearray(b"issuing")), b"root")))
    second = session.same(
        Chain((b"leaf2", bytes(bytearray(b"issuing")), bytes(bytearray(b"root"))))
    )
    assert second == Chain((b"leaf2", b"issuing", b"root"))
    assert all(a is b for a, b in zip(first.certificates[1:], second.certificates[1:], strict=True))


def test_it_closes_what_is_still_being_asked():
    async def run(server):
        async with Session(Settings(resolver=server)) as session:
            resolver = session.resolver(server)
            asking = asyncio.create_task(resolver.resolve("a.example"))
            await asyncio.sleep(0.05)
        await asyncio.wait([asking])
        return asking.cancelled(), len(asyncio.all_tasks())

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        assert asyncio.run(run(f"127.0.0.1:{silent.getsockname()[1]}")) == (True, 1)
