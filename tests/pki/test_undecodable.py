import pytest

from probe.lab import builder
from probe.pki import certificate
from probe.pki.undecodable import told

GOOD = builder.root("CN=Root").der


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", "malformed DER: cut off"),
        (b"junk", "malformed DER: cut off"),
        (GOOD[:-1], "malformed DER: cut off"),
        (GOOD + b"\0", "malformed DER: something follows where nothing may"),
        (
            GOOD.replace(b"400101000000Z", b"4001010000 0Z"),
            "malformed DER: a value that cannot be in the validity",
        ),
        (builder.UNDECODABLE, "malformed DER: cut off in the signature algorithm"),
        (
            builder.self_signed("CN=x", version=2).der,
            "a version of X.509 that does not exist",
        ),
    ],
)
def test_why_octets_are_no_certificate_is_told_in_our_words(octets, reason, caplog):
    certificate._cached.cache_clear()
    with caplog.at_level("DEBUG", "probe.pki.undecodable"):
        assert certificate.load(octets).reason == reason
    assert "cannot be decoded" in caplog.text


def test_what_nobody_thought_of_is_not_repeated():
    assert told(ValueError("Foo { bar }")) == "it cannot be decoded"
