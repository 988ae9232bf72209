"""Look up the revocation of the chains that a target showed.

Everything that its certificates name is asked at once, then the delta CRLs that the base CRLs
name. This comes after everything else, with what is left of the target's time: a slow CRL server
takes nothing from it.
"""

import asyncio
from collections.abc import Sequence

from probe.inventory.trust import TrustError, trust_store
from probe.model.observation import AddressObservation
from probe.model.target import Target
from probe.net.revocation import records
from probe.net.revocation.look import Look
from probe.net.revocation.sources import SECONDS
from probe.net.session import Session
from probe.pki.trust import TrustStore


async def look_up(
    target: Target,
    seen: Sequence[AddressObservation],
    session: Session,
    seconds: float,
    unfinished: list[AddressObservation] | None = None,
) -> tuple[AddressObservation, ...]:
    """Return the observations with what is known of revocation; raises only cancellation.

    ``seconds`` bounds the whole, and so does `SECONDS`. When it is cancelled, what was known until
    then is in ``unfinished``.
    """
    try:
        store = trust_store(target.trust, target.intermediates)
    except TrustError:
        store = TrustStore(())
    seconds = min(seconds, SECONDS)
    until = asyncio.get_running_loop().time() + seconds
    found: list[AddressObservation] = []
    for at, one in enumerate(seen):
        look = Look(target, one.observation, session, store, until, seconds)
        try:
            observation = await look.run()
        except asyncio.CancelledError:
            if unfinished is not None:
                cut = AddressObservation(one.address, look.cut())
                unfinished += (*found, cut, *seen[at + 1 :])
            raise
        except Exception as error:  # noqa: BLE001 - a bug of ours is told, and ends no scan
            observation = records.broken(one.observation, error)
        found.append(AddressObservation(one.address, observation))
    return tuple(found)
