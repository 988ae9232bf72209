"""What a failed network step means to an administrator, and where to look next."""

from probe.model.failure import Failure, Kind, Stage

_BUG = (
    "the probe met something it does not know; this is a fault of the probe",
    "Run again with -v, and report what the log says.",
)
_FIREWALL = "Look at firewalls and routes between this machine and the server."
_HTTP_REST = "The certificate was read all the same. Look at the web server's own log."

_ADVICE: dict[tuple[Stage, Kind], tuple[str, str]] = {
    (Stage.DNS, Kind.NOT_FOUND): (
        "the name does not exist in DNS",
        "Compare it with the site system's properties; internal names need an internal resolver.",
    ),
    (Stage.DNS, Kind.NO_ADDRESS): (
        "the name has no address to connect to",
        "Look for a missing A or AAAA record or an alias to nowhere, or leave -4 or -6 out.",
    ),
    (Stage.DNS, Kind.SERVER_FAILURE): (
        "the DNS server could not answer",
        "Ask another resolver (--resolver), then look at the zone's servers.",
    ),
    (Stage.DNS, Kind.TIMEOUT): (
        "the DNS server did not answer in time",
        "Is the resolver reachable from here? Name another one with --resolver.",
    ),
    (Stage.BROWSER, Kind.TIMEOUT): (
        "the SQL Server Browser did not answer",
        "Start the service and allow UDP 1434, or give the port in the inventory.",
    ),
    (Stage.BROWSER, Kind.NOT_FOUND): (
        "the SQL Server Browser does not know the instance",
        "Compare the instance name in the inventory with the server's.",
    ),
    (Stage.BROWSER, Kind.MALFORMED): (
        "the answer is not one of a SQL Server Browser",
        "Find out what listens on UDP 1434, or give the port in the inventory.",
    ),
    (Stage.TCP, Kind.REFUSED): (
        "the host is up, but nothing accepts connections on this port",
        "Is IIS (or the service) running, and is its binding on this port?",
    ),
    (Stage.TCP, Kind.UNREACHABLE): (
        "no route leads to the host",
        "Is the address right, and is this machine in a network that can reach it?",
    ),
    (Stage.TCP, Kind.RESET): (
        "the connection was reset while it was set up",
        _FIREWALL,
    ),
    (Stage.TCP, Kind.TIMEOUT): (
        "no answer at all: the host is down, or a firewall drops the packets",
        _FIREWALL,
    ),
    (Stage.PROXY, Kind.REFUSED): (
        "the proxy could not be reached",
        "Compare the address given with --proxy, and ask the proxy's administrator.",
    ),
    (Stage.PROXY, Kind.DENIED): (
        "the proxy does not open a tunnel to this server",
        "Have the proxy allow CONNECT to this host and port.",
    ),
    (Stage.PROXY, Kind.AUTHENTICATION): (
        "the proxy wants credentials",
        "Set them in the environment; they are never taken from the command line.",
    ),
    (Stage.PRELOGIN, Kind.CLOSED): (
        "SQL Server closed the connection instead of answering",
        "With Force Strict Encryption it speaks TDS 8.0 only: try transport tds-strict.",
    ),
    (Stage.PRELOGIN, Kind.TIMEOUT): (
        "the server accepted the connection but never answered as SQL Server",
        "Is this the port of SQL Server? Is the instance hanging?",
    ),
    (Stage.PRELOGIN, Kind.MALFORMED): (
        "the answer is not one of SQL Server",
        "Is this the port of SQL Server?",
    ),
    (Stage.PRELOGIN, Kind.ENCRYPTION_NOT_SUPPORTED): (
        "SQL Server offers no encryption, so it shows no certificate",
        "Look in its error log for why no certificate could be loaded.",
    ),
    (Stage.TLS, Kind.TIMEOUT): (
        "connected, but the server stayed silent in the TLS handshake",
        "A service that hangs, a load balancer without a server behind it, or no TLS service.",
    ),
    (Stage.TLS, Kind.CLOSED): (
        "the server closed the connection in the TLS handshake",
        "On IIS: is a certificate bound to this port, and is its private key readable?",
    ),
    (Stage.TLS, Kind.RESET): (
        "the connection was reset in the TLS handshake",
        "On IIS: is a certificate bound to this port? A firewall that inspects TLS does this too.",
    ),
    (Stage.TLS, Kind.NOT_TLS): (
        "what answers on this port does not speak TLS",
        "Is this the HTTPS port? IIS sites often have HTTP on the port beside it.",
    ),
    (Stage.TLS, Kind.ALERT): (
        "the server refused the TLS handshake with an alert",
        "Schannel events 36874 and 36888 on the server tell which side found nothing in common.",
    ),
    (Stage.TLS, Kind.MALFORMED): (
        "what the server sent breaks the TLS protocol",
        "Look for a device in between that inspects TLS.",
    ),
    (Stage.TLS, Kind.NO_CERTIFICATE): (
        "the handshake went on without a certificate",
        "Look for anonymous cipher suites on the server, and switch them off.",
    ),
    (Stage.TLS, Kind.LIMIT): (
        "the server sent more than the probe accepts",
        "Look at what is configured as its certificate chain.",
    ),
    (Stage.HTTP, Kind.TIMEOUT): ("the web server did not answer the request", _HTTP_REST),
    (Stage.HTTP, Kind.CLOSED): ("the web server closed without an answer", _HTTP_REST),
    (Stage.HTTP, Kind.MALFORMED): ("the answer is not HTTP", _HTTP_REST),
}


def meaning(failure: Failure) -> str:
    """Say in a sentence's words what happened."""
    return _advice(failure)[0]


def next_step(failure: Failure) -> str:
    """Say where to look next."""
    return _advice(failure)[1]


def _advice(failure: Failure) -> tuple[str, str]:
    return _ADVICE.get((failure.stage, failure.kind), _BUG)
