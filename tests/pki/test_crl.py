import subprocess
import time
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import crls
from support.crls import LAST, NEXT, armour, crl, entry

from probe.lab import builder, keys
from probe.pki import certificate
from probe.pki.crl import CrlError, Revoked, Scope, decode

CA = builder.root("CN=Issuing")
OTHER = builder.root("CN=Issuing")
RSA = builder.root("CN=Issuing", key=keys.rsa_key())


def loaded(issued):
    return certificate.load(issued.der)


def test_facts():
    found = decode(
        crl(
            CA,
            5,
            freshest=["http://pki.contoso.com/CA+.crl"],
            next_publish=NEXT - timedelta(days=1),
        )
    )
    assert found.issuer == CA.subject
    assert found.issuer_text == "CN=Issuing"
    assert (found.this_update, found.next_update, found.number) == (LAST, NEXT, 7)
    assert found.next_publish == NEXT - timedelta(days=1)
    assert found.freshest == ("http://pki.contoso.com/CA+.crl",)
    assert found.base is None
    assert found.scope == Scope()
    assert found.unknown_critical == ()


def test_a_delta_names_its_base():
    assert decode(crl(CA, base=3)).base == 3


def test_scope():
    found = decode(crl(CA, scope=crls.scope(urls=["http://a/x.crl"], indirect_crl=True))).scope
    assert (found.urls, found.indirect, found.user_only) == (("http://a/x.crl",), True, False)


def test_nothing_revoked_and_no_next_update():
    found = decode(crl(CA, next_=None, number=None))
    assert (found.next_update, found.number, found.find(5)) == (None, None, None)


def test_critical_extensions_that_nobody_knows_are_told():
    assert decode(crl(CA, extra=(crls.UNKNOWN_CRITICAL,))).unknown_critical == ("1.2.3.4",)


@pytest.mark.parametrize("serial", [0, 1, 127, 128, 255, 256, 1 << 64, (1 << 159) - 1])
def test_a_serial_is_found(serial):
    found = decode(crl(CA, serial, entry(77, 6)))
    assert found.find(serial) == Revoked(LAST, None)
    assert found.find(serial + 1) is None


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (1, "key_compromise"),
        (5, "cessation_of_operation"),
        (6, "certificate_hold"),
        (8, "remove_from_crl"),
    ],
)
def test_reasons(code, word):
    assert decode(crl(CA, entry(5, code))).find(5) == Revoked(LAST, word)


def test_a_reason_that_nobody_knows_is_none():
    assert decode(crl(CA, entry(5, 99))).find(5) == Revoked(LAST, None)


def test_octets_that_look_like_a_serial_are_no_entry():
    # Within the serial of another entry stands the encoding of 5.
    assert decode(crl(CA, 0x61020105)).find(5) is None


@pytest.mark.parametrize("hash_name", ["sha1", "sha256", "sha384"])
@pytest.mark.parametrize("issuer", [CA, RSA], ids=["ec", "rsa"])
def test_signatures_of_every_age(issuer, hash_name):
    assert decode(crl(issuer, 5, hash_name=hash_name)).signed_by(loaded(issuer)) is True


def test_rsassa_pss():
    assert decode(crl(RSA, pss=True)).signed_by(loaded(RSA)) is True


@pytest.mark.parametrize(
    "octets", [crl(CA, corrupt=True), crl(OTHER)], ids=["corrupt", "other key"]
)
def test_wrong_signatures(octets):
    assert decode(octets).signed_by(loaded(CA)) is False


def test_an_unsupported_key_decides_nothing():
    odd = builder.root("CN=Issuing", public_key=bytes.fromhex("300b300506032a030403020001"))
    assert decode(crl(CA)).signed_by(loaded(odd)) is None


def test_pem():
    octets = crl(CA, 5)
    assert decode(b"text before\n" + armour(octets)).find(5) == Revoked(LAST, None)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "the answer is empty"),
        (b"  <html>Not Found</html>", "it looks like a web page"),
        (b"GIF89a", "neither DER nor PEM"),
        (b"\x30\x03\x02\x01", "no CRL: "),
        (CA.der, "no CRL: "),
        (armour(b"x", b"CERTIFICATE"), "neither DER nor PEM"),
        (crl(CA, 5)[:-1], "no CRL: "),
        (crl(CA, 5) + b"x", "no CRL: "),
    ],
)
def test_what_is_no_crl(octets, why):
    with pytest.raises(CrlError, match=why):
        decode(octets)


@pytest.mark.parametrize("offset", range(0, 200, 7))
def test_broken_octets_never_crash(offset):
    octets = bytearray(crl(CA, 5, 6, base=3))
    octets[offset % len(octets)] ^= 0x15
    try:
        found = decode(bytes(octets))
        found.find(5)
        found.signed_by(loaded(CA))
    except CrlError:
        pass


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_any_octets_are_a_crl_or_refused(octets):
    with pytest.raises(CrlError):
        decode(octets)


def test_a_hundred_thousand_entries_take_the_memory_of_their_octets():
    octets = crls.many(CA, 100_000)
    tracemalloc.start()
    begun = time.perf_counter()
    found = decode(octets)
    assert found.find(5) is None
    assert found.find(int.from_bytes(b"\x61" + (99_999).to_bytes(17, "big") + b"\x01", "big"))
    assert found.signed_by(loaded(CA)) is True
    took, (_, peak) = time.perf_counter() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    assert took < 2


@pytest.mark.real
def test_openssl_writes_what_is_read_and_reads_what_is_written(tmp_path):
    """`openssl ca -gencrl` against our reader, and our support's CRL against openssl."""
    (tmp_path / "ca.pem").write_bytes(CA.pem)
    (tmp_path / "key.pem").write_bytes(CA.key_pem)
    (tmp_path / "crlnumber").write_text("1E\n")
    (tmp_path / "index.txt").write_text(
        "R\t280101000000Z\t260501000000Z,keyCompromise\t0ABC\tunknown\t/CN=x\n"
    )
    (tmp_path / "ca.cnf").write_text(
        "[ca]\ndefault_ca = it\n[it]\ndatabase = index.txt\ncrlnumber = crlnumber\n"
        "default_md = sha256\ndefault_crl_days = 7\ncrl_extensions = x\n[x]\nauthorityKeyIdentifier=keyid\n"
    )
    run = lambda *command: subprocess.run(  # noqa: E731 - one line, twice
        command, cwd=tmp_path, check=True, capture_output=True, text=True
    )
    run(
        "openssl",
        "ca",
        "-config",
        "ca.cnf",
        "-gencrl",
        "-keyfile",
        "key.pem",
        "-cert",
        "ca.pem",
        "-out",
        "crl.pem",
    )
    found = decode((tmp_path / "crl.pem").read_bytes())
    assert found.number == 0x1E
    assert found.signed_by(loaded(CA)) is True
    assert found.find(0xABC) == Revoked(datetime(2026, 5, 1, tzinfo=UTC), "key_compromise")
    (tmp_path / "ours.der").write_bytes(crl(CA, 5, base=3, freshest=["http://x/+.crl"]))
    shown = run(
        "openssl",
        "crl",
        "-inform",
        "DER",
        "-in",
        "ours.der",
        "-noout",
        "-text",
        "-CAfile",
        "ca.pem",
    )
    assert "verify OK" in shown.stderr
    assert "Delta CRL Indicator" in shown.stdout
