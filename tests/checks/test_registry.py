from datetime import datetime
from typing import Annotated, Literal

import msgspec
import pytest

from probe.checks import CHECKS, Kind, ParameterError, registry
from probe.checks.verdicts import passed
from probe.model.certificate import Certificate
from probe.model.finding import Judgement

Positive = Annotated[int, msgspec.Meta(gt=0)]


@pytest.fixture
def sample(monkeypatch):
    monkeypatch.setattr(registry, "CHECKS", {})

    @registry.content_check
    def sample(
        certificate: Certificate,
        as_of: datetime,
        *,
        words: tuple[Literal["a", "b"], ...],
        most: Positive | None = None,
        share: float = 0.5,
        strict: bool = False,
    ) -> Judgement:
        """Ask nothing.

        And say no more.
        """
        return passed("", "")

    return registry.CHECKS["sample"]


def test_a_check_knows_its_parameters(sample):
    assert sample.kind is Kind.CONTENT
    assert sample.summary == "Ask nothing."
    assert sample.usage == (
        'sample takes words: list of "a" or "b", most: integer (optional), '
        "share: number (optional), strict: true or false (optional)"
    )


def test_parameters_are_converted_and_defaults_are_left_to_the_check(sample):
    assert sample.convert({"words": ["a"], "share": 1}) == {"words": ("a",), "share": 1.0}


@pytest.mark.parametrize(
    ("params", "key", "message"),
    [
        ({}, "", 'missing parameter "words"'),
        ({"words": ["a"], "mots": 1}, "mots", 'unknown parameter "mots" (did you mean "most"?)'),
        ({"words": ["c"]}, "words[0]", "Invalid enum value 'c'"),
        ({"words": "a"}, "words", "Expected list, got text"),
        ({"words": [], "most": 0}, "most", "Expected integer >= 1"),
        ({"words": [], "strict": 1}, "strict", "Expected true or false, got integer"),
    ],
)
def test_parameters_that_do_not_fit(sample, params, key, message):
    with pytest.raises(ParameterError) as raised:
        sample.convert(params)
    assert raised.value.key == key
    assert message in str(raised.value)
    assert str(raised.value).endswith(sample.usage)


def test_a_name_is_taken_once(sample, monkeypatch):
    with pytest.raises(ValueError, match="two checks are named sample"):
        registry.content_check(sample.function)


def test_every_check_says_what_it_asks_and_spells_its_parameters():
    for check in CHECKS.values():
        assert check.summary.endswith("."), check.name
        assert "typing." not in check.usage
        assert "<class" not in check.usage


def test_checks_that_see_the_certificate_alone_cannot_see_the_evidence():
    # What they find is kept for every target that has the certificate.
    for check in CHECKS.values():
        if check.kind in (Kind.CONTENT, Kind.OCTETS):
            hints = check.function.__annotations__
            first, second = list(hints.values())[:2]
            assert second is datetime, check.name
            assert first is not second
