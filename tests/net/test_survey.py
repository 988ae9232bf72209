import asyncio

import pytest
from support import pki
from support.drive import over_tcp
from support.programs import free_port, openssl_server, program, running
from support.servers import SHUT_OUT

from probe.model.failure import Failure, Kind, Stage
from probe.net.versions import Survey
from probe.tls.records import Content, plain

TCP = Failure(Stage.TCP, Kind.REFUSED, "")
ALL = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


class Server:
    """Answers as a server that has these versions; counts the connections.

    With ``odd`` its suites are such that the usual question finds none.
    """

    def __init__(self, *versions: int, refusal: str = "alert", odd: bool = False):
        self.asked: list[int] = []
        self._versions, self._refusal, self._odd = versions, refusal, odd

    async def __call__(self, probe):
        self.asked.append(probe._maximum)
        await asyncio.sleep(0)
        probe.begin()
        best = max((v for v in self._versions if v <= probe._maximum), default=None)
        if best is not None and (probe._everything or not self._odd):
            probe.answer = best
            probe.finished = True
        elif best is not None or self._refusal == "doubt":
            probe.receive(SHUT_OUT)
        elif self._refusal == "alert":
            probe.receive(plain(Content.ALERT, 0x0303, b"\x02\x46"))
        elif self._refusal == "alert in the lowest version":
            probe.receive(plain(Content.ALERT, min(self._versions), b"\x02\x46"))
        elif self._refusal == "close":
            probe.closed(reset=False)
        elif self._refusal == "reset":
            probe.closed(reset=True)
        elif self._refusal == "silence":
            probe.expire()
        else:
            return TCP
        return None


def survey(negotiated: str, server: Server, **options):
    async def run():
        found = Survey("a.example", negotiated, **options)
        await found.run(server)
        return found.result(0.5)

    return asyncio.run(run())


@pytest.mark.parametrize("refusal", ["alert", "close", "reset"])
@pytest.mark.parametrize(
    ("versions", "negotiated", "asked"),
    [
        ((0x0303, 0x0304), "TLSv1.3", [0x0302, 0x0303]),
        ((0x0304,), "TLSv1.3", [0x0302, 0x0303]),
        ((0x0303,), "TLSv1.2", [0x0302]),
        ((0x0301, 0x0302, 0x0303, 0x0304), "TLSv1.3", [0x0301, 0x0302, 0x0303]),
        ((0x0301, 0x0303), "TLSv1.2", [0x0302]),
        ((0x0302, 0x0303), "TLSv1.2", [0x0301, 0x0302]),
        ((0x0301, 0x0304), "TLSv1.3", [0x0302, 0x0303]),
        ((0x0301, 0x0302), "TLSv1.1", [0x0301]),
        ((0x0301,), "TLSv1", []),
        ((0x0300,), "SSLv3", []),
    ],
)
def test_what_is_asked_and_concluded(versions, negotiated, asked, refusal):
    server = Server(*versions, refusal=refusal)
    found = survey(negotiated, server)
    names = {0x0300: "SSLv3"} | dict(zip(range(0x0301, 0x0305), ALL, strict=True))
    assert found.accepted == tuple(names[version] for version in versions)
    assert found.refused == tuple(name for name in ALL if name not in found.accepted)
    assert found.undecided == {}
    assert sorted(server.asked) == asked


@pytest.mark.parametrize(
    ("versions", "asked"),
    [
        ((0x0301, 0x0303), [0x0302, 0x0301]),
        ((0x0302, 0x0303), [0x0302, 0x0301]),
        ((0x0303,), [0x0302]),
    ],
)
def test_a_server_that_refuses_in_a_lower_version_is_asked_for_that_too(versions, asked):
    questions = []

    async def gnutls(probe):
        probe.begin()
        questions.append(probe._maximum)
        if probe._maximum in versions:
            probe.answer, probe.finished = probe._maximum, True
        else:  # although something below may be there
            probe.receive(plain(Content.ALERT, min(versions), b"\x02\x46"))

    found = survey("TLSv1.2", gnutls, maximum=0x0303)
    names = dict(zip(range(0x0301, 0x0305), ALL, strict=True))
    assert found.accepted == tuple(names[version] for version in versions)
    assert questions == asked


@pytest.mark.real
@pytest.mark.parametrize(
    ("enabled", "accepted"),
    [
        ("+VERS-TLS1.0:+VERS-TLS1.2", ("TLSv1", "TLSv1.2")),
        ("+VERS-TLS1.2", ("TLSv1.2",)),
        ("+VERS-TLS1.1:+VERS-TLS1.2", ("TLSv1.1", "TLSv1.2")),
    ],
)
def test_gnutls_with_a_gap(tmp_path, enabled, accepted):
    path, port = pki.write(tmp_path), free_port()
    given = (
        "--x509certfile",
        path,
        "--x509keyfile",
        path,
        "--priority",
        f"NORMAL:-VERS-ALL:{enabled}",
    )
    command = (program("gnutls-serv"), "--echo", "--port", str(port), *given)

    async def ask(probe):
        over_tcp(probe, port)

    with running(command, port, directory=tmp_path):
        found = survey("TLSv1.2", ask, maximum=0x0303)
    assert found.accepted == accepted
    assert found.undecided == {}


def test_a_refusal_that_may_be_about_suites_is_asked_again_with_all_of_them():
    server = Server(0x0304, refusal="doubt")
    found = survey("TLSv1.3", server)
    assert (found.accepted, found.refused) == (("TLSv1.3",), ("TLSv1", "TLSv1.1", "TLSv1.2"))
    assert sorted(server.asked) == [0x0302, 0x0302, 0x0303, 0x0303]
    server = Server(0x0301, 0x0303, odd=True)
    found = survey("TLSv1.2", server)
    assert (found.accepted, found.refused) == (("TLSv1", "TLSv1.2"), ("TLSv1.1", "TLSv1.3"))
    assert server.asked == [0x0302, 0x0302]


def test_what_gives_no_answer_is_undecided():
    found = survey("TLSv1.3", Server(0x0304, refusal="silence"))
    assert (found.accepted, found.refused) == (("TLSv1.3",), ())
    assert {name: failure.kind.value for name, failure in found.undecided.items()} == {
        "TLSv1": "timeout",
        "TLSv1.1": "timeout",
        "TLSv1.2": "timeout",
    }
    found = survey("TLSv1.2", Server(0x0303, refusal="no connection"))
    assert found.undecided == {"TLSv1": TCP, "TLSv1.1": TCP}


def test_it_can_be_read_before_it_is_over():
    found = Survey("a.example", "TLSv1.2").result(0.1)
    assert (found.accepted, found.refused) == (("TLSv1.2",), ("TLSv1.3",))
    assert {failure.kind for failure in found.undecided.values()} == {Kind.TIMEOUT}


def test_what_was_not_offered_is_not_refused():
    found = survey("TLSv1.2", Server(0x0303), maximum=0x0303)
    assert found.refused == ("TLSv1", "TLSv1.1")
    assert "TLSv1.3" not in found.undecided


@pytest.mark.real
@pytest.mark.parametrize(
    ("options", "negotiated", "accepted"),
    [
        ((), "TLSv1.3", ("TLSv1.2", "TLSv1.3")),
        (("-no_tls1_2",), "TLSv1.3", ("TLSv1.3",)),
        (("-cipher", "ALL:@SECLEVEL=0"), "TLSv1.3", ALL),
        (
            ("-no_tls1_3", "-no_tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
            "TLSv1.2",
            ("TLSv1", "TLSv1.2"),
        ),
        (("-tls1", "-cipher", "ALL:@SECLEVEL=0"), "TLSv1", ("TLSv1",)),
    ],
)
def test_a_real_server(options, negotiated, accepted, tmp_path):
    with openssl_server(tmp_path, pki.rsa_leaf(), *options) as port:

        async def ask(probe):
            over_tcp(probe, port)

        found = survey(negotiated, ask)
    assert found.accepted == accepted
    assert found.refused == tuple(name for name in ALL if name not in accepted)


@pytest.mark.parametrize(
    ("alpn", "accepted"), [((), ("TLSv1.3",)), (("tds/8.0",), ("TLSv1.2", "TLSv1.3"))]
)
def test_a_server_that_insists_on_its_protocol(alpn, accepted):
    """As a SQL Server with strict encryption may: TLS 1.2 and 1.3, for tds/8.0 only."""

    async def insisting(probe):
        if b"\x07tds/8.0" not in probe.begin():
            probe.receive(plain(Content.ALERT, 0x0303, b"\x02\x78"))
        elif probe._maximum == 0x0303:
            probe.answer, probe.finished = 0x0303, True
        else:
            probe.receive(plain(Content.ALERT, 0x0303, b"\x02\x46"))

    assert survey("TLSv1.3", insisting, alpn=alpn).accepted == accepted
