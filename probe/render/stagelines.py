"""The stages of one connection, each as a mark, a name, a time and a sentence."""

from collections.abc import Iterator
from typing import NamedTuple

from probe.model.failure import Failure
from probe.model.observation import Observation
from probe.model.stages import (
    Browsed,
    ClientAuth,
    Connected,
    Failed,
    HandshakeFailed,
    Handshaken,
    HttpAnswered,
    HttpClientAuth,
    Prelogin,
    Proxied,
    Resolved,
    Skipped,
    VersionsTried,
)
from probe.model.target import Target
from probe.model.versions import spelled
from probe.render.advice import meaning
from probe.render.paper import Style

_CLIENT_AUTH = {
    ClientAuth.NONE: "asks for no client certificate",
    ClientAuth.REQUESTED: "asks for a client certificate",
    ClientAuth.REQUIRED: "requires a client certificate",
}

_UNAUTHORISED = frozenset({401, 403})
_SERVER_ERROR = 500


class Line(NamedTuple):
    """One stage: ``seconds`` is None where it took none."""

    mark: str
    style: Style
    name: str
    seconds: float | None
    text: str


def kind_of(failure: Failure) -> str:
    """Name a failure's kind in words."""
    return failure.kind.replace("_", " ")


def short(failure: Failure) -> str:
    """Name a failure by its stage and kind."""
    return failure.words


def told(failure: Failure) -> str:
    """Tell a failure's stage, its kind, and what that means."""
    return f"{short(failure)}: {meaning(failure)}"


def quoted(failure: Failure) -> str:
    """Tell a failure's kind and what the library or the server said."""
    return f"{kind_of(failure)}: {failure.detail}" if failure.detail else kind_of(failure)


def stage_lines(target: Target, seen: Observation, *, verbose: int = 0) -> Iterator[Line]:
    """Yield a line for each stage that was tried, and with ``verbose`` 2 for the others too."""
    stages = (
        ("dns", seen.resolution),
        ("browser", seen.browser),
        ("tcp", seen.connection),
        ("proxy", seen.proxy),
        ("prelogin", seen.prelogin),
        ("tls", seen.handshake),
        ("versions", seen.versions),
        ("http", seen.http),
    )
    for name, stage in stages:
        match stage:
            case Skipped(because=because):
                if verbose > 1:
                    yield Line("·", Style.FAINT, name, None, f"skipped: {because}")
            case Failed(failure=failure, seconds=seconds):
                # The certificate is already here; PRELOGIN comes inside TLS in TDS 8.0.
                follows = name in {"versions", "http"} or (
                    name == "prelogin" and isinstance(seen.handshake, Handshaken)
                )
                mark = ("!", Style.WARN) if follows else ("✗", Style.BAD)
                yield Line(*mark, name, seconds, quoted(failure))
            case Handshaken() | HandshakeFailed():
                yield _handshake(stage, full=verbose > 0)
            case Resolved() | Browsed() | Connected() | Proxied() | Prelogin():
                yield Line("✓", Style.GOOD, name, stage.seconds, _reached(target, seen, stage))
            case VersionsTried():
                yield Line("✓", Style.GOOD, name, stage.seconds, versions(stage))
            case HttpAnswered():
                trouble = stage.code >= _SERVER_ERROR
                mark = ("!", Style.WARN) if trouble else ("✓", Style.GOOD)
                yield Line(*mark, name, stage.seconds, http(stage))


def _reached(
    target: Target, seen: Observation, stage: Resolved | Browsed | Connected | Proxied | Prelogin
) -> str:
    match stage:
        case Resolved(addresses=addresses, cname_chain=names, source=source):
            path = " → ".join((target.host, *names, ", ".join(addresses)))
            return path if source == "dns" else f"{path} (from {_SOURCES.get(source, source)})"
        case Proxied(proxy=proxy):
            return f"tunnel through {proxy}"
        case Prelogin(version=version, encryption=encryption):
            return f"SQL Server {version}, {_ENCRYPTION.get(encryption, encryption)}"
        case Browsed(instance=instance, port=port):
            return f"the instance {instance} listens on port {port}"
        case _:
            browsed = seen.browser
            port = browsed.port if isinstance(browsed, Browsed) else target.port
            return f"port {port} accepts connections"


_ENCRYPTION = {
    "off": "encryption off: Force Encryption is off",
    "on": "encryption on: Force Encryption is on",
    "required": "encryption required: Force Encryption is on",
    "not_supported": "encryption not supported",
    "strict": "encryption strict: TLS first, as TDS 8.0 has it",
}

_SOURCES = {
    "hosts": "the hosts file",
    "literal": "the target itself",
    "pinned": "the inventory or --address",
}


def _handshake(stage: Handshaken | HandshakeFailed, *, full: bool) -> Line:
    if isinstance(stage, HandshakeFailed):
        text = quoted(stage.failure)
        if not stage.chain:
            return Line("✗", Style.BAD, "tls", stage.seconds, text)
        text = f"the certificate came, then: {text}"
        return Line("!", Style.WARN, "tls", stage.seconds, text)
    parts = [spelled(stage.version), stage.cipher]
    if asked := _CLIENT_AUTH.get(stage.client_auth):
        parts.append(asked)
    if stage.key_proven is False:
        parts.append("the server did not prove that it holds the key")
    if full:
        parts += [f"{word} {said}" for word, said in _details(stage) if said]
    return Line("✓", Style.GOOD, "tls", stage.seconds, ", ".join(parts))


def _details(stage: Handshaken) -> tuple[tuple[str, str | None], ...]:
    return (
        ("group", stage.group),
        ("signature", stage.signature_scheme),
        ("ALPN", stage.alpn),
        ("engine", stage.engine),
        ("acceptable CAs", "; ".join(stage.acceptable_cas)),
    )


def versions(stage: VersionsTried) -> str:
    """Tell which protocol versions are on."""
    parts = [f"accepts {', '.join(map(spelled, stage.accepted)) or 'none'}"]
    if stage.refused:
        parts.append(f"refuses {', '.join(map(spelled, stage.refused))}")
    for version, failure in stage.undecided.items():
        parts.append(f"{spelled(version)} undecided ({short(failure)})")
    return "; ".join(parts)


def http(stage: HttpAnswered) -> str:
    """Tell what the liveness request says about the role."""
    answer = f"{stage.code} {stage.reason}".strip() + f" from {stage.path}"
    if stage.code in _UNAUTHORISED:
        answer += ": up"
    asks = stage.client_auth in {HttpClientAuth.RENEGOTIATION, HttpClientAuth.POST_HANDSHAKE}
    return f"{answer}, asks for a client certificate" if asks else answer
