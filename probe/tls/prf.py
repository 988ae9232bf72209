"""The pseudorandom function of TLS 1.2 and what is derived with it (RFC 5246, 5, 6.3 and 8.1)."""

from probe.tls.keyed import Keyed

MASTER_SECRET = 48
VERIFY_DATA = 12


def prf(secret: Keyed, label: bytes, seed: bytes, length: int) -> bytes:
    """PRF(secret, label, seed), which is P_hash (RFC 5246, 5)."""
    seed = label + seed
    block = secret(seed)
    output = secret(block + seed)
    while len(output) < length:
        block = secret(block)
        output += secret(block + seed)
    return output[:length]


def master_secret(shared: Keyed, client_random: bytes, server_random: bytes) -> bytes:
    """Return the master secret (RFC 5246, 8.1)."""
    return prf(shared, b"master secret", client_random + server_random, MASTER_SECRET)


def extended_master_secret(shared: Keyed, session_hash: bytes) -> bytes:
    """Return the extended master secret (RFC 7627, 4)."""
    return prf(shared, b"extended master secret", session_hash, MASTER_SECRET)


def key_block(master: Keyed, client_random: bytes, server_random: bytes, length: int) -> bytes:
    """Return the octets that keys and IVs are cut from (RFC 5246, 6.3)."""
    return prf(master, b"key expansion", server_random + client_random, length)


def verify_data(master: Keyed, label: bytes, transcript: bytes) -> bytes:
    """Return what Finished holds (RFC 5246, 7.4.9); ``label`` names the side."""
    return prf(master, label, transcript, VERIFY_DATA)
