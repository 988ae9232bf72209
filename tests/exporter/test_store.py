from datetime import timedelta

from support.jobs import NOW, filled, job, sound, untrusting

from probe.exporter.store import Store

A, B = untrusting("a.corp.contoso.com"), untrusting("b.corp.contoso.com")


def test_starts_with_nothing():
    store = Store(job(A, B))
    assert store.results(A.id) == ()
    assert store.entry(A.id) is None
    assert store.series() == []
    assert not store.ready
    report = store.report()
    assert report.results == ()
    assert report.started == report.finished


def test_tells_what_was_found_in_the_order_of_the_inventory():
    store = filled(B, A)
    store.replace(job(A, B), store.entries())
    assert [one.target.id for one in store.report().results] == [A.id, B.id]
    assert len(store.series()) == 2
    assert store.entry(A.id).scanned == NOW
    assert store.entry(A.id).due == NOW + timedelta(hours=1)
    assert store.report().summary.targets == 2


def test_a_target_that_left_is_gone_with_its_series():
    store = filled(A, B)
    store.replace(job(B), store.entries())
    assert store.results(A.id) == ()
    assert len(store.series()) == 1
    assert store.target(A.id) is None
    assert not store.at(A.host)
    late = store.made(sound(A), scanned=NOW, due=NOW)
    assert not store.put(A.id, late)
    assert store.entry(A.id) is None


def test_a_report_is_made_once_for_each_change():
    store = filled(A)
    first = store.report()
    assert store.report() is first
    store.put(A.id, store.made(sound(A), scanned=NOW, due=NOW))
    assert store.report() is not first


def test_health():
    store = filled(A, B)
    health = store.fleet().health
    assert (health.targets, health.scan_duration_seconds, health.inventory_reload_success) == (
        2,
        None,
        True,
    )
    store.scan_ended(1.5, NOW)
    store.reload_failed("site.toml: x: no")
    health = store.fleet().health
    assert (health.scan_duration_seconds, health.scan_last_success) == (1.5, NOW)
    assert health.inventory_reload_success is False
    assert store.reload_error == "site.toml: x: no"
    store.loaded(NOW)
    assert store.fleet().health.inventory_reload_success is True
    assert store.fleet().health.inventory_loaded == NOW
