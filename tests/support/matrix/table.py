"""The matrix: every server, and what is varied of it."""

from itertools import product

from support.matrix.case import Case

RSA_SUITES = (
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-RSA-AES128-SHA256",
    "ECDHE-RSA-AES256-SHA",
    "DHE-RSA-AES256-GCM-SHA384",
    "DHE-RSA-CHACHA20-POLY1305",
    "DHE-RSA-AES128-SHA256",
    "DHE-RSA-AES256-SHA",
    "AES128-GCM-SHA256",
    "AES256-SHA256",
    "AES128-SHA",
)
EC_SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-SHA",
)
SUITES13 = (
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
)
GO_SUITES = (
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-RSA-AES256-SHA",
)
ALL = ("1.0", "1.1", "1.2", "1.3")
RANGES = (("1.0",), ("1.1",), ("1.2",), ("1.3",), ("1.0", "1.1", "1.2"), ALL)
NEW = (("1.2",), ("1.3",))
GROUPS = ("X25519", "P-256", "P-384", "P-521")
ON_OPENSSL = ("s_server", "nginx", "haproxy", "apache", "stunnel")
SERVERS = (*ON_OPENSSL, "gnutls", "caddy")
SHAPES = ("leaf-only", "with-root", "duplicates", "extras", "misordered", "large")


def versions() -> list[Case]:
    old = [Case(server, versions=span) for server in (*ON_OPENSSL, "gnutls") for span in RANGES]
    mixed = [Case(server, key="secp256r1", versions=ALL) for server in (*ON_OPENSSL, "gnutls")]
    return [*old, *mixed, *(Case("caddy", versions=span) for span in (*NEW, ("1.2", "1.3")))]


def _keys() -> list[Case]:
    kinds = ("secp256r1", "secp384r1", "ed25519")
    cases = [Case(*one, versions=span) for one, span in product(product(SERVERS, kinds), NEW)]
    more = [Case("s_server", kind, span) for kind in ("secp521r1", "ed448") for span in NEW]
    pss = [Case(server, "rsa-pss", span) for server in ("s_server", "gnutls") for span in NEW]
    old = [Case("s_server", "secp384r1", (version,)) for version in ("1.0", "1.1")]
    return [*cases, *more, *pss, *old]


def _suites() -> list[Case]:
    cases = [
        Case(server, versions=("1.2",), suite=suite)
        for server, suite in product((*ON_OPENSSL, "gnutls"), RSA_SUITES)
        # GnuTLS has no such suite of SHA-256 with AES-256 beside static RSA; stunnel's are nginx's.
        if server != "stunnel" or "GCM" in suite
    ]
    cases += [
        Case(server, "secp256r1", ("1.2",), suite)
        for server, suite in product(("s_server", "nginx", "gnutls"), EC_SUITES)
    ]
    cases += [
        Case(one, versions=("1.3",), suite=suite) for one, suite in product(ON_OPENSSL, SUITES13)
    ]
    cases += [Case("gnutls", versions=("1.3",), suite=suite) for suite in SUITES13]
    cases += [Case("caddy", versions=("1.2",), suite=suite) for suite in GO_SUITES]
    return cases + [
        Case("s_server", versions=(version,), suite=suite)
        for version in ("1.0", "1.1")
        for suite in ("ECDHE-RSA-AES256-SHA", "DHE-RSA-AES256-SHA", "AES128-SHA")
    ]


def _groups() -> list[Case]:
    """A server with only P-384 or P-521 answers the first ClientHello with HelloRetryRequest."""
    cases = [
        Case(server, versions=span, groups=(group,))
        for server, group, span in product(SERVERS, ("P-384", "P-521"), NEW)
    ]
    cases += [
        Case("s_server", versions=span, groups=(group,)) for group in GROUPS[:2] for span in NEW
    ]
    return [*cases, Case("s_server", versions=("1.3",), groups=("P-521", "P-256"))]


def _client_certificates() -> list[Case]:
    spans = dict.fromkeys((*ON_OPENSSL, "gnutls"), (*NEW, ("1.0",))) | {"caddy": NEW}
    cases = [
        Case(server, versions=span, asks=asks)
        for server in SERVERS
        for span in spans[server]
        for asks in ("requested", "required")
    ]
    for suite in ("DHE-RSA-AES256-GCM-SHA384", "AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA256"):
        for server, asks in product(("s_server", "haproxy", "gnutls"), ("requested", "required")):
            cases.append(Case(server, versions=("1.2",), suite=suite, asks=asks))
    return cases


def _staples() -> list[Case]:
    servers = ("s_server", "nginx", "haproxy", "gnutls")
    cases = [Case(server, versions=span, staple=True) for server in servers for span in NEW]
    cases += [
        Case("s_server", versions=("1.2",), suite=suite, staple=True)
        for suite in ("DHE-RSA-AES256-GCM-SHA384", "AES128-GCM-SHA256")
    ]
    cases.append(Case("s_server", versions=("1.0",), staple=True))
    return [*cases, Case("s_server", staple=True, asks="requested", alpn=True, chain="extras")]


def _chains() -> list[Case]:
    cases = [
        Case(server, versions=span, chain=shape)
        for server, shape, span in product(SERVERS, SHAPES, NEW)
        # GnuTLS refuses to be configured with a chain that is none.
        if server != "gnutls" or shape in ("leaf-only", "with-root", "large")
    ]
    return [*cases, Case("s_server", versions=("1.0",), chain="large")]


def _protocols() -> list[Case]:
    servers = ("s_server", "nginx", "haproxy", "apache", "gnutls", "caddy")
    return [Case(server, versions=span, alpn=True) for server in servers for span in NEW]


def _peculiar() -> list[Case]:
    """Extended master secret absent, small records, odd habits of TLS 1.3."""
    cases = [
        Case(server, key, ("1.2",), extended_master_secret=False)
        for server, key in product(("nginx", "apache", "gnutls"), ("rsa", "secp256r1"))
    ]
    cases.append(Case("nginx", versions=("1.2",), extended_master_secret=False, asks="required"))
    options = (
        ("-max_send_frag", "512"),
        ("-num_tickets", "0"),
        ("-num_tickets", "8"),
        ("-no_ticket",),
        ("-no_middlebox",),
        ("-record_padding", "512"),
        ("-stateless",),
        ("-serverpref",),
        ("-no_etm",),
        ("-sigalgs", "RSA-PSS+SHA512"),
        ("-sigalgs", "RSA-PSS+SHA384"),
    )
    cases += [Case("s_server", versions=span, options=one) for one in options for span in NEW]
    cases += [
        Case("s_server", versions=("1.2",), options=("-sigalgs", f"RSA+SHA{bits}"))
        for bits in (256, 384, 512)
    ]
    # Two certificates, of which both engines prefer ECDSA's; a warning about the name; SHA-1.
    pair = {
        "s_server": ("-dcert", "{rsa}", "-dkey", "{rsa_key}"),
        "nginx": ("ssl_certificate {rsa}", "ssl_certificate_key {rsa_key}"),
    }
    warned = ("-servername", "other.contoso.com", "-cert2", "{ec}", "-key2", "{ec_key}")
    for span in (("1.0",), *NEW):
        cases += [Case(one, "secp256r1", span, options=words) for one, words in pair.items()]
        cases.append(Case("s_server", versions=span, options=warned))
    cases += [
        Case(
            "s_server",
            key,
            ("1.2",),
            options=("-sigalgs", f"{kind}+SHA1", "-cipher", "ALL:@SECLEVEL=0"),
        )
        for key, kind in (("rsa", "RSA"), ("secp256r1", "ECDSA"))
    ]
    cases.append(
        Case("s_server", versions=("1.3",), chain="large", options=("-max_send_frag", "512"))
    )
    return [case for case in cases if case.versions == ("1.3",) or case.options != ("-stateless",)]


CASES = tuple(
    dict.fromkeys(
        [
            *versions(),
            *_keys(),
            *_suites(),
            *_groups(),
            *_client_certificates(),
            *_staples(),
            *_chains(),
            *_protocols(),
            *_peculiar(),
        ]
    )
)
