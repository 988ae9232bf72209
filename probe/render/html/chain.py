"""A chain link by link, with a verdict on each: what `probe.render.tree` draws for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from probe.model import path
from probe.model.certificate import Certificate, Presented, Undecodable
from probe.model.finding import Finding, Outcome
from probe.render import marks
from probe.render.html.words import LONGEST, Badge, badge, bounded, of_outcome
from probe.render.tree import (
    end,
    key_text,
    name_of,
    remarks,
    signature_text,
    usage,
    validity,
    verdict,
)

_LINKS = 12
_NAMES = 12
_ALL_NAMES = 200


class Step(NamedTuple):
    """The way from a certificate to its issuer: whether it holds, in words."""

    badge: Badge
    text: str


class Link(NamedTuple):
    """One certificate of a chain; ``facts`` are for those who look closer."""

    badge: Badge
    name: str
    remarks: str
    validity: str
    outdated: bool
    key: str
    names: tuple[str, ...]
    more_names: tuple[str, ...]
    unnamed: int
    facts: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    failed: tuple[tuple[Badge, str], ...]
    step: Step | None


class Ending(NamedTuple):
    """The issuer above the last certificate, which was not sent, and the way on from there."""

    badge: Badge
    text: str
    steps: tuple[Step, ...]


class Chain(NamedTuple):
    """A chain as sent; ``where`` names the addresses that sent it, if they differ."""

    where: str
    size: int
    links: tuple[Link, ...]
    more: int
    ending: Ending | None
    others: tuple[str, ...]


def chain(
    presented: Sequence[Presented],
    findings: Sequence[Finding],
    as_of: datetime,
    *,
    links: Sequence[path.Link] = (),
    alternatives: Sequence[path.Alternative] = (),
    where: str = "",
    sent: bool = True,
) -> Chain:
    """Describe what was sent or is in a file; ``findings`` are of the results that brought it.

    ``links`` and ``alternatives`` are what a result says of the chain.
    """
    last = end(presented, findings, links, sent=sent)
    said = [
        (link.position, Step(badge(marks.link_mark(link.verdict)), bounded(link.words)))
        for link in links
    ]
    steps = dict(said)
    beyond = tuple(step for position, step in said if position is None)
    return Chain(
        where=where,
        size=len(presented),
        links=tuple(
            link._replace(step=steps.get(position))
            for position, link in enumerate(_links(presented[:_LINKS], findings, as_of, sent=sent))
        ),
        more=max(len(presented) - _LINKS, 0),
        ending=Ending(badge(last[0]), bounded(last[1]), beyond) if last else None,
        others=tuple(bounded(other.words) for other in alternatives),
    )


def _links(
    presented: Sequence[Presented], findings: Sequence[Finding], as_of: datetime, *, sent: bool
) -> Iterator[Link]:
    above: Presented | None = None
    for position, member in enumerate(presented):
        mark = badge(verdict(position, member, findings))
        said = "; ".join(remarks(above, member, sent=sent))
        failed = tuple(_failed(position, findings))
        if isinstance(member, Undecodable):
            yield _undecodable(member, mark, failed)
        else:
            yield _link(member, mark, said, as_of, failed, names=position == 0)
        above = member


def _failed(position: int, findings: Sequence[Finding]) -> Iterator[tuple[Badge, str]]:
    told = set()
    for finding in findings:
        about = finding.subject is not None and finding.subject.position == position
        if about and finding.outcome is Outcome.FAIL and finding.rule not in told:
            told.add(finding.rule)
            yield of_outcome(finding.outcome, finding.severity), finding.rule


def _undecodable(member: Undecodable, mark: Badge, failed: tuple[tuple[Badge, str], ...]) -> Link:
    return Link(
        badge=mark,
        name=name_of(member),
        remarks="",
        validity=bounded(member.reason),
        outdated=True,
        key="",
        names=(),
        more_names=(),
        unnamed=0,
        facts=(("SHA-256", member.sha256),),
        problems=(),
        failed=failed,
        step=None,
    )


def _link(
    member: Certificate,
    mark: Badge,
    said: str,
    as_of: datetime,
    failed: tuple[tuple[Badge, str], ...],
    *,
    names: bool,
) -> Link:
    outdated, when = validity(member, as_of)
    dns = member.dns_names if names else ()
    return Link(
        badge=mark,
        name=bounded(name_of(member), 200),
        remarks=said,
        validity=when[0].upper() + when[1:],
        outdated=outdated,
        key=f"{key_text(member)}, {signature_text(member)}",
        names=tuple(bounded(name, LONGEST) for name in dns[:_NAMES]),
        more_names=tuple(bounded(name, LONGEST) for name in dns[_NAMES:_ALL_NAMES]),
        unnamed=max(len(dns) - _ALL_NAMES, 0),
        facts=tuple(_facts(member)),
        problems=tuple(map(bounded, member.problems)),
        failed=failed,
        step=None,
    )


def _facts(member: Certificate) -> Iterator[tuple[str, str]]:
    yield "Subject", bounded(member.subject.text) or "empty"
    yield "Issuer", bounded(member.issuer.text) or "empty"
    yield "Serial", f"{member.serial:x}"
    yield "Thumbprint", member.sha1.upper()
    yield "SHA-256", member.sha256
    yield "Use", bounded(usage(member))
