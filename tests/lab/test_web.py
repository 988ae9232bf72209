import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.lab.web import Page, Web, lowered

PAGES = lowered(
    {"/SMS_DP_SMSPKG$/": Page(401, "Unauthorized", b"no", headers=(("WWW-Authenticate", "NTLM"),))}
)
GET = b"GET /sms_dp_smspkg$/ HTTP/1.1\r\nHost: dp01\r\n\r\n"


def test_a_page_is_found_without_regard_to_case_and_the_connection_stays():
    web = Web(PAGES)
    answer = web.receive(GET)
    assert answer.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
    assert b"WWW-Authenticate: NTLM\r\n" in answer
    assert answer.endswith(b"Content-Length: 2\r\n\r\nno")
    assert not web.finished


def test_requests_may_come_in_pieces_and_together():
    web = Web(PAGES)
    assert web.receive(GET[:20]) == b""
    assert web.receive(GET[20:] + GET).count(b"401 Unauthorized") == 2


@pytest.mark.parametrize(
    ("request_octets", "status", "finished"),
    [
        (b"GET /other HTTP/1.1\r\n\r\n", b"404 Not Found", False),
        (b"GET / HTTP/1.0\r\n\r\n", b"404 Not Found", True),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"404 Not Found", True),
        (b"CCM_POST / HTTP/1.1\r\n\r\n", b"405 Method Not Allowed", True),
        (b"nonsense\r\n\r\n", b"400 Bad Request", True),
        (b"\x16\x03\x01\x02\x00\x01", b"400 Bad Request", True),
        (b"A" * 20_000, b"400 Bad Request", True),
    ],
)
def test_everything_else(request_octets, status, finished):
    web = Web(PAGES)
    assert web.receive(request_octets).startswith(b"HTTP/1.1 " + status)
    assert web.finished is finished


def test_head_has_no_body():
    answer = Web(PAGES).receive(b"HEAD /SMS_DP_SMSPKG$/ HTTP/1.1\r\n\r\n")
    assert answer.endswith(b"Content-Length: 2\r\n\r\n")


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_any_octets_are_survived(pieces):
    web = Web(PAGES)
    for piece in pieces:
        web.receive(piece)
