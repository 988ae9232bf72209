from hypothesis import given
from hypothesis import strategies as st

from probe.render.metrics.families import CERTIFICATE, FAILURE, PROBE_SUCCESS
from probe.render.metrics.line import line, new_line

WHERE = ("10.1.2.3", "P01", "dp01:443", "intranet")


def test_equal_lines_are_one_object():
    assert line(FAILURE, "tcp", "refused") is line(FAILURE, "tcp", "refused")
    assert new_line(FAILURE, "tcp", "refused") is not new_line(FAILURE, "tcp", "refused")


def test_labels_stand_in_the_order_of_their_names():
    assert line(FAILURE, "tcp", "refused").template % WHERE == (
        'configmgr_probe_failure_info{address="10.1.2.3",kind="refused",site="P01",stage="tcp",'
        'target="dp01:443",vantage="intranet"} '
    )
    assert line(PROBE_SUCCESS).labels(WHERE) == {
        "address": "10.1.2.3",
        "site": "P01",
        "target": "dp01:443",
        "vantage": "intranet",
    }


@given(st.text(st.characters()))
def test_no_value_is_taken_for_a_place_of_the_template(text):
    made = new_line(CERTIFICATE, "0", "", text, text, "", "", "", "")
    made.template % WHERE
    assert made.labels(WHERE)["subject_cn"] == made.labels(WHERE)["issuer_cn"]
