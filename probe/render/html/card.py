"""One target in full: its verdict in words, how far we got, its chain, and what to do."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from probe.model.finding import Outcome
from probe.model.report import Result
from probe.model.target import Names, Target
from probe.render.advice import meaning, next_step
from probe.render.card import count, situation, titles, unpublished
from probe.render.digest import State, TargetView, blocked, members_of
from probe.render.filecard import facts as file_facts
from probe.render.files import title
from probe.render.html.chain import Chain, chain
from probe.render.html.demands import Demand, Rulebook, Unjudged, demands, failed, unjudged
from probe.render.html.links import Links
from probe.render.html.words import Badge, bounded, of_state, tone
from probe.render.revocation import revocation_lines
from probe.render.stagelines import Line, short, stage_lines
from probe.render.times import counted, milliseconds

_ADDRESSES = 16
_UNUSED = frozenset({"browser", "proxy", "prelogin"})
_STAGES = {
    "dns": "DNS",
    "browser": "SQL Browser",
    "tcp": "TCP",
    "proxy": "Proxy",
    "prelogin": "PRELOGIN",
    "tls": "TLS",
    "versions": "TLS versions",
    "http": "HTTP",
    "staple": "OCSP staple",
    "delta": "Delta CRL",
    "issuer": "Issuer",
}
_MARKS = {"✓": "good", "✗": "failed", "!": "warning", "?": "not decided", "·": "skipped"}
_NAMES = (
    ("intranet_fqdn", "Intranet FQDN"),
    ("internet_fqdn", "Internet FQDN"),
    ("computer_name", "Computer name"),
    ("service_name", "Service name"),
    ("cluster_fqdn", "Cluster FQDN"),
    ("accepts", "Accepts clients from"),
)


class Stage(NamedTuple):
    """One step of the connection, or one source of revocation."""

    badge: Badge
    name: str
    took: str
    text: str


class Address(NamedTuple):
    """What happened at one address."""

    badge: Badge
    address: str
    stages: tuple[Stage, ...]


class Card(NamedTuple):
    """Everything about one target."""

    id: str
    badge: Badge
    file: bool
    purpose: str
    headline: str
    situation: str
    next_step: str
    remark: str
    facts: tuple[tuple[str, str], ...]
    addresses: tuple[Address, ...]
    more_addresses: int
    chains: tuple[Chain, ...]
    revocation: tuple[Stage, ...]
    failed: tuple[Demand, ...]
    unjudged: tuple[Unjudged, ...]
    passed: tuple[Demand, ...]
    rest: tuple[Demand, ...]
    tally: str


def card(view: TargetView, rules: Rulebook, as_of: datetime, links: Links) -> Card:
    """Put together what is told of a target; times are told as seen from ``as_of``."""
    failure = view.failure if not view.chains else None
    return Card(
        id=view.target.id,
        badge=of_state(view.state, file=view.file is not None),
        file=view.file is not None,
        purpose=title(view.file) if view.file else titles(view.target.roles),
        headline=bounded(_headline(view, rules)),
        situation=bounded(situation(view, as_of)) if view.chains else "",
        next_step=next_step(failure) if failure else "",
        remark=unpublished(view.target.roles),
        facts=tuple(_facts(view)),
        addresses=() if view.file else tuple(map(_address, view.results[:_ADDRESSES])),
        more_addresses=max(len(view.results) - _ADDRESSES, 0),
        chains=tuple(_chains(view, as_of)),
        revocation=() if view.file else tuple(map(_stage, revocation_lines(view.results))),
        failed=failed(view, rules, links),
        unjudged=unjudged(view, rules, links),
        passed=demands(view, (Outcome.PASS,), rules, links),
        rest=demands(view, (Outcome.NOT_APPLICABLE, Outcome.NOT_OBSERVABLE), rules, links),
        tally=count(view),
    )


def _headline(view: TargetView, rules: Rulebook) -> str:
    """Give the verdict in words."""
    if view.file and view.file.problem is not None:
        return view.file.problem
    if not view.chains and view.failure:
        text = meaning(view.failure)
        return f"{text[0].upper()}{text[1:]} ({short(view.failure)})"
    if view.failures:
        worst, *others = view.failures
        more = f", and {counted(len(others), 'more requirement')}" if others else ""
        return f"Not met: {rules.tell(worst.rule).title}{more}"
    if view.state is State.GOOD:
        return "Every requirement that was judged is met"
    return "Not everything could be judged"


def _facts(view: TargetView) -> Iterator[tuple[str, str]]:
    if view.file and view.file.problem is not None:
        return
    if view.file:
        yield from ((name.capitalize(), bounded(text)) for name, text in file_facts(view.file))
        return
    target = view.target
    if target.site:
        yield "Site", target.site
    yield from _names(target.names, target)
    if target.instance:
        yield "Instance", target.instance
    if target.vantage:
        yield "Seen from", target.vantage
    reached = len(view.results) - len(view.blocked)
    if len(view.results) > 1:
        yield "Addresses", f"{reached} of {len(view.results)} reached"
    elif view.results[0].address:
        yield "Address", view.results[0].address


def _names(names: Names, target: Target) -> Iterator[tuple[str, str]]:
    for field, words in _NAMES:
        value = getattr(names, field)
        if value and not (field == "intranet_fqdn" and value == target.host):
            yield words, str(value)


def _address(result: Result) -> Address:
    stages = [
        _stage(line)
        for line in stage_lines(result.target, result.observation, verbose=2)
        if line.mark != "·" or line.name not in _UNUSED
    ]
    reached = blocked(result) is None
    badge = of_state(State.GOOD if reached else State.UNREACHABLE)._replace(
        word="reached" if reached else "unreachable"
    )
    return Address(badge, result.address or "no address", tuple(stages))


def _stage(line: Line) -> Stage:
    return Stage(
        Badge(line.mark, tone(line.style), _MARKS[line.mark]),
        _STAGES.get(line.name, line.name),
        milliseconds(line.seconds) if line.seconds else "",
        bounded(line.text),
    )


def _chains(view: TargetView, as_of: datetime) -> Iterator[Chain]:
    several = len(view.chains) > 1
    for results in view.chains.values():
        where = ", ".join(result.address or view.target.host for result in results)
        yield chain(
            members_of(results[0]),
            [finding for result in results for finding in result.findings],
            as_of,
            links=results[0].links,
            alternatives=results[0].alternatives,
            where=where if several else "",
            sent=view.file is None,
        )
