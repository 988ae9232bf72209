"""Clients that are slow on purpose, many, or gone; and those still there at the end."""

import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from support.serving import Exporter, exporter, write_inventory

from probe.exporter import daemon
from probe.exporter.web import connections, pagerows
from probe.exporter.web import metrics as metricspage
from probe.exporter.web import report as reportpage

PATHS = ("/", "/api/v1/report")
HEAD = b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def inventory(tmp_path, contoso_lab):
    path = tmp_path / "site.toml"
    write_inventory(path, contoso_lab, "mp01")
    return path


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(connections, "PATIENCE", 0.5)
    monkeypatch.setattr(connections, "EVERY", 0.05)


@contextlib.contextmanager
def connected(one: Exporter, buffer: int = 0) -> Iterator[socket.socket]:
    place = (one.client.base_url.host, one.client.base_url.port)
    with socket.socket() as client:
        if buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(5)
        client.connect(place)
        yield client


def closed(client: socket.socket) -> bool:
    """Wait for the end of a connection, whatever comes before it."""
    try:
        while client.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return True


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /",
        HEAD,
        HEAD + b"Content-Length: 9\r\n\r\n",
        b"POST /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx",
        HEAD + b"\r\n" + HEAD,
    ],
)
def test_a_request_that_does_not_come_to_an_end_is_not_waited_for(inventory, begun):
    with exporter(inventory) as one, connected(one) as client:
        client.sendall(begun)
        assert closed(client)


@pytest.mark.usefixtures("impatient")
def test_octets_one_by_one_buy_no_time(inventory):
    with exporter(inventory) as one, connected(one) as client:
        begun = time.monotonic()
        with contextlib.suppress(ConnectionError):
            for octet in HEAD * 3:
                client.sendall(bytes([octet]))
                time.sleep(0.05)
        assert time.monotonic() - begun < 5


@pytest.mark.usefixtures("impatient")
def test_who_says_nothing_after_an_answer_may_stay(inventory):
    with exporter(inventory) as one, connected(one) as client:
        for _ in range(2):
            client.sendall(HEAD + b"\r\n")
            answer = b""
            while not answer.endswith(b"cmprobe is healthy\n"):
                answer += client.recv(4096)
            time.sleep(1.5)


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_is_not_taken_is_thrown_away(inventory, monkeypatch):
    huge = 64 << 20
    monkeypatch.setattr(metricspage, "exposition", lambda *_: (bytes(huge), "text/plain"))
    with exporter(inventory) as one, connected(one, buffer=4096) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(2)
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while octets := client.recv(1 << 20):
                received += len(octets)
        assert received < huge


def test_an_answer_that_is_taken_comes_whole(inventory, monkeypatch):
    body = bytes(range(256)) * 8192
    monkeypatch.setattr(metricspage, "exposition", lambda *_: (body, "text/plain"))
    with exporter(inventory) as one:
        plain = {"Accept-Encoding": "identity"}
        assert one.get("/metrics", headers=plain).content == body
        head = one.client.head("/metrics", headers=plain)
        assert (head.content, head.headers["content-length"]) == (b"", str(len(body)))


def test_hundreds_that_say_nothing_keep_nobody_out(inventory, monkeypatch):
    monkeypatch.setattr(connections, "MOST", 8)
    with exporter(inventory) as one, contextlib.ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(connected(one))
        assert one.get("/-/healthy").status_code == 200


def test_the_end_hangs_up_on_who_is_slow_and_says_nothing_of_it(inventory, monkeypatch, caplog):
    monkeypatch.setattr(daemon, "_GRACE", 0.3)
    monkeypatch.setattr(reportpage, "chunks", lambda _: iter([bytes(1 << 20)] * 64))
    monkeypatch.setattr(metricspage, "exposition", lambda *_: (bytes(64 << 20), "text/plain"))
    with caplog.at_level(logging.WARNING), contextlib.ExitStack() as stack:
        with exporter(inventory) as one:
            for path in (b"/api/v1/report", b"/metrics", b"/probe?target=mp01.corp.contoso.com"):
                client = stack.enter_context(connected(one, buffer=4096))
                client.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stack.enter_context(connected(one)).sendall(HEAD)
            time.sleep(0.5)
            ending = time.monotonic()
        assert time.monotonic() - ending < 3
    assert not caplog.text


def test_a_handler_that_does_not_return_is_given_up_in_silence(inventory, monkeypatch, caplog):
    def slow(_: object) -> SimpleNamespace:
        time.sleep(1.5)
        raise AssertionError("nobody waits for this")

    monkeypatch.setattr(daemon, "_GRACE", 0.3)
    monkeypatch.setattr(daemon.Store, "report", slow)
    with exporter(inventory) as one, connected(one) as client:
        client.sendall(b"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.2)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_who_hangs_up_leaves_nothing_behind(inventory, caplog):
    paths = (b"/metrics", b"/api/v1/report", b"/probe?target=mp01.corp.contoso.com", b"/")
    with exporter(inventory) as one:
        for path in paths * 3:
            with connected(one) as client:
                client.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert json.loads(one.get("/sd").text)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_pages_and_reports_are_drawn_a_few_at_once(inventory, monkeypatch):
    """Threads that draw keep the event loop, and with it every scan, waiting."""
    drawn, most = [], {"fleet": 0, "report": 0}
    pair = threading.Barrier(2)  # two pages do meet, however busy the machine is

    def counted(kind: str, work):
        def wrapped(*arguments):
            drawn.append(kind)
            most[kind] = max(most[kind], drawn.count(kind))
            time.sleep(0.02)
            if kind == "fleet":
                pair.wait(10)
            found = work(*arguments)
            drawn.remove(kind)
            return found

        return wrapped

    monkeypatch.setattr(pagerows.Rows, "all", counted("fleet", pagerows.Rows.all))
    monkeypatch.setattr(daemon.Store, "report", counted("report", daemon.Store.report))
    with exporter(inventory) as one, ThreadPoolExecutor(12) as threads:
        codes = set(threads.map(lambda path: one.get(path).status_code, PATHS * 6))
    assert codes == {200}
    assert most == {"fleet": 2, "report": 1}
