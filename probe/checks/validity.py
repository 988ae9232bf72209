"""The validity period: begun, over, soon over, long enough (RFC 5280, 4.1.2.5)."""

from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Annotated

import msgspec

from probe.checks.registry import content_check
from probe.checks.texts import moment, span
from probe.checks.verdicts import failed, inapplicable, passed
from probe.model.certificate import Certificate
from probe.model.finding import Judgement

Days = Annotated[float, msgspec.Meta(gt=0)]
Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]

_SECOND = timedelta(seconds=1)
_NOTHING = timedelta(0)
_NOT_OVER = "a validity period that is not over"
_BEGUN = "a validity period that has begun"


@content_check
def not_expired(certificate: Certificate, as_of: datetime) -> Judgement:
    """Compare the end of the validity period, which belongs to it, with the time."""
    end = certificate.not_after
    if as_of <= end:
        return passed(_left(end, as_of), _NOT_OVER)
    return failed(f"expired {moment(end)}, {span(as_of - end)} ago", _NOT_OVER)


@content_check
def already_valid(certificate: Certificate, as_of: datetime) -> Judgement:
    """Compare the beginning of the validity period with the time."""
    start = certificate.not_before
    if start <= as_of:
        return passed(f"valid from {moment(start)}", _BEGUN)
    return failed(f"valid only from {moment(start)}, in {span(start - as_of)}", _BEGUN)


@content_check
def not_expiring(
    certificate: Certificate,
    as_of: datetime,
    *,
    days: Days,
    short_lived_days: Days | None = None,
    short_lived_share: Share | None = None,
) -> Judgement:
    """Ask for more days than this until the end of the validity period.

    A certificate that lives less than ``short_lived_days`` is asked for more than a share of its
    lifetime instead. One that has expired is left to `not_expired`.
    """
    start, end = certificate.not_before, certificate.not_after
    margin, expected, short = _margins(days, short_lived_days)
    if short_lived_share is not None and _NOTHING < end - start < short:
        margin = (end - start) * short_lived_share
        expected = f"more than {span(margin)} left, as it lives only {span(end - start)}"
    left = end - as_of
    if left < _NOTHING:
        return inapplicable("already expired", expected)
    return (passed if left > margin else failed)(_left(end, as_of), expected)


@cache
def _margins(days: float, short_lived_days: float | None) -> tuple[timedelta, str, timedelta]:
    margin = timedelta(days=days)
    return margin, f"more than {span(margin)} left", timedelta(days=short_lived_days or 0)


# The same certificate is asked by several rules in a row.
@lru_cache(maxsize=256)
def _left(end: datetime, as_of: datetime) -> str:
    return f"expires {moment(end)}, in {span(end - as_of)}"


@content_check
def lifetime_at_least(certificate: Certificate, _as_of: datetime, *, days: Days) -> Judgement:
    """Measure the whole validity period; both its ends belong to it."""
    start, end = certificate.not_before, certificate.not_after
    lifetime = end - start + _SECOND
    fits = lifetime >= timedelta(days=days)
    observed = f"valid for {span(lifetime)}, {moment(start)} to {moment(end)}"
    return (passed if fits else failed)(observed, f"valid for at least {days:,.0f} days")
