import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.lab.browser import response
from probe.net.tds import browser
from probe.net.tds.packets import MalformedError

ONE = "ServerName;SQL01;InstanceName;CM_P01;IsClustered;No;Version;15.0.2000.5;tcp;49721;np;\\\\SQL01\\pipe\\x;;"
TWO = "ServerName;SQL01;InstanceName;Other;IsClustered;Yes;Version;14.0.1;np;\\\\SQL01\\pipe;;"


def answer(text: str, kind: int = 5, length: int | None = None) -> bytes:
    octets = text.encode("cp1252")
    return struct.pack("<BH", kind, len(octets) if length is None else length) + octets


def test_questions():
    assert browser.request("CM_P01") == b"\x04CM_P01\x00"
    assert browser.request_every() == b"\x03"
    assert browser.request("M\u00dcNCHEN\u4e2d\x00") == b"\x04M\xdcNCHEN??\x00"


def test_an_instance_with_its_port():
    (one,) = browser.parse(answer(ONE))
    assert (one.server, one.name, one.port) == ("SQL01", "CM_P01", 49721)
    assert (one.version, one.clustered) == ("15.0.2000.5", False)


def test_several_instances_and_one_without_tcp():
    one, two = browser.parse(answer(ONE + TWO))
    assert one.name == "CM_P01"
    assert (two.name, two.port, two.clustered) == ("Other", None, True)
    assert browser.parse(answer("")) == ()
    assert browser.parse(response("LAB", [("A", 1), ("B", 65535)]))[1].port == 65535


def test_keys_are_read_in_any_case_and_the_first_of_several_ports():
    text = "SERVERNAME;s;INSTANCENAME;i;TCP;1433,1434;;"
    assert browser.parse(answer(text))[0].port == 1433


@pytest.mark.parametrize(
    ("datagram", "words"),
    [
        (b"", "of 0 octets"),
        (b"\x05\x00", "of 2 octets"),
        (answer(ONE, kind=4), "of type 0x04"),
        (answer(ONE, length=len(ONE) + 1), "that says"),
        (answer(ONE, length=0), "that says 0"),
        (answer(ONE[:-2]), "is cut"),
        (answer("ServerName;SQL01;;"), "without a name"),
        (answer("InstanceName;;;"), "without a name"),
        *(
            (answer(f"InstanceName;i;tcp;{port};;"), words)
            for port, words in (
                ("", "no number"),
                ("x", "no number"),
                ("-1", "no number"),
                ("\u00b2", "no number"),
                ("000000001433", "no number"),
                ("0", "the port 0"),
                ("65536", "the port 65536"),
            )
        ),
        (answer("InstanceName;i;;" * 65), "more than 64"),
    ],
)
def test_what_is_no_answer(datagram, words):
    with pytest.raises(MalformedError, match=words):
        browser.parse(datagram)


WORDS = st.lists(st.sampled_from(["InstanceName", "tcp", "1433", "x", "", "IsClustered", "99999"]))


@given(st.one_of(st.binary(max_size=400), WORDS.map(lambda words: answer(";".join(words)))))
def test_any_datagram_is_an_answer_or_malformed(datagram):
    try:
        found = browser.parse(datagram)
    except MalformedError:
        return
    assert all(one.name and (one.port is None or 0 < one.port < 65536) for one in found)
