"""The certificates that came, as samples: lifetimes first, identity on the info series only."""

from collections.abc import Iterator, Sequence

from probe.model.certificate import Certificate, DistinguishedName, Presented
from probe.render.metrics.families import CERTIFICATE, NOT_AFTER, NOT_BEFORE
from probe.render.metrics.family import Rank
from probe.render.metrics.line import Line, line, new_line
from probe.render.metrics.sample import Sample, timestamp

_MOST = 10  # certificates of a chain that anybody needs; more than three or four are odd


def certificates(presented: Sequence[Presented]) -> Iterator[Sample]:
    """Yield the samples of a chain: the server's own first, then what expires first."""
    placed = [
        (position, one) for position, one in enumerate(presented) if isinstance(one, Certificate)
    ]
    placed.sort(key=lambda pair: (pair[0] > 0, pair[1].not_after))
    for number, (position, one) in enumerate(placed):
        crowd = number >= _MOST
        # Second in this order is the one that expires first, if that is not the first.
        ends = Rank.EXPIRY if number <= 1 else Rank.CROWD if crowd else Rank.LIFETIMES
        identity, starts = (Rank.CROWD,) * 2 if crowd else (Rank.IDENTITY, Rank.STARTS)
        yield Sample(ends, line(NOT_AFTER, str(position)), timestamp(one.not_after))
        yield Sample(identity, _described(position, one), 1.0)
        yield Sample(starts, line(NOT_BEFORE, str(position)), timestamp(one.not_before))


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
