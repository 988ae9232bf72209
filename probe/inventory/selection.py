"""Which targets of an inventory a run takes: by site, role, name, and stable shards."""

import hashlib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

import msgspec

from probe.model.target import Target


class Shard(msgspec.Struct, frozen=True):
    """Part ``index`` (from 1) of ``count``."""

    index: int
    count: int

    def holds(self, target_id: str) -> bool:
        """Whether a target belongs to this part; depends on the id and ``count`` alone."""
        digest = hashlib.sha256(target_id.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.index - 1


def select(
    targets: Iterable[Target],
    sites: Sequence[str] = (),
    roles: Sequence[str] = (),
    globs: Sequence[str] = (),
    shard: Shard | None = None,
) -> tuple[Target, ...]:
    """Return the targets that match one of each kind given; a kind not given matches all.

    ``globs`` match the whole id (``host:port``) or the whole host, without regard to case. An id
    as it stands is one too, though the brackets of ``[2001:db8::1]:443`` mean something else there.
    """
    codes = {site.casefold() for site in sites}
    wanted = frozenset(roles)
    patterns = [glob.lower() for glob in globs]
    return tuple(
        target
        for target in targets
        if (not codes or (target.site or "").casefold() in codes)
        and (not wanted or not wanted.isdisjoint(target.roles))
        and (not patterns or any(_matches(target, pattern) for pattern in patterns))
        and (shard is None or shard.holds(target.id))
    )


def _matches(target: Target, pattern: str) -> bool:
    whole = (target.id, target.host)
    return pattern in whole or any(fnmatchcase(name, pattern) for name in whole)
