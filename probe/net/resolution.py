"""The addresses of a name as a stage: what a resolver answers, or raises, becomes data."""

import asyncio

from probe.model.failure import Failure, Kind, Stage
from probe.model.stages import Failed, Resolved
from probe.net import failures
from probe.net.resolve import Resolver


async def resolution(resolver: Resolver, host: str) -> Resolved | Failed:
    """Ask a resolver for a name; raises nothing but cancellation."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        answer = await resolver.resolve(host)
    except Exception as error:  # noqa: BLE001 - translated in the one table
        return Failed(failures.translate(Stage.DNS, error), loop.time() - begun)
    seconds = loop.time() - begun
    if answer.failure is not None:
        return Failed(answer.failure, seconds)
    return Resolved(
        seconds=seconds,
        addresses=answer.addresses,
        cname_chain=answer.chain,
        source=answer.source,
    )


def unanswered(seconds: float) -> Failed:
    """Return the stage whose deadline passed after so many seconds."""
    return Failed(Failure(Stage.DNS, Kind.TIMEOUT, "no answer within the deadline"), seconds)
