from urllib.parse import quote

import pytest


def test_the_report(running, site):
    report = running.get("/api/v1/report").json()
    assert report["schema"] == "cmprobe-report/1"
    assert report["summary"]["targets"] == 3
    assert {one["target"]["id"] for one in report["results"]} == {one.id for one in site[1]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("target={mp01}", [0]),
        ("target={mp01}&target=dp*", [0, 2]),
        ("target=MP*&site=p01&site=", [0, 1]),
        ("role=distribution-point", [0, 2]),
    ],
)
def test_the_report_of_some(running, site, query, found):
    ids = [target.id for target in site[1]]
    report = running.get(f"/api/v1/report?{query.format(mp01=quote(ids[0], safe=''))}").json()
    told = list(dict.fromkeys(one["target"]["id"] for one in report["results"]))
    assert told == [ids[number] for number in found]
    assert report["summary"]["targets"] == len(found)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("target=nobody:443", 404, "no target of the inventory matches"),
        ("site=P99", 404, "no target of the inventory matches"),
        ("targets=x", 400, '"targets": is no parameter (did you mean "target"?)'),
        ("role=managment-point", 400, 'did you mean "management-point"?'),
    ],
)
def test_what_a_report_cannot_be_of(running, query, status, words):
    answer = running.get(f"/api/v1/report?{query}")
    assert answer.status_code == status
    assert words in answer.text
