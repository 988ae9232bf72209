from hypothesis import given
from hypothesis import strategies as st

from probe.model.target import Target
from probe.scan.schedule import Schedule, network


def target(host: str, port: int = 443, address: str | None = None, site=None) -> Target:
    return Target(id=f"{host}:{port}", host=host, port=port, address=address, site=site)


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
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), max_size=40),
    st.integers(1, 4),
    st.integers(1, 6),
    st.data(),
)
def test_every_target_comes_once_and_no_host_too_often(places, limit, workers, data):
    targets = [target(host, port, site=site) for port, (host, site) in enumerate(places, 1)]
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


def test_the_network_with_the_fewest_in_flight_is_next():
    dead = [target(f"d{n}", address=f"192.0.2.{n}") for n in range(1, 7)]
    alive = [target(f"a{n}", address=f"198.51.100.{n}") for n in range(1, 7)]
    schedule = Schedule(dead + alive, 8, lambda one: one.address)
    started = [schedule.next()[1].host for _ in range(4)]
    assert started == ["d1", "a1", "d2", "a2"]
    # The dead ones never come back: what gets free goes to the others.
    for number in (1, 2, 3, 4):
        schedule.done(alive[number - 1])
        assert schedule.next()[1].host == f"a{number + 2}"
    # Nothing else is left: then the dead network may have everything.
    schedule.done(alive[4])
    schedule.done(alive[5])
    assert [schedule.next()[1].host for _ in range(4)] == ["d3", "d4", "d5", "d6"]
    assert schedule.next() is None


def test_networks():
    assert network(target("a", address="192.0.2.77")) == network(target("b", address="192.0.2.1"))
    assert network(target("a", address="192.0.2.77")) != network(target("b", address="192.0.3.77"))
    assert network(target("a", address="2001:db8::1")) == network(
        target("b", address="2001:db8:0:0:ffff::1%eth0")
    )
    assert network(target("a", address="2001:db8::1")) != network(
        target("b", address="2001:db8:0:1::1")
    )
    assert network(target("a", site="P01")) == network(target("b", site="P01"))
    assert network(target("a", site="P01")) != network(target("a", site="P02"))
