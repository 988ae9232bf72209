from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.chains import leaf
from support.reports import finding, one, passing, seen, target, unreachable, unseen

from probe.exporter import due
from probe.exporter.due import JITTER, SOONEST, after, delay, failing
from probe.model.failure import Kind, Stage
from probe.model.finding import Outcome
from probe.pki.certificate import load

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOST = "mp01.corp.contoso.com"


def scanned(days: float = 400):
    chain = leaf(HOST, days=days)
    return (one(target(HOST), seen(chain), *passing(chain)),)


SOUND = scanned()
ENDS = load(SOUND[0].observation.handshake.chain.certificates[0]).not_after
DOWN = (one(target(HOST), unreachable(Stage.TCP, Kind.REFUSED, "x"), *unseen("tcp refused")),)
chances = st.floats(0, 1, exclude_max=True)
intervals = st.floats(1, 86400)


@given(intervals, st.integers(0, 2000), chances)
def test_is_never_at_once_and_never_later_than_the_interval_and_its_jitter(
    interval, failures, chance
):
    seconds = delay(DOWN, failures, interval=interval, now=NOW, random=lambda: chance)
    assert min(SOONEST, interval) * (1 - JITTER) <= seconds * 1.000001
    assert seconds <= interval * (1 + JITTER) * 1.000001


@given(intervals, st.integers(1, 40))
def test_a_target_that_goes_on_failing_is_asked_less_and_less(interval, failures):
    first = delay(DOWN, failures, interval=interval, now=NOW, random=lambda: 0.5)
    second = delay(DOWN, failures + 1, interval=interval, now=NOW, random=lambda: 0.5)
    sound = delay(DOWN, 0, interval=interval, now=NOW, random=lambda: 0.5)
    assert first <= second <= sound


def test_a_first_failure_is_looked_at_again_soon():
    assert delay(DOWN, 1, interval=3600, now=NOW, random=lambda: 0.5) == 225
    assert delay(DOWN, 2, interval=3600, now=NOW, random=lambda: 0.5) == 450
    assert delay(DOWN, 99, interval=3600, now=NOW, random=lambda: 0.5) == 3600


@given(st.floats(1, 30 * 86400), chances)
def test_no_certificate_ends_long_before_it_is_looked_at(left, chance):
    now = ENDS - timedelta(seconds=left)
    seconds = delay(SOUND, 0, interval=3600, now=now, random=lambda: chance)
    assert seconds <= left + 2.001


def test_certificates_that_end_within_days_are_looked_at_more_often():
    near = ENDS - timedelta(days=3)
    assert delay(SOUND, 0, interval=3600, now=near, random=lambda: 0.5) == 900
    far = ENDS - timedelta(days=30)
    assert delay(SOUND, 0, interval=3600, now=far, random=lambda: 0.5) == 3600


def test_an_expired_certificate_is_no_reason_by_itself():
    over = datetime(2060, 1, 1, tzinfo=UTC)
    assert delay(SOUND, 0, interval=3600, now=over, random=lambda: 0.5) == 3600


def test_chance_makes_targets_differ():
    found = {delay(SOUND, 0, interval=3600, now=NOW, random=lambda c=c: c / 10) for c in range(10)}
    assert len(found) == 10


def test_failing_is_not_reached_or_an_error():
    chain = leaf(HOST, days=400)
    wrong = finding("sha2-signature", Outcome.FAIL, "sha1", "sha2", at=0, chain=chain)
    minor = finding("expires-soon", Outcome.FAIL, "in 20 days", "more", at=0, chain=chain)
    assert not failing(SOUND)
    assert failing(DOWN)
    assert failing((one(target(HOST), seen(chain), wrong),))
    assert not failing((one(target(HOST), seen(chain), minor),))


def test_the_calendar_has_an_end():
    assert after(datetime.max.replace(tzinfo=UTC), 10) == datetime.max.replace(tzinfo=UTC)
    assert due.after(NOW, 1.5) == NOW + timedelta(seconds=1.5)
