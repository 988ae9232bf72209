"""How each server is told about a case: a command line, files, and where it complains."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from support.matrix.case import SUITES, Case
from support.matrix.identity import Files
from support.programs import program

DH_PARAMETERS = """-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
"""
"""ffdhe2048 of RFC 7919, A.1."""


@dataclass(frozen=True)
class Place:
    """Where a server runs: its directory, its address, and a port where something listens."""

    directory: Path
    address: str
    port: int
    backend: int

    def write(self, name: str, text: str) -> Path:
        """Write a configuration file."""
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        return path


Command = list[str | Path]
Recipe = Callable[[Case, Files, Place], Command]


def _list(case: Case) -> str:
    """The cipher list for TLS 1.2 and older, as OpenSSL reads it."""
    chosen = case.suite if case.suite and not case.suite.startswith("TLS_") else ""
    return f"{chosen or 'ALL'}:@SECLEVEL=0" if case.old else chosen


def _list13(case: Case) -> str:
    return case.suite if case.suite.startswith("TLS_") else ""


def s_server(case: Case, files: Files, place: Place) -> Command:
    command: Command = [program("openssl"), "s_server", "-quiet"]
    command += ["-accept", f"{place.address}:{place.port}", "-cert", files.chain, "-key", files.key]
    if len(files.sent) > 1:
        command += ["-cert_chain", files.issuers]
    names = {"1.0": "TLSv1", "1.1": "TLSv1.1", "1.2": "TLSv1.2", "1.3": "TLSv1.3"}
    command += ["-min_protocol", names[min(case.versions)]]
    command += ["-max_protocol", names[max(case.versions)]]
    command += ["-cipher", _list(case)] if _list(case) else []
    command += ["-ciphersuites", _list13(case)] if _list13(case) else []
    command += ["-groups", ":".join(case.groups)] if case.groups else []
    if case.asks != "none":
        command += ["-Verify" if case.asks == "required" else "-verify", "1"]
        command += ["-CAfile", files.authorities]
    command += ["-status_file", files.staple] if case.staple else []
    command += ["-alpn", "http/1.1"] if case.alpn else []
    return [*command, *case.options]


def nginx(case: Case, files: Files, place: Place) -> Command:
    lines = [
        f"listen {place.address}:{place.port} ssl{' http2' if case.alpn else ''}",
        f"ssl_certificate {files.chain}",
        f"ssl_certificate_key {files.key}",
        "ssl_protocols " + " ".join(f"TLSv{v}".removesuffix(".0") for v in case.versions),
        "ssl_dhparam " + str(place.write("dh.pem", DH_PARAMETERS)),
    ]
    lines += [f"ssl_ciphers {_list(case)}"] if _list(case) else []
    lines += [f"ssl_conf_command Ciphersuites {_list13(case)}"] if _list13(case) else []
    lines += [f"ssl_ecdh_curve {':'.join(case.groups)}"] if case.groups else []
    if case.asks != "none":
        lines += [f"ssl_verify_client {'on' if case.asks == 'required' else 'optional'}"]
        lines += [f"ssl_client_certificate {files.authorities}"]
    if case.staple:
        lines += ["ssl_stapling on", f"ssl_stapling_file {files.staple}"]
    if not case.extended_master_secret:
        lines += ["ssl_conf_command Options -ExtendedMasterSecret"]
    lines += case.options
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{name}_temp_path {place.directory};\n" for name in temporary)
    path = place.write(
        "nginx.conf",
        f"""daemon off; master_process off; pid {place.directory}/nginx.pid;
        error_log stderr info; events {{ worker_connections 64; }}
        http {{ access_log off; {paths} server {{ {"; ".join(lines)}; }} }}""",
    )
    return [program("nginx"), "-p", place.directory, "-e", "stderr", "-c", path]


def haproxy(case: Case, files: Files, place: Place) -> Command:
    certificate = files.both.with_name("stapled.pem") if case.staple else files.both
    words = [
        "ssl",
        "crt",
        str(certificate),
        "ssl-min-ver",
        f"TLSv{min(case.versions)}",
        "ssl-max-ver",
        f"TLSv{max(case.versions)}",
    ]
    words += ["ciphers", _list(case)] if _list(case) else []
    words += ["ciphersuites", _list13(case)] if _list13(case) else []
    words += ["curves", ":".join(case.groups)] if case.groups else []
    if case.asks != "none":
        words += ["verify", {"requested": "optional"}.get(case.asks, case.asks)]
        words += ["ca-file", str(files.authorities)]
    words += ["alpn", "h2,http/1.1"] if case.alpn else []
    path = place.write(
        "haproxy.cfg",
        f"""global
    log stdout format raw local0 info
    tune.ssl.default-dh-param 2048
defaults
    mode http
    log global
    option httplog
    timeout client 10s
    timeout server 10s
    timeout connect 10s
frontend tls
    bind {place.address}:{place.port} {" ".join([*words, *case.options])}
    http-request return status 200
""",
    )
    return [program("haproxy"), "-db", "-f", path]


def apache(case: Case, files: Files, place: Place) -> Command:
    modules = Path("/usr/lib/apache2/modules")
    loaded = ["mpm_event", "authz_core", "socache_shmcb", "ssl", *(["http2"] if case.alpn else [])]
    lines = [f"LoadModule {name}_module {modules}/mod_{name}.so" for name in loaded]
    lines += ["ServerName localhost", f"ServerRoot {place.directory}", "ErrorLog /dev/stderr"]
    lines += [f"PidFile {place.directory}/apache.pid", "LogLevel warn ssl:info"]
    lines += [f"Listen {place.address}:{place.port}", "StartServers 1", "SSLEngine on"]
    lines += [f"SSLCertificateFile {files.chain}", f"SSLCertificateKeyFile {files.key}"]
    versions = [f"+TLSv{version}".removesuffix(".0") for version in case.versions]
    lines += [f"SSLProtocol -all {' '.join(versions)}"]
    lines += [f"SSLCipherSuite {_list(case)}"] if _list(case) else []
    lines += [f"SSLCipherSuite TLSv1.3 {_list13(case)}"] if _list13(case) else []
    lines += [f"SSLOpenSSLConfCmd Groups {':'.join(case.groups)}"] if case.groups else []
    if case.asks != "none":
        lines += [f"SSLVerifyClient {'require' if case.asks == 'required' else 'optional'}"]
        lines += [f"SSLCACertificateFile {files.authorities}"]
    if not case.extended_master_secret:
        lines += ["SSLOpenSSLConfCmd Options -ExtendedMasterSecret"]
    lines += ["Protocols h2 http/1.1"] if case.alpn else []
    path = place.write("apache.conf", "\n".join([*lines, *case.options, ""]))
    return [program("apache2"), "-X", "-f", path]


def gnutls(case: Case, files: Files, place: Place) -> Command:
    words = ["NORMAL"]
    if case.suite:
        words = ["NONE:+COMP-NULL:+CTYPE-ALL:+SIGN-ALL:+GROUP-ALL", SUITES[case.suite].gnutls]
    elif case.old:
        words += ["+SHA1", "+SIGN-RSA-SHA1"]
    words += ["-VERS-ALL", *(f"+VERS-TLS{version}" for version in case.versions)]
    if case.groups:
        words += [
            "-GROUP-ALL",
            *(f"+GROUP-{_GNUTLS_GROUPS.get(group, group.upper())}" for group in case.groups),
        ]
    words += [] if case.extended_master_secret else ["%NO_SESSION_HASH"]
    command: Command = [program("gnutls-serv"), "--quiet", "--echo", "-p", str(place.port)]
    command += ["--priority", ":".join([*words, *case.options])]
    command += ["--x509certfile", files.chain, "--x509keyfile", files.key]
    command += ["--disable-client-cert"] if case.asks == "none" else []
    if case.asks != "none":
        command += ["--x509cafile", files.authorities, "--verify-client-cert"]
        command += ["--require-client-cert"] if case.asks == "required" else []
    command += ["--ocsp-response", files.staple] if case.staple else []
    command += ["--alpn", "http/1.1"] if case.alpn else []
    return command


_GNUTLS_GROUPS = {"P-256": "SECP256R1", "P-384": "SECP384R1", "P-521": "SECP521R1"}


def caddy(case: Case, files: Files, place: Place) -> Command:
    names = {"X25519": "x25519", "P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}
    lines = [f"protocols tls{min(case.versions)} tls{max(case.versions)}"]
    lines += [f"ciphers {SUITES[case.suite].iana}"] if case.suite else []
    lines += [f"curves {' '.join(names[group] for group in case.groups)}"] if case.groups else []
    if case.asks != "none":
        mode = "require_and_verify" if case.asks == "required" else "verify_if_given"
        lines += [f"client_auth {{\n mode {mode}\n trusted_ca_cert_file {files.authorities}\n }}"]
    lines += ["alpn http/1.1"] if case.alpn else []
    lines += case.options
    path = place.write(
        "Caddyfile",
        f"""{{
  admin off
  auto_https off
  debug
  storage file_system {place.directory}
}}
https://:{place.port} {{
  bind {place.address}
  tls {files.chain} {files.key} {{
    {chr(10).join(lines)}
  }}
  respond 200
}}
""",
    )
    return [program("caddy"), "run", "--config", path, "--adapter", "caddyfile"]


def stunnel(case: Case, files: Files, place: Place) -> Command:
    lines = ["foreground = yes", "pid =", "debug = notice", "syslog = no", "[tls]"]
    lines += [f"accept = {place.address}:{place.port}"]
    lines += [f"connect = {place.address}:{place.backend}"]
    lines += [f"cert = {files.chain}", f"key = {files.key}", "TIMEOUTclose = 0"]
    lines += [f"sslVersionMin = TLSv{min(case.versions)}".removesuffix(".0")]
    lines += [f"sslVersionMax = TLSv{max(case.versions)}".removesuffix(".0")]
    lines += [f"ciphers = {_list(case)}"] if _list(case) else []
    lines += ["securityLevel = 0"] if case.old else []
    lines += [f"ciphersuites = {_list13(case)}"] if _list13(case) else []
    lines += [f"curves = {':'.join(case.groups)}"] if case.groups else []
    if case.asks != "none":
        lines += [f"CAfile = {files.authorities}"]
        lines += ["verifyChain = yes" if case.asks == "required" else "verify = 1"]
    path = place.write("stunnel.conf", "\n".join([*lines, *case.options, ""]))
    return [program("stunnel4"), path]


RECIPES: dict[str, Recipe] = {
    "s_server": s_server,
    "nginx": nginx,
    "haproxy": haproxy,
    "apache": apache,
    "gnutls": gnutls,
    "caddy": caddy,
    "stunnel": stunnel,
}
