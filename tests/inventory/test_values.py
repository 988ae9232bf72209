"""Thumbprints and object identifiers as they are copied from dialogs and tools."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.inventory import values

SHA1 = "d4de20d05e66fc53fe1a50882c78db2852cae474"


@pytest.mark.parametrize(
    "text",
    [
        SHA1,
        SHA1.upper(),
        "d4:de:20:d0:5e:66:fc:53:fe:1a:50:88:2c:78:db:28:52:ca:e4:74",
        "\u200ed4 de 20 d0 5e 66 fc 53 fe 1a 50 88 2c 78 db 28 52 ca e4 74",
        f"\t{SHA1}\r\n",
    ],
    ids=["plain", "upper case", "openssl", "the dialog of Windows", "white space"],
)
def test_a_thumbprint_has_one_spelling(text):
    assert values.thumbprint(text) == SHA1


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["", ":", " ", "-"]))
def test_a_sha256_thumbprint_is_taken_however_it_is_grouped(digest, separator):
    grouped = separator.join(f"{octet:02X}" for octet in digest)
    assert values.thumbprint(grouped) == digest.hex()


@pytest.mark.parametrize("text", ["", ":", SHA1[:-1], SHA1 + "0", "g" * 40, "٣" * 40])
def test_what_is_no_thumbprint_is_refused(text):
    with pytest.raises(ValueError, match="is not a thumbprint"):
        values.thumbprint(text)


def test_an_object_identifier_is_dotted():
    assert values.oid("1.3.6.1.4.1.311.21.8.1234.5678") == "1.3.6.1.4.1.311.21.8.1234.5678"
    for text in ("", "1", "3.1", "1.02", "1.2.x", "1.2."):
        with pytest.raises(ValueError):
            values.oid(text)
