"""What the DNS says of an endpoint, and whether all its addresses serve the same."""

from functools import cache

from probe.checks.registry import endpoint_check
from probe.checks.texts import either, listed, short
from probe.checks.verdicts import failed, inapplicable, passed, undecided
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.model.stages import Failed, Resolved, Skipped

_UNASKED = {
    "literal": "the host is an address: no name was resolved",
    "pinned": "the address is given: no name was resolved",
    "hosts": "the address comes from the hosts file: the DNS was not asked",
}


@endpoint_check
def service_alias(evidence: Evidence, *, domains: tuple[str, ...]) -> Judgement:
    """Ask whether the host is an alias (CNAME) of a name in one of these domains."""
    expected = _alias_asked(domains)
    resolution = evidence.observation.resolution if evidence.observation else None
    match resolution:
        case Resolved():
            return _alias(evidence.target.host, resolution, domains)
        case Skipped():
            return inapplicable(resolution.because, expected)
        case Failed():
            return undecided(str(resolution.failure), expected)
    return inapplicable("no name was resolved", expected)


def _alias(host: str, resolved: Resolved, domains: tuple[str, ...]) -> Judgement:
    expected = _alias_asked(domains)
    if because := _UNASKED.get(resolved.source):
        return inapplicable(because, expected)
    if _within(host, domains):
        return inapplicable("the host is itself a deployment name", expected)
    if not resolved.cname_chain:
        return failed(f"{host} is no alias: it has addresses of its own", expected)
    leads = " → ".join(map(short, (host, *resolved.cname_chain[:5])))
    fits = any(_within(name, domains) for name in resolved.cname_chain)
    return (passed if fits else failed)(leads, expected)


def _within(name: str, domains: tuple[str, ...]) -> bool:
    name = name.lower().rstrip(".")
    return any(name.endswith(f".{domain}") for domain in domains)


@cache
def _alias_asked(domains: tuple[str, ...]) -> str:
    return f"an alias of a name in {either(domains)}"


@endpoint_check
def same_certificate(evidence: Evidence) -> Judgement:
    """Compare the certificates served at all addresses of the host."""
    expected = "the same certificate at every address"
    siblings = evidence.siblings
    if len(siblings) < 2:  # noqa: PLR2004 - one address has nothing to agree with
        return inapplicable("only one address", expected)
    leaves: dict[str, list[str]] = {}
    silent = []
    for sibling in siblings:
        if sibling.leaf is None:
            silent.append(str(sibling.address))
        else:
            leaves.setdefault(sibling.leaf, []).append(str(sibling.address))
    if len(leaves) > 1:
        groups = [f"{leaf[:16]} at {listed(at)}" for leaf, at in leaves.items()]
        return failed(f"{len(leaves)} certificates: {'; '.join(groups[:5])}", expected)
    if silent:
        return undecided(f"no certificate from {listed(silent)}", expected)
    return passed(f"the same certificate at {len(siblings)} addresses", expected)
