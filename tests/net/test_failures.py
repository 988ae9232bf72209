import asyncio
import errno
import logging
import socket
import ssl

import dns.exception
import dns.message
import dns.resolver
import h11
import pytest

from probe.model.failure import KINDS, Kind, Stage
from probe.net import failures


def os_error(number: int) -> OSError:
    return OSError(number, "words of the platform")


def ssl_error(reason: str | None, cls: type[ssl.SSLError] = ssl.SSLError) -> ssl.SSLError:
    error = cls(1, f"[SSL: {reason}] (_ssl.c:1)")
    error.reason = reason  # type: ignore[misc]
    return error


TABLE = [
    (Stage.TCP, os_error(errno.ECONNREFUSED), "refused", "connection refused"),
    (Stage.TCP, os_error(errno.ECONNRESET), "reset", "connection reset by peer"),
    (Stage.TCP, os_error(errno.EHOSTUNREACH), "unreachable", "no route to host"),
    (Stage.TCP, os_error(errno.ENETUNREACH), "unreachable", "network is unreachable"),
    (Stage.TCP, os_error(errno.ETIMEDOUT), "timeout", "connection timed out"),
    (Stage.TCP, os_error(errno.EACCES), "unreachable", "permission denied"),
    (Stage.TCP, TimeoutError(), "timeout", "TimeoutError"),
    (Stage.PROXY, os_error(errno.ECONNREFUSED), "refused", "connection refused"),
    (Stage.PROXY, TimeoutError("late"), "refused", "late"),
    (Stage.DNS, dns.exception.Timeout(timeout=1), "timeout", "no answer in time"),
    (Stage.DNS, dns.resolver.NXDOMAIN(), "not_found", None),
    (Stage.DNS, dns.message.ShortHeader(), "server_failure", "the answer cannot be used"),
    (Stage.DNS, dns.message.TrailingJunk(), "server_failure", None),
    (Stage.DNS, os_error(errno.ENETUNREACH), "server_failure", None),
    (Stage.DNS, EOFError(), "server_failure", "EOFError"),
    (Stage.TLS, os_error(errno.ECONNRESET), "reset", None),
    (Stage.TLS, ssl_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), "alert", "handshake_failure (40)"),
    (Stage.TLS, ssl_error("TLSV1_ALERT_PROTOCOL_VERSION"), "alert", "protocol_version (70)"),
    (
        Stage.TLS,
        ssl_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        "alert",
        "certificate_required (116)",
    ),
    (Stage.TLS, ssl_error("TLSV1_UNRECOGNIZED_NAME"), "alert", "unrecognized_name (112)"),
    (Stage.TLS, ssl_error("TLSV1_ALERT_USER_CANCELLED"), "alert", "user_canceled (90)"),
    (Stage.TLS, ssl_error("WRONG_SIGNATURE_TYPE"), "malformed", "wrong signature type"),
    (Stage.TLS, ssl_error(None), "malformed", "OpenSSL refuses what came"),
    (Stage.TLS, ssl_error("EXCESSIVE_MESSAGE_SIZE"), "limit", "excessive message size"),
    (
        Stage.TLS,
        ssl_error(None, ssl.SSLEOFError),
        "closed",
        "the connection ended within the TLS session",
    ),
    (Stage.TLS, ssl_error(None, ssl.SSLZeroReturnError), "closed", None),
    (Stage.PRELOGIN, os_error(errno.ECONNRESET), "closed", None),
    (Stage.PRELOGIN, TimeoutError(), "timeout", None),
    (Stage.HTTP, os_error(errno.EPIPE), "closed", "broken pipe"),
    (
        Stage.HTTP,
        ConnectionResetError("the connection was reset"),
        "closed",
        "the connection was reset",
    ),
    (Stage.HTTP, ssl_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), "closed", "handshake_failure (40)"),
    (Stage.HTTP, EOFError("closed without an answer"), "closed", "closed without an answer"),
    (Stage.HTTP, ssl_error("BAD_RECORD"), "malformed", "bad record"),
    (
        Stage.HTTP,
        h11.RemoteProtocolError("illegal header line: bytearray(b'x')"),
        "malformed",
        "a header line is malformed",
    ),
    (
        Stage.HTTP,
        h11.RemoteProtocolError("illegal status line: bytearray(b'SSH-2.0')"),
        "malformed",
        "it does not begin as an answer of HTTP/1.1 does",
    ),
]


@pytest.mark.parametrize(("stage", "error", "kind", "detail"), TABLE)
def test_the_table(stage, error, kind, detail, caplog):
    failure = failures.translate(stage, error)
    assert (failure.stage, failure.kind) == (stage, kind)
    assert failure.detail
    assert detail is None or failure.detail == detail
    assert not caplog.records


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        (Stage.TLS, KeyError("a bug")),
        (Stage.TCP, os_error(errno.EMFILE)),
        (Stage.HTTP, h11.LocalProtocolError("we did wrong")),
        (Stage.CRL, ValueError("no such stage here yet")),
    ],
)
def test_what_is_not_in_the_table_is_a_bug_of_ours_and_logged(stage, error, caplog):
    failure = failures.translate(stage, error)
    assert failure.kind is Kind.INTERNAL
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info[1] is error


def test_cancellation_always_goes_through():
    with pytest.raises(asyncio.CancelledError):
        failures.translate(Stage.TLS, asyncio.CancelledError())


def test_every_kind_belongs_to_its_stage():
    for (stage, _), kind in failures.TABLE.items():
        assert kind in KINDS[stage]
    for stage, numbers in failures.ERRNOS.items():
        assert set(numbers.values()) <= KINDS[stage]


def test_a_detail_is_one_bounded_line():
    text = failures.detail(ValueError("a\nb\r\n\tc " + "d" * 10_000))
    assert text.startswith("a b c ddd")
    assert len(text) == 300


def test_real_errors_of_the_socket_module():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        with pytest.raises(OSError, match="refused") as caught:
            socket.create_connection(sock.getsockname())
    assert failures.translate(Stage.TCP, caught.value).kind is Kind.REFUSED


def test_the_words_of_a_library_go_to_the_log(caplog):
    with caplog.at_level(logging.DEBUG, "probe.net.failures"):
        failure = failures.translate(Stage.TLS, ssl_error(None))
    assert "_ssl.c" not in failure.detail
    assert "_ssl.c:1" in caplog.text
