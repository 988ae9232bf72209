import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.net.tds import packets, prelogin
from probe.net.tds.packets import MalformedError
from probe.net.tds.prelogin import Encryption, Option

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
ANSWERS = [one for one in RECORDED if "body" in one]

SOUND = {
    Option.VERSION: bytes((16, 0, 0x03, 0xE8, 0, 0)),
    Option.ENCRYPTION: b"\x00",
    Option.INSTOPT: b"\x00",
    Option.THREADID: b"",
    Option.MARS: b"\x00",
}


def test_the_request_is_these_47_octets():
    assert packets.encode(packets.PRELOGIN, prelogin.REQUEST) == bytes.fromhex(
        "12 01 00 2f 00 00 01 00"
        "00 00 1a 00 06 01 00 20 00 01 02 00 21 00 01 03 00 22 00 04 04 00 26 00 01 ff"
        "11 00 00 00 00 00  00  00  00 00 00 00  00"
    )


@pytest.mark.parametrize("recorded", ANSWERS, ids=lambda one: one["body"][-24:])
def test_answers_of_real_servers(recorded):
    body = bytes.fromhex(recorded["body"])
    if header := recorded.get("packet_header"):
        # The dump of one recording goes on behind its message.
        body = body[: int(header[4:8], 16) - packets.HEADER]
    answer = prelogin.parse(body)
    # ``SQL Server 2014, 12.0.6024``; one service pack more or less is told with words.
    assert answer.version == recorded["server"].rpartition(", ")[2]
    expect = recorded.get("expect", {})
    assert answer.version == expect.get("version", answer.version)
    assert answer.encryption == expect.get("encryption", answer.encryption)
    if "instopt" in expect:
        assert answer.options[Option.INSTOPT] == bytes((expect["instopt"],))
        assert len(answer.options[Option.THREADID]) == expect["threadid_len"]
        assert answer.options[Option.MARS] == bytes((expect["mars"],))
    assert (Option.FEDAUTHREQUIRED in answer.options) is expect.get(
        "has_fedauthrequired", Option.FEDAUTHREQUIRED in answer.options
    )
    if expect.get("no_instopt_token"):
        assert Option.INSTOPT not in answer.options


@pytest.mark.parametrize("encryption", Encryption)
def test_what_a_server_says_of_encryption(encryption):
    message = prelogin.encode(SOUND | {Option.ENCRYPTION: bytes((encryption,))})
    assert prelogin.parse(message).encryption is encryption


def test_options_may_stand_in_any_order_overlap_and_be_unknown():
    # NONCEOPT and one of tomorrow; two options share an octet.
    message = (
        bytes.fromhex("01 0015 0001  09 0015 0001  00 0016 0006  07 0000 0000 ff")
        + b"\x03"
        + bytes((14, 0, 7, 0xEB, 0, 0))
    )
    answer = prelogin.parse(message)
    assert (answer.version, answer.encryption) == ("14.0.2027", Encryption.REQUIRED)
    assert answer.options[9] == b"\x03"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"", "no end"),
        (b"\x00\x00\x1a\x00\x06", "no end"),
        (b"\x00\x00\x1a", "is cut"),
        (b"\xff", "no version"),
        (prelogin.encode({Option.ENCRYPTION: b"\x00"}), "no version"),
        (prelogin.encode(SOUND | {Option.VERSION: b"\x10\x00"}), "no version"),
        (prelogin.encode(SOUND | {Option.ENCRYPTION: b""}), "nothing of encryption"),
        (prelogin.encode(SOUND | {Option.ENCRYPTION: b"\x04"}), "says 04 of encryption"),
        (prelogin.encode(SOUND | {Option.ENCRYPTION: b"\x00\x00"}), "says 00 00 of encryption"),
        (prelogin.encode(SOUND)[:-1], "points outside"),
        (bytes.fromhex("00 ffff 0006 ff"), "option 0 of the answer to PRELOGIN points outside"),
        (bytes.fromhex("00 0006 ffff ff"), "points outside"),
        # Into the table of offsets itself.
        (bytes.fromhex("00 0000 0006 01 000b 0001 ff 00"), "points outside"),
        (bytes.fromhex("00 000b 0006 00 000b 0006 ff") + bytes(6), "comes twice"),
    ],
)
def test_what_leads_astray_is_malformed(message, words):
    with pytest.raises(MalformedError, match=words):
        prelogin.parse(message)


OPTIONS = st.dictionaries(st.integers(0, 254), st.binary(max_size=40), max_size=12)


@given(OPTIONS)
def test_any_options_come_out_as_they_went_in(options):
    assert prelogin.options_of(prelogin.encode(options)) == options


@given(st.binary(max_size=300))
def test_any_octets_are_an_answer_or_malformed(message):
    try:
        answer = prelogin.parse(message)
    except MalformedError:
        return
    assert sum(map(len, answer.options.values())) <= len(message) * 255


@given(
    st.sampled_from([one["body"] for one in ANSWERS]),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_a_real_answer_with_other_octets_in_it_is_an_answer_or_malformed(body, changes):
    message = bytearray.fromhex(body)
    for position, octet in changes:
        message[position % len(message)] = octet
    with contextlib.suppress(MalformedError):
        prelogin.parse(bytes(message))
