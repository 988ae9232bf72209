import gc
import weakref

from prometheus_client import CollectorRegistry
from support.metrics import collected, endpoint, judged

from probe.model.finding import Outcome
from probe.render.metrics import Fleet, FleetCollector, Health, series

HEALTH = Health(version="0.1.0", targets=2)


def registry_of(read):
    registry = CollectorRegistry()
    registry.register(FleetCollector(read))
    return registry


def fleet(*hosts, findings=()):
    return Fleet([series(endpoint(*findings, host=host), "intranet") for host in hosts], HEALTH)


def test_every_endpoint_is_in_every_family():
    found = collected(registry_of(lambda: fleet("dp01", "dp02")).collect())
    name = "configmgr_probe_success"
    targets = {dict(labels)["target"] for found_name, labels in found if found_name == name}
    assert targets == {"dp01:443", "dp02:443"}


def test_series_vanish_with_their_target_and_with_what_they_tell():
    state = [fleet("dp01", "dp02", findings=[judged("sha2-signature", Outcome.INDETERMINATE)])]
    registry = registry_of(lambda: state[0])
    before = collected(registry.collect())
    assert any("dp02:443" in dict(labels).values() for _, labels in before)
    state[0] = fleet("dp01")
    after = collected(registry.collect())
    assert not any("dp02:443" in dict(labels).values() for _, labels in after)
    assert "configmgr_requirement_indeterminate" not in {name for name, _ in after}


def test_nothing_is_remembered_of_a_target_that_left():
    state = [fleet("dp01")]
    registry = registry_of(lambda: state[0])
    gone = weakref.ref(next(metric for metric in registry.collect() if metric))
    gc.collect()
    assert gone() is None


def test_an_empty_fleet_still_tells_of_itself():
    names = {name for name, _ in collected(registry_of(fleet).collect())}
    assert names == {"cmprobe_build_info", "cmprobe_targets"}


def test_an_endpoint_that_is_there_twice_is_told_once():
    both = Fleet((*fleet("dp01").series, *fleet("dp01").series), HEALTH)
    assert collected(registry_of(lambda: both).collect())


def test_registering_scrapes_nothing():
    def read():
        raise AssertionError

    registry_of(read)


def test_the_samples_are_all_there_as_often_as_they_are_asked_for():
    metric = next(m for m in registry_of(lambda: fleet("dp01")).collect() if "success" in m.name)
    assert metric.samples == metric.samples != []
    metric.samples = []
    assert metric.samples != []
