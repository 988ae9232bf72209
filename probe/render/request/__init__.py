"""A certificate request that passes a profile: certreq INF, OpenSSL configuration or CSR."""

from probe.render.request.csr import csr
from probe.render.request.inf import inf
from probe.render.request.names import RequestError
from probe.render.request.openssl import openssl
from probe.render.request.wanted import Wanted, wanted

__all__ = ["RequestError", "Wanted", "csr", "inf", "openssl", "wanted"]
