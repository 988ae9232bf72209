"""The chain exactly as the server sent it. The one place that asks CPython for more than it says.

``SSLObject.get_unverified_chain`` is public from Python 3.13 on. On 3.11 and 3.12 the same call
exists underneath, on the private ``_sslobj``; the tests run this file on each of the three.
"""

import _ssl
import ssl
import sys

if sys.version_info >= (3, 13):

    def unverified_chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
        """Return the peer's certificates as raw DER in the order sent; empty if none came."""
        return tuple(tls.get_unverified_chain())

else:

    def unverified_chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
        """Return the peer's certificates as raw DER in the order sent; empty if none came."""
        certificates = tls._sslobj.get_unverified_chain()  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public shows the chain before 3.13
        return tuple(
            certificate.public_bytes(_ssl.ENCODING_DER) for certificate in certificates or ()
        )
