from hypothesis import given
from hypothesis import strategies as st

from probe.model.target import Target
from probe.scan.schedule import Schedule


def target(host: str, port: int = 443) -> Target:
    return Target(id=f"{host}:{port}", host=host, port=port)


def key(one: Target) -> str:
    return one.host


def test_in_order_while_no_host_is_busy():
    targets = [target(f"h{n}") for n in range(5)]
    schedule = Schedule(targets, 1, key)
    assert [schedule.next() for _ in range(5)] == list(enumerate(targets))
    assert schedule.next() is None


def test_a_busy_host_waits_and_others_pass():
    schedule = Schedule([target("a", 1), target("a", 2), target("b"), target("a", 3)], 1, key)
    assert schedule.next()[1].id == "a:1"
    assert schedule.next()[1].id == "b:443"
    assert schedule.next() is None
    assert schedule.done(target("b")) is False
    assert schedule.next() is None
    assert schedule.done(target("a", 1)) is True
    assert schedule.next() == (1, target("a", 2))
    assert schedule.done(target("a", 2)) is True
    assert schedule.next() == (3, target("a", 3))
    assert schedule.done(target("a", 3)) is False
    assert schedule._busy == schedule._aside == {}


@given(
    st.lists(st.sampled_from("abc"), max_size=40), st.integers(1, 4), st.integers(1, 6), st.data()
)
def test_every_target_comes_once_and_no_host_too_often(hosts, limit, workers, data):
    targets = [target(host, port) for port, host in enumerate(hosts, 1)]
    schedule = Schedule(targets, limit, key)
    running, seen = [], []
    while True:
        while len(running) < workers and (item := schedule.next()) is not None:
            running.append(item)
            seen.append(item)
        for host in "abc":
            assert sum(one.host == host for _, one in running) <= limit
        if not running:
            break
        _, finished = running.pop(data.draw(st.integers(0, len(running) - 1)))
        schedule.done(finished)
    assert sorted(position for position, _ in seen) == list(range(len(targets)))
    assert all(targets[position] is one for position, one in seen)
