import logging
import sys

import pytest

from probe.scan import descriptors

resource = pytest.importorskip("resource")


class Limits:
    """Stands in for the process's limits, which a test must not change for the others."""

    def __init__(self, soft: int, hard: int, *, locked: bool = False):
        self.soft, self.hard, self.locked = soft, hard, locked

    def getrlimit(self, _which):
        return self.soft, self.hard

    def setrlimit(self, _which, limits):
        if self.locked:
            raise ValueError("not allowed to raise maximum limit")
        self.soft, self.hard = limits


@pytest.mark.parametrize(
    ("limits", "targets", "allowed", "soft"),
    [
        (Limits(1024, 4096), 200, 200, 1024),
        (Limits(1024, 100_000), 5000, 5000, 20_064),
        (Limits(1024, 4096), 5000, 1008, 4096),
        (Limits(1024, resource.RLIM_INFINITY), 5000, 5000, 20_064),
        (
            Limits(resource.RLIM_INFINITY, resource.RLIM_INFINITY),
            5000,
            5000,
            resource.RLIM_INFINITY,
        ),
        (Limits(256, 4096, locked=True), 200, 48, 256),
        (Limits(16, 16), 200, 1, 16),
    ],
)
def test_the_limit_is_raised_as_far_as_it_goes(limits, targets, allowed, soft, monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(resource, "getrlimit", limits.getrlimit)
    monkeypatch.setattr(resource, "setrlimit", limits.setrlimit)
    assert descriptors.suffice(targets) == allowed
    assert limits.soft == soft
    assert bool(caplog.records) == (allowed < targets)


def test_windows_has_none(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert descriptors.suffice(100_000) == 100_000
