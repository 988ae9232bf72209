from probe.tls.keyed import Keyed
from probe.tls.prf import extended_master_secret, key_block, master_secret, prf, verify_data


def test_the_published_vector():
    """P_SHA256 as posted to the TLS working group's list, which libraries test with."""
    secret = bytes.fromhex("9bbe436ba940f017b17652849a71db35")
    seed = bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c")
    expected = bytes.fromhex(
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
        "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
        "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
        "87347b66"
    )
    assert prf(Keyed("sha256", secret), b"test label", seed, 100) == expected


def test_labels_and_lengths():
    secret = Keyed("sha384", b"s" * 48)
    assert master_secret(secret, b"c", b"s") == prf(secret, b"master secret", b"cs", 48)
    assert extended_master_secret(secret, b"h") == prf(secret, b"extended master secret", b"h", 48)
    assert key_block(secret, b"c", b"s", 88) == prf(secret, b"key expansion", b"sc", 88)
    assert verify_data(secret, b"client finished", b"h") == prf(
        secret, b"client finished", b"h", 12
    )
