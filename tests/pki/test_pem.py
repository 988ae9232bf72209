import pytest

from probe.lab import builder
from probe.pki import pem


@pytest.fixture(scope="module")
def leaf():
    return builder.root().authority("CN=I").issue("CN=mp01")


def test_a_bundle_in_order(leaf):
    assert pem.split(leaf.chain_pem) == list(leaf.sent)


def test_der_is_taken_as_it_is(leaf):
    assert pem.split(leaf.der) == [leaf.der]


def test_text_and_keys_between_are_passed_over(leaf):
    bundle = b"subject=CN=mp01\r\n" + leaf.key_pem + leaf.pem + b"trailing"
    assert pem.split(bundle) == [leaf.der]


def test_line_ends_and_the_old_label(leaf):
    old = leaf.pem.replace(b"CERTIFICATE", b"X509 CERTIFICATE").replace(b"\n", b"\r\n")
    assert pem.split(old) == [leaf.der]


def test_a_block_that_is_not_ended_is_lost_alone(leaf):
    assert pem.split(b"-----BEGIN CERTIFICATE-----\nAAAA\n" + leaf.pem) == [leaf.der]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is neither PEM nor DER"),
        (b"hello", "it is neither PEM nor DER"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA", "certificate is begun and not ended"),
        (
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "private key is no certificate",
        ),
        (
            b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
            "certificate 1 is not Base64: ",
        ),
    ],
)
def test_nothing_has_a_reason(data, reason):
    with pytest.raises(ValueError, match=f"^{reason}"):
        pem.split(data)


def test_many_blocks_without_end_take_no_time():
    with pytest.raises(ValueError, match="not ended"):
        pem.split(b"-----BEGIN CERTIFICATE-----\n" * 100_000)
