import pytest

from probe.model.failure import KINDS, Failure, Kind, Stage
from probe.render.advice import _ADVICE, _BUG, meaning, next_step
from probe.render.stagelines import short

# Revocation is not yet rendered: its records are no stages of a connection.
KNOWN = [
    (stage, kind)
    for stage, kinds in KINDS.items()
    for kind in sorted(kinds)
    if kind is not Kind.INTERNAL and stage not in {Stage.CRL, Stage.OCSP}
]


@pytest.mark.parametrize(("stage", "kind"), KNOWN)
def test_every_failure_is_explained(stage, kind):
    failure = Failure(stage, kind)
    assert meaning(failure)
    assert meaning(failure) != _BUG[0]
    assert next_step(failure).endswith((".", "?"))


def test_explains_nothing_that_cannot_happen():
    assert _ADVICE.keys() <= set(KNOWN)


def test_an_internal_failure_is_called_a_fault_of_ours():
    assert "fault of the probe" in meaning(Failure(Stage.TCP, Kind.INTERNAL))


@pytest.mark.parametrize(
    ("stage", "kind"), [(s, k) for s, kinds in KINDS.items() for k in sorted(kinds)]
)
def test_a_finding_names_a_failure_as_the_connection_does(stage, kind):
    failure = Failure(stage, kind, "detail")
    assert str(failure) == f"{short(failure)}: detail"
    assert "_" not in str(failure)
