"""Silence what ``cryptography`` warns of: odd serial numbers, names, curves, algorithms.

Those are findings, not warnings about this program.
"""

import threading
import warnings

_filters = threading.RLock()


class Quietly:
    """A block without warnings; such blocks may be inside one another.

    The filters belong to the whole process, so only one thread at a time changes them.
    """

    __slots__ = ("_warnings",)

    def __enter__(self) -> None:
        _filters.acquire()
        self._warnings = warnings.catch_warnings(action="ignore")
        self._warnings.__enter__()

    def __exit__(self, *_error: object) -> None:
        self._warnings.__exit__(None, None, None)
        _filters.release()
