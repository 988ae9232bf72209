"""The names, types, labels and HELP texts of blackbox_exporter and ssl_exporter, as they are."""

from probe.render.metrics.family import Family

_CERTIFICATE = ("serial_no", "issuer_cn", "cn", "dnsnames", "ips", "emails", "ou")
_LEAF = ("fingerprint_sha256", "subject", "issuer", "subjectalternative", "serialnumber")
_CRL = (*_LEAF, "chain_pos", "crl_url")


def _family(
    name: str, help_: str, when: str, *, labels: tuple[str, ...] = (), detail: str = ""
) -> Family:
    # A gauge also where the name ends in _info: so do they have it.
    return Family(name=name, help=help_, labels=labels, endpoint=False, when=when, detail=detail)


_ALWAYS = "always"
_CAME = "a certificate came"
_STAPLED = "a response was stapled and its signature is right"

SUCCESS = _family(
    "probe_success",
    "Displays whether or not the probe was a success",
    _ALWAYS,
    detail="Whether every address completed the handshake, also with a chain that is untrusted or"
    " expired.",
)
DURATION = _family(
    "probe_duration_seconds",
    "Returns how long the probe took to complete in seconds",
    _ALWAYS,
)
DNS = _family(
    "probe_dns_lookup_time_seconds",
    "Returns the time taken for probe dns lookup in seconds",
    _ALWAYS,
)
PROTOCOL = _family(
    "probe_ip_protocol",
    "Specifies whether probe ip protocol is IP4 or IP6",
    _ALWAYS,
    detail="4 or 6, of the address that fared worst; 0 when there is none.",
)
ADDRESS_HASH = _family(
    "probe_ip_addr_hash",
    "Specifies the hash of IP address. It's useful to detect if the IP address changes.",
    "there is an address",
    detail="FNV-1a, 32 bits, of the address that fared worst.",
)
EARLIEST = _family(
    "probe_ssl_earliest_cert_expiry",
    "Returns last SSL chain expiry in unixtime",
    _CAME,
    detail="The earliest of all certificates that any address sent, whether or not they verify.",
)
LAST_CHAIN = _family(
    "probe_ssl_last_chain_expiry_timestamp_seconds",
    "Returns last SSL chain expiry in timestamp",
    "a path leads to a trusted root, also when it has expired",
    detail="Of several chains the one that lasts longest, of several addresses the first to end.",
)
LEAF = _family(
    "probe_ssl_last_chain_info",
    "Contains SSL leaf certificate information",
    _CAME,
    labels=_LEAF,
    detail="Of the address that fared worst.",
)
VERSION = _family(
    "probe_tls_version_info",
    "Returns the TLS version used or NaN when unknown",
    "the server chose one",
    labels=("version",),
    detail="Spelled `TLS 1.2`.",
)
CIPHER = _family(
    "probe_tls_cipher_info",
    "Returns the TLS cipher negotiated during handshake",
    "the server chose one",
    labels=("cipher",),
)
HTTP = _family(
    "probe_http_status_code",
    "Response HTTP status code",
    "the liveness request was answered",
)
CRL_AVAILABLE = _family(
    "probe_ssl_crl_available",
    "Whether the cert has CRL distribution points and the CRL was fetchable (0/1)",
    "a CRL was asked for",
    labels=_CRL,
)
CRL_REVOKED = _family(
    "probe_ssl_crl_revoked",
    "Whether the certificate appears on its CRL (0/1)",
    "the CRL says",
    labels=_CRL,
)
CRL_STALE = _family(
    "probe_ssl_crl_stale",
    "Whether the CRL is past its nextUpdate (0/1)",
    "the CRL names a time; judged at the moment of fetching",
    labels=_CRL,
)
CRL_NEXT_UPDATE = _family(
    "probe_ssl_crl_next_update_timestamp_seconds",
    "CRL nextUpdate as a Unix timestamp in seconds",
    "the CRL names a time",
    labels=_CRL,
)

BLACKBOX: tuple[Family, ...] = (
    *(SUCCESS, DURATION, DNS, PROTOCOL, ADDRESS_HASH, EARLIEST, LAST_CHAIN, LEAF, VERSION, CIPHER),
    *(HTTP, CRL_AVAILABLE, CRL_REVOKED, CRL_STALE, CRL_NEXT_UPDATE),
)

SSL_SUCCESS = _family(
    "ssl_probe_success", "If the probe was a success", _ALWAYS, detail="As `probe_success`."
)
SSL_PROBER = _family(
    "ssl_prober",
    "The prober used by the exporter to connect to the target",
    _ALWAYS,
    labels=("prober",),
    detail="`tcp`, or `tds` for SQL Server.",
)
SSL_VERSION = _family(
    "ssl_tls_version_info", "The TLS version used", "the server chose one", labels=("version",)
)
NOT_AFTER = _family(
    "ssl_cert_not_after",
    "NotAfter expressed as a Unix Epoch Time",
    _CAME,
    labels=_CERTIFICATE,
    detail="Every certificate that some address sent, once. Decimal serial; lists as `,a,b,`.",
)
NOT_BEFORE = _family(
    "ssl_cert_not_before",
    "NotBefore expressed as a Unix Epoch Time",
    _CAME,
    labels=_CERTIFICATE,
)
VERIFIED_NOT_AFTER = _family(
    "ssl_verified_cert_not_after",
    "NotAfter expressed as a Unix Epoch Time",
    "a path leads to a trusted root",
    labels=("chain_no", *_CERTIFICATE),
    detail="Chain 0 expires last. Certificates that were sent; a root in the store is not told.",
)
VERIFIED_NOT_BEFORE = _family(
    "ssl_verified_cert_not_before",
    "NotBefore expressed as a Unix Epoch Time",
    "a path leads to a trusted root",
    labels=("chain_no", *_CERTIFICATE),
)
STAPLED = _family(
    "ssl_ocsp_response_stapled",
    "If the connection state contains a stapled OCSP response",
    "there was a handshake",
)
STATUS = _family(
    "ssl_ocsp_response_status",
    "The status in the OCSP response 0=Good 1=Revoked 2=Unknown",
    _STAPLED,
)
PRODUCED_AT = _family(
    "ssl_ocsp_response_produced_at",
    "The producedAt value in the OCSP response, expressed as a Unix Epoch Time",
    _STAPLED,
)
THIS_UPDATE = _family(
    "ssl_ocsp_response_this_update",
    "The thisUpdate value in the OCSP response, expressed as a Unix Epoch Time",
    _STAPLED,
)
NEXT_UPDATE = _family(
    "ssl_ocsp_response_next_update",
    "The nextUpdate value in the OCSP response, expressed as a Unix Epoch Time",
    f"{_STAPLED}, and it names a time",
)
REVOKED_AT = _family(
    "ssl_ocsp_response_revoked_at",
    "The revocationTime value in the OCSP response, expressed as a Unix Epoch Time",
    f"{_STAPLED}, and it says revoked",
)

SSL_EXPORTER: tuple[Family, ...] = (
    *(SSL_SUCCESS, SSL_PROBER, SSL_VERSION, NOT_AFTER, NOT_BEFORE),
    *(VERIFIED_NOT_AFTER, VERIFIED_NOT_BEFORE),
    *(STAPLED, STATUS, PRODUCED_AT, THIS_UPDATE, NEXT_UPDATE, REVOKED_AT),
)
