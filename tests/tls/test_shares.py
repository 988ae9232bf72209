import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from probe.model.failure import Kind
from probe.tls.errors import Abort
from probe.tls.shares import GROUPS, SECP256R1, SECP384R1, X25519, KeyShares


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_both_sides_agree(group):
    ours, theirs = KeyShares(), KeyShares()
    assert ours.agree(group, theirs.public(group)) == theirs.agree(group, ours.public(group))
    assert ours.public(group) == ours.public(group)
    assert len(ours.public(group)) == {29: 32, 23: 65, 24: 97, 25: 133}[group]


def test_keys_can_be_given():
    key = X25519PrivateKey.from_private_bytes(bytes(range(32)))
    curve = ec.derive_private_key(7, ec.SECP384R1())
    shares = KeyShares([key, curve])
    assert shares.public(X25519) == key.public_key().public_bytes_raw()
    assert shares.public(SECP384R1)[1:49] == curve.public_key().public_numbers().x.to_bytes(
        48, "big"
    )


@pytest.mark.parametrize(
    ("group", "peer"),
    [
        (X25519, b""),
        (X25519, bytes(31)),
        (X25519, bytes(32)),  # the all-zero secret
        (X25519, bytes(33)),
        (SECP256R1, b""),
        (SECP256R1, b"\x04" + bytes(64)),
        (SECP256R1, b"\x04" + b"\x11" * 64),
        (SECP256R1, b"\x02" + bytes(32)),
        (SECP256R1, b"\x00"),
    ],
)
def test_what_is_no_public_value(group, peer):
    with pytest.raises(Abort) as caught:
        KeyShares().agree(group, peer)
    assert caught.value.kind is Kind.MALFORMED
    assert "public value" in caught.value.detail
