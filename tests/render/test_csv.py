import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.chains import leaf
from support.reports import finding, one, report, seen, target
from support.scenarios import SCENARIOS, closed, expired_cmg

from probe.model.finding import Outcome
from probe.render.csv_ import COLUMNS, report_csv

CHAIN = leaf("mp01.example")


def rows(made):
    return list(csv.DictReader(io.StringIO(report_csv(made))))


@pytest.mark.parametrize("name", SCENARIOS)
def test_one_row_for_each_finding(name):
    made = SCENARIOS[name]()
    assert len(rows(made)) == sum(len(result.findings) for result in made.results)


def test_a_row_tells_of_which_certificate():
    row = rows(expired_cmg())[1]
    assert tuple(row) == COLUMNS
    assert row["rule"] == "not-expired"
    assert row["outcome"] == "pass"
    assert row["position"] == "1"
    assert row["certificate"] == "Contoso Issuing CA 1"
    assert row["not_after"] == "2031-04-10T02:00:00Z"


def test_without_a_certificate_its_columns_are_empty():
    row = rows(closed())[0]
    assert (row["position"], row["certificate"], row["not_after"], row["sha256"]) == ("",) * 4


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d"])
def test_no_cell_is_a_formula(start):
    attack = f"{start}cmd|' /C calc'!A0"
    made = report([one(target("a"), seen(CHAIN), finding("not-expired", Outcome.FAIL, attack))])
    assert rows(made)[0]["observed"] == f"'{attack}"


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_stays_one_cell_on_one_line(text):
    made = report([one(target("a"), seen(CHAIN), finding("not-expired", Outcome.FAIL, text))])
    document = report_csv(made)
    assert len(document.splitlines()) == 2
    assert not rows(made)[0]["observed"].startswith(("=", "+", "-", "@"))
    document.encode()
