import signal
import sys
import threading
import time

import pytest

from probe.cli import patience

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def heard():
    """Signals that reached who listened before."""
    numbers = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: numbers.append(number))
    yield numbers
    signal.signal(signal.SIGTERM, before)


def test_a_burst_is_ignored_and_what_comes_later_is_not(heard, monkeypatch):
    monkeypatch.setattr(patience.atexit, "register", lambda *_: None)
    monkeypatch.setattr(patience, "SECONDS", 60.0)
    listener = signal.getsignal(signal.SIGTERM)
    patience.endure({signal.SIGTERM: listener}, time.monotonic())
    for _ in range(3):
        signal.raise_signal(signal.SIGTERM)
    assert heard == []
    monkeypatch.setattr(patience, "SECONDS", 0.0)
    signal.raise_signal(signal.SIGTERM)
    assert heard == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGTERM) is listener


def test_signals_are_held_back(heard):
    with patience.held():
        # To this thread: one sent to the process goes to any thread that takes it.
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        assert heard == []
    assert heard == [signal.SIGTERM]
