from support.chains import AS_OF
from support.metrics import collected, key

from probe.render.metrics import Health
from probe.render.metrics.health import OWN, health_metrics


def test_what_is_not_known_is_not_told():
    found = collected(health_metrics(Health(version="0.1.0", targets=0)))
    assert found == {
        key("cmprobe_build_info", version="0.1.0", catalogue=""): 1,
        key("cmprobe_targets"): 0,
    }


def test_everything_that_is_known_is_told():
    health = Health(
        version="0.1.0",
        targets=3,
        catalogue="2026.11",
        scan_duration_seconds=12.5,
        scan_last_success=AS_OF,
        scan_internal_errors=2,
        inventory_reload_success=False,
        inventory_loaded=AS_OF,
    )
    found = collected(health_metrics(health))
    assert found == {
        key("cmprobe_build_info", version="0.1.0", catalogue="2026.11"): 1,
        key("cmprobe_targets"): 3,
        key("cmprobe_scan_duration_seconds"): 12.5,
        key("cmprobe_scan_last_success_timestamp_seconds"): AS_OF.timestamp(),
        key("cmprobe_scan_internal_errors"): 2,
        key("cmprobe_inventory_reload_success"): 0,
        key("cmprobe_inventory_loaded_timestamp_seconds"): AS_OF.timestamp(),
    }
    assert {name for name, _ in found} == {family.name for family in OWN}
