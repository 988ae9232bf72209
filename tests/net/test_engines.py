import pytest
from support import pki
from support.drive import over_tcp
from support.programs import haproxy, openssl_server
from support.servers import HOSTILE

from probe.model.settings import Settings
from probe.model.stages import HandshakeFailed, Handshaken
from probe.net.engines import Attempts
from probe.net.session import Session

WEB = ("h2", "http/1.1")


def shake(port: int, engine: str = "auto", alpn=WEB, **settings):
    """Go through all attempts; return the result and the engines in their order."""
    attempts = Attempts(Session(Settings(tls_engine=engine, **settings)), pki.HOST, alpn)
    engines = []
    while (exchange := attempts.next()) is not None:
        engines.append(type(exchange).__name__)
        assert len(engines) < 5
        over_tcp(exchange, port, 2.0)
        attempts.note(exchange, 0.1)
    return attempts.best, engines


OLD = "ALL:@SECLEVEL=0"


@pytest.mark.real
@pytest.mark.parametrize(
    ("options", "engines", "proven"),
    [
        ((), ["Observer"], True),
        (("-Verify", "1"), ["Observer"], True),
        # Proven by the observer already, although it cannot go on.
        (("-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256"), ["Observer"], True),
        (("-tls1_1", "-cipher", OLD), ["Observer"], True),
        # Static RSA has no signature: only a completed handshake proves the key.
        (("-tls1_2", "-cipher", "AES128-SHA"), ["Observer", "OpenSsl"], True),
        # What the observer does not offer.
        (("-tls1_2", "-cipher", "CAMELLIA128-SHA256"), ["Observer", "OpenSsl"], True),
        (("-groups", "X448"), ["Observer", "OpenSsl"], True),
        (("-tls1_2", "-cipher", "AES128-SHA", "-verify", "1"), ["Observer", "OpenSsl"], True),
    ],
)
def test_openssl_is_asked_only_where_it_tells_more(options, engines, proven, tmp_path):
    with openssl_server(tmp_path, pki.rsa_leaf(), *options) as port:
        seen, used = shake(port)
        alone, _ = shake(port, "openssl")
        observed, once = shake(port, "observer")
    assert used == engines
    assert once == ["Observer"]
    assert isinstance(seen, Handshaken)
    assert seen.key_proven is proven
    assert seen.chain.certificates == pki.rsa_leaf().sent
    assert seen.engine == ("openssl" if "OpenSsl" in engines else "observer")
    # Both engines tell the same story.
    for field in ("version", "chain", "key_proven", "client_auth"):
        assert getattr(seen, field) == getattr(alone, field), field
    assert observed.engine == "observer"


@pytest.mark.real
def test_a_server_that_knows_none_of_our_protocols(tmp_path):
    for engine, used in (("auto", ["Observer"] * 2), ("openssl", ["OpenSsl"] * 2)):
        with openssl_server(tmp_path, pki.leaf(), "-alpn", "tds/8.0") as port:
            seen, engines = shake(port, engine)
            assert isinstance(seen, Handshaken)
            assert engines == used
            assert seen.alpn is None
            assert shake(port, engine, ("tds/8.0",))[0].alpn == "tds/8.0"


@pytest.mark.real
def test_a_client_certificate_means_openssl(tmp_path):
    path, authority = pki.write(tmp_path), pki.write_authority(tmp_path)
    bind = f"ssl crt {path} verify required ca-file {authority}"
    with haproxy(tmp_path, bind) as port:
        without, _ = shake(port)
        known, engines = shake(port, client_certificate=str(pki.write_client(tmp_path)))
    assert (without.engine, without.client_auth) == ("observer", "required")
    assert engines == ["OpenSsl"]
    assert isinstance(known, Handshaken)
    assert known.client_auth == "requested"


def test_failures_that_another_engine_would_share_are_not_tried_again():
    from probe.model.failure import Failure, Kind, Stage
    from probe.net.engines import _tells_less

    def worth(kind: Kind, detail: str = "") -> bool:
        failure = Failure(Stage.TLS, kind, detail)
        return _tells_less(HandshakeFailed(failure=failure, seconds=0, engine="observer"), None)

    assert not worth(Kind.TIMEOUT)
    assert not worth(Kind.NOT_TLS)
    assert not worth(Kind.ALERT, "unrecognized_name (112)")
    assert worth(Kind.ALERT, "handshake_failure (40)")
    assert worth(Kind.RESET)
    assert worth(Kind.INTERNAL)
    assert {kind for _, kind in HOSTILE.values()} >= {"limit", "malformed"}
