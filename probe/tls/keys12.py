"""The keys of a TLS 1.2 connection with an AEAD suite (RFC 5246, 6.3 and 8.1)."""

from probe.tls import prf
from probe.tls.keyed import Keyed
from probe.tls.protection import NONCE, SALT, Protection12
from probe.tls.suites import Suite


class Keys12:
    """Both directions' protection, and what Finished holds."""

    __slots__ = ("_master", "client", "server")

    def __init__(
        self,
        suite: Suite,
        shared: bytes,
        client_random: bytes,
        server_random: bytes,
        session_hash: bytes | None,
    ) -> None:
        """Derive from the shared secret; ``session_hash`` is None without RFC 7627."""
        agreed = Keyed(suite.hash, shared)
        if session_hash is not None:
            secret = prf.extended_master_secret(agreed, session_hash)
        else:
            secret = prf.master_secret(agreed, client_random, server_random)
        self._master = master = Keyed(suite.hash, secret)
        # RFC 5246, 6.3: an AEAD needs no MAC keys; RFC 5288, 3 and RFC 7905, 2 for the IVs.
        key, iv = suite.key_length, SALT if suite.cipher == "gcm" else NONCE
        block = prf.key_block(master, client_random, server_random, 2 * (key + iv))
        ivs = block[2 * key :]
        self.client = Protection12(suite, block[:key], ivs[:iv])
        self.server = Protection12(suite, block[key : 2 * key], ivs[iv:])

    def verify_data(self, label: bytes, transcript: bytes) -> bytes:
        """Return what one side's Finished holds (RFC 5246, 7.4.9)."""
        return prf.verify_data(self._master, label, transcript)
