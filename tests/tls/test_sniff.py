import pytest

from probe.tls.sniff import describe, foreign


@pytest.mark.parametrize(
    ("start", "is_foreign"),
    [
        (b"", False),
        (b"\x16", False),
        (b"\x16\x03", False),
        (b"\x16\x02", True),
        (b"H", True),
        (b"\x18\x03", True),
    ],
)
def test_foreign(start, is_foreign):
    assert foreign(start) is is_foreign


@pytest.mark.parametrize(
    ("start", "looks"),
    [
        (b"HTTP/1.1 200 OK\r\n", 'plain HTTP: "HTTP/1.1 200 OK"'),
        (b"<!DOCTYPE html>\n", 'plain HTML: "<!DOCTYPE html>"'),
        (b"SSH-2.0-x\r\n", 'SSH: "SSH-2.0-x"'),
        (b"220 mail ESMTP\r\n", 'a mail or file transfer greeting: "220 mail ESMTP"'),
        (b"+OK ready\r\n", 'a POP3 greeting: "+OK ready"'),
        (b"* OK IMAP\r\n", 'an IMAP greeting: "* OK IMAP"'),
        (b"RFB 003.008\n", 'VNC: "RFB 003.008"'),
        (b"hello\x1b[31m\xe9\n", 'plain text: "hello\\x1b[31m\\xe9"'),
        (b"y" * 90, f'plain text: "{"y" * 64}"'),
        (b"\x04\x01\x00\x2b\x00", "octets that are no TLS record: 04 01 00 2b 00"),
    ],
)
def test_what_it_looks_like(start, looks):
    assert describe(start, ended=False) == f"answered with {looks}"


def test_more_may_tell_more():
    assert describe(b"HTTP/1.", ended=False) is None
    assert describe(b"HTTP/1.", ended=True) == 'answered with plain HTTP: "HTTP/1."'
    assert describe(b"\x00\x01", ended=False) is None
    assert describe(b"\x00\x01", ended=True) == "answered with octets that are no TLS record: 00 01"
