"""Cases beside the matrix: only one engine sees something, or none does, or versions are asked."""

from support.matrix.case import Case
from support.matrix.table import ALL, versions

ONLY_OPENSSL = (
    *(
        Case(server, versions=("1.2",), suite=suite)
        for server in ("s_server", "gnutls")
        for suite in ("AES128-CCM", "CAMELLIA128-SHA", "ECDHE-RSA-CAMELLIA128-SHA256")
    ),
    *(
        Case(server, versions=("1.3",), groups=(group,))
        for server in ("s_server", "gnutls")
        for group in ("X448", "ffdhe2048")
    ),
    Case("gnutls", versions=("1.2",), suite="NULL-SHA"),
)
"""What the observer does not offer; no Windows server does. OpenSSL 3.0 does; a newer one may have let go of some."""

ONLY_OBSERVER = tuple(
    Case("gnutls", versions=(version,), suite=suite)
    for version, suite in (
        ("1.0", "DES-CBC3-SHA"),
        ("1.2", "DES-CBC3-SHA"),
        ("1.2", "RC4-SHA"),
        ("1.2", "RC4-MD5"),
        ("1.2", "ECDHE-RSA-RC4-SHA"),
    )
)
"""Suites of old Windows servers that OpenSSL is built without."""

REFUSALS = (
    (Case("nginx", options=("ssl_reject_handshake on",)), "unrecognized_name (112)"),
    (Case("haproxy", options=("strict-sni",)), "unrecognized_name (112)"),
    (Case("s_server", options=("-alpn", "tds/8.0")), "no_application_protocol (120)"),
    (Case("s_server", options=("-nocert",), versions=("1.2",)), "handshake_failure (40)"),
    (Case("s_server", versions=("1.3",), suite="TLS_AES_128_CCM_SHA256"), "handshake_failure (40)"),
    (
        Case("s_server", options=("-sigalgs", "ECDSA+SHA256"), versions=("1.3",)),
        "handshake_failure (40)",
    ),
    (
        Case("s_server", options=("-sigalgs", "ECDSA+SHA256"), versions=("1.2",)),
        "handshake_failure (40)",
    ),
)
"""Servers that refuse everybody, or those who ask for another name; the alert that says so."""

SURVEYED = (
    *versions(),
    *(Case("nginx", versions=span) for span in (("1.0", "1.2"), ("1.1", "1.3"))),
    *(
        Case("s_server", versions=ALL, suite=suite)
        for suite in ("CAMELLIA128-SHA", "NULL-SHA", "AES128-SHA")
    ),
    Case("s_server", groups=("X448",), suite="ECDHE-RSA-AES128-GCM-SHA256"),
    Case("gnutls", versions=("1.0", "1.1", "1.2"), suite="CAMELLIA128-SHA"),
    Case("gnutls", versions=("1.0", "1.1"), suite="NULL-SHA"),
    Case("nginx", versions=("1.0", "1.3")),
)
"""Where it is asked which versions are accepted: with gaps, and with suites that nobody has."""

WITNESSES = (
    Case("s_server", versions=("1.3",), staple=True),
    Case("s_server", versions=("1.3",), asks="requested"),
    Case("s_server", versions=("1.3",)),
    Case("s_server", versions=("1.2",)),
    Case("s_server", versions=("1.0",)),
    Case("s_server", versions=("1.2",), suite="DHE-RSA-AES256-GCM-SHA384"),
    Case("s_server", versions=("1.3",), groups=("P-521", "P-256")),
    Case("s_server", versions=("1.2",), suite="AES128-GCM-SHA256"),
    Case("haproxy", versions=("1.2",), suite="ECDHE-RSA-AES128-SHA256", asks="required"),
)
"""Where each of the allowed differences shows."""
