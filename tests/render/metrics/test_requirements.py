import pytest
from support.metrics import endpoint, judged, key, told

from probe.model.finding import Outcome
from probe.model.rule import Severity
from probe.render.metrics import series

PASS, FAIL, OPEN = Outcome.PASS, Outcome.FAIL, Outcome.INDETERMINATE


def passed(found, rule="sha2-signature", profile="any", severity="error"):
    return found.get(
        key("configmgr_requirement_passed", profile=profile, rule=rule, severity=severity)
    )


def undecided(found, rule="sha2-signature", profile="any"):
    return found.get(key("configmgr_requirement_indeterminate", profile=profile, rule=rule))


@pytest.mark.parametrize(
    ("outcomes", "value", "open_"),
    [
        ([PASS], 1, None),
        ([FAIL], 0, None),
        ([OPEN], None, 1),
        ([PASS, FAIL, PASS], 0, None),
        ([PASS, OPEN], None, 1),
        ([OPEN, FAIL], 0, None),
        ([PASS, Outcome.NOT_APPLICABLE], 1, None),
        ([Outcome.NOT_APPLICABLE], None, None),
        ([Outcome.NOT_OBSERVABLE], None, None),
        ([Outcome.NOT_OBSERVABLE, Outcome.NOT_APPLICABLE], None, None),
    ],
)
def test_the_worst_over_the_certificates_counts(outcomes, value, open_):
    findings = [judged("sha2-signature", one, at=at) for at, one in enumerate(outcomes)]
    found = told(series(endpoint(*findings)))
    assert passed(found) == value
    assert undecided(found) == open_


def test_profiles_are_told_apart():
    found = told(
        series(
            endpoint(
                judged("key-length-weak", FAIL, severity=Severity.NOTICE),
                judged("key-length-weak", PASS, profile="cmg", severity=Severity.WARNING),
            )
        )
    )
    assert passed(found, "key-length-weak", severity="notice") == 0
    assert passed(found, "key-length-weak", "cmg", "warning") == 1
