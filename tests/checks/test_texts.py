from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.judging import ISSUING

from probe.checks import texts
from probe.model.certificate import Key, Signature
from probe.pki.certificate import load


def test_times_are_in_utc():
    east = timezone(timedelta(hours=2))
    assert texts.moment(datetime(2026, 12, 1, 1, 30, tzinfo=east)) == "2026-11-30 23:30 UTC"
    assert texts.moment(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)) == "9999-12-31 23:59 UTC"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(days=3650), "3,650 days"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=1, hours=23), "47 hours"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(seconds=119), "119 seconds"),
        (timedelta(0), "0 seconds"),
    ],
)
def test_lengths_of_time(length, said):
    assert texts.span(length) == said


@given(st.lists(st.text(max_size=300), max_size=50))
def test_lists_stay_short_and_tell_how_much_they_leave_out(values):
    said = texts.listed(values)
    assert len(said) <= texts.LISTED * (texts.LONGEST + 2) + 30
    if len(values) > texts.LISTED:
        assert said.endswith(f"and {len(values) - texts.LISTED:,} more")
    if not values:
        assert said == "none"


def test_a_long_list():
    values = [f"host{number}" for number in range(10_000)]
    assert texts.listed(values) == "host0, host1, host2, host3, host4 … and 9,995 more"


def test_signatures_and_keys():
    sha1 = Signature("sha1WithRSAEncryption", "1.2.840.113549.1.1.5", "sha1")
    assert texts.signature_text(sha1) == "SHA-1 (sha1WithRSAEncryption)"
    assert texts.signature_text(Signature("Ed25519", "1.3.101.112", None)) == "Ed25519"
    assert texts.key_text(Key("rsa", 2048)) == "RSA, 2048 bits"
    assert texts.key_text(Key("ec", 256, "secp256r1")) == "EC secp256r1, 256 bits"
    assert texts.key_text(Key("ed25519", 256)) == "Ed25519"
    assert texts.key_text(Key("unknown", None)) == "unknown key type"


def test_purposes():
    assert texts.purpose("1.3.6.1.5.5.7.3.1") == "Server Authentication (1.3.6.1.5.5.7.3.1)"
    assert texts.purpose("1.2.3") == "1.2.3"


def test_alternatives():
    assert texts.either((2048,)) == "2048"
    assert texts.either((1024, 2048)) == "1024 or 2048"
    assert texts.either("abc") == "a, b or c"


@pytest.mark.parametrize(
    ("subject", "dns", "label"),
    [
        ("CN=mp01", [], "mp01"),
        ("O=Contoso", [], "O=Contoso"),
        ("", ["mp01.contoso.com"], "mp01.contoso.com"),
        ("", [], "no name"),
    ],
)
def test_labels(subject, dns, label):
    assert texts.label(load(ISSUING.issue(subject, dns=dns).der)) == label
