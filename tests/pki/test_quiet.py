"""Warnings are silenced within a block and nowhere else."""

import threading
import warnings

import pytest

from probe.pki.quiet import Quietly


def test_blocks_may_be_inside_one_another():
    with Quietly():
        with Quietly():
            warnings.warn("odd", UserWarning, stacklevel=1)
        warnings.warn("odd", UserWarning, stacklevel=1)
    with pytest.raises(UserWarning, match="told"):
        warnings.warn("told", UserWarning, stacklevel=1)


def test_an_error_leaves_the_filters_as_they_were():
    before = list(warnings.filters)
    with pytest.raises(KeyError), Quietly():
        raise KeyError
    assert list(warnings.filters) == before


def test_many_threads_leave_the_filters_as_they_were():
    before = list(warnings.filters)

    def work():
        for _ in range(200):
            with Quietly():
                warnings.warn("odd", UserWarning, stacklevel=1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before
