"""One attempt to fetch something: its clock, and whatever goes wrong as a failure."""

import asyncio
from collections.abc import Coroutine
from typing import NamedTuple

from probe.model.failure import Failure, Kind, Stage
from probe.net import failures
from probe.net.resolve import Resolver
from probe.net.revocation.dial import Forbidden, Unreachable
from probe.net.revocation.errand import SECONDS


class Rules(NamedTuple):
    """What holds for a fetch: through which resolver, and whether to private addresses too."""

    resolver: Resolver
    private: bool


class Refused(Exception):  # noqa: N818 - it carries a Failure's kind out of nested calls
    """What came, or what is to be asked, is not what is wanted."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class Outcome(NamedTuple):
    """Octets, or why there are none, and how long it took."""

    data: bytes
    failure: Failure | None
    seconds: float


async def attempt(stage: Stage, work: Coroutine[None, None, bytes]) -> Outcome:
    """Do it, in a few seconds; raises nothing but cancellation."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    failure, data = None, b""
    try:
        async with asyncio.timeout(SECONDS):
            data = await work
    except (Refused, Forbidden, Unreachable) as error:
        kinds = {Forbidden: Kind.POLICY, Unreachable: Kind.UNREACHABLE}
        kind = error.kind if isinstance(error, Refused) else kinds[type(error)]
        failure = Failure(stage, kind, str(error)[:300])
    except TimeoutError:
        failure = Failure(stage, Kind.TIMEOUT, f"not finished within {SECONDS:g} s")
    except Exception as error:  # noqa: BLE001 - translated in the one table
        failure = failures.translate(stage, error)
    return Outcome(data, failure, round(loop.time() - begun, 6))
