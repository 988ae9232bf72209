"""The certificates that came, as samples: lifetimes first, identity on the info series only."""

from collections.abc import Iterator, Sequence

from probe.model.certificate import Certificate, DistinguishedName, Presented
from probe.render.metrics.families import CERTIFICATE, NOT_AFTER, NOT_BEFORE
from probe.render.metrics.family import Rank
from probe.render.metrics.line import Line, line, new_line
from probe.render.metrics.sample import Sample, timestamp


def certificates(presented: Sequence[Presented]) -> Iterator[Sample]:
    """Yield the samples of a chain as it was sent; what expires first comes first."""
    placed = [
        (position, one) for position, one in enumerate(presented) if isinstance(one, Certificate)
    ]
    urgent = sorted(placed, key=lambda one: one[1].not_after)
    for number, (position, one) in enumerate(urgent):
        rank = Rank.EXPIRY if number == 0 or position == 0 else Rank.LIFETIMES
        yield Sample(rank, line(NOT_AFTER, str(position)), timestamp(one.not_after))
    for position, one in placed:
        yield Sample(Rank.IDENTITY, _described(position, one), 1.0)
        yield Sample(Rank.STARTS, line(NOT_BEFORE, str(position)), timestamp(one.not_before))


def _described(position: int, one: Certificate) -> Line:
    # Issuers come again with every target, a server's own certificate hardly ever.
    made = line if position else new_line
    return made(
        CERTIFICATE,
        str(position),
        one.sha256,
        one.common_name,
        _last_common_name(one.issuer),
        f"{one.serial:x}",
        one.signature.hash,
        one.key.type,
        None if one.key.bits is None else str(one.key.bits),
    )


def _last_common_name(name: DistinguishedName) -> str | None:
    return name.common_names[-1] if name.common_names else None
