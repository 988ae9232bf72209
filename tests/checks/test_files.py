"""Checks of a file give no verdict about a handshake, whatever a rule says of where it is seen."""

import pytest
from support.judging import Case

from probe.checks import CHECKS
from probe.lab.builder import AS_OF
from probe.model.evidence import Evidence
from probe.model.finding import Outcome


@pytest.mark.parametrize(
    ("check", "params"),
    [("readable", {}), ("file_format", {"formats": ("der",)}), ("holds_private_key", {})],
)
def test_a_handshake_has_no_file(check, params):
    evidence = Evidence(source="handshake", target=Case("x").target, as_of=AS_OF)
    judgement = CHECKS[check].function(evidence, **params)
    assert judgement.outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("check", "params"),
    [
        ("supports_version", {"version": "TLSv1.2"}),
        ("refuses_older_versions", {"than": "TLSv1.2"}),
        ("chain_trusted", {}),
        ("service_alias", {"domains": ("cloudapp.net",)}),
    ],
)
def test_without_an_observation_nothing_passes(check, params):
    evidence = Evidence(source="file", target=Case("x").target, as_of=AS_OF)
    judgement = CHECKS[check].function(evidence, **params)
    assert judgement.outcome in (Outcome.INDETERMINATE, Outcome.NOT_APPLICABLE)
