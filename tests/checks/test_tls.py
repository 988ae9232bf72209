"""Protocol versions in findings are spelled as people spell them, and as the connection tells."""

import pytest
from rules.cases_endpoints import VERSIONS
from support.judging import findings

RULES = {"tls12-supported", "legacy-tls-disabled"}


@pytest.mark.parametrize("case", VERSIONS, ids=lambda case: case.name)
def test_versions_are_spelled_for_people(case):
    told = [one for one in findings(case) if one.rule in RULES]
    assert told
    for one in told:
        assert "TLSv" not in f"{one.observed} {one.expected}"
        assert "TLS 1." in one.expected
