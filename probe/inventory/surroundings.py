"""What surrounds the systems of one file: its site, defaults and templates, once checked."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from probe.inventory import hosts
from probe.inventory.problems import Place, Problem, quote
from probe.inventory.roles import PROFILES, unknown
from probe.inventory.shape import DefaultsTable, InventoryFile, SiteTable
from probe.inventory.strict import step
from probe.inventory.templates import Templates, templates
from probe.inventory.trust import SYSTEM, TrustError, certificates
from probe.model.target import Target

_TIMEOUT: float = next(
    field.default for field in msgspec.structs.fields(Target) if field.name == "timeout"
)


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What every system of a file shares, checked. Trust sources are absolute."""

    site: str | None = None
    vantage: str | None = None
    resolver: str | None = None
    timeout: float = _TIMEOUT
    ports: dict[str, int] = {}
    trust: tuple[str, ...] = (SYSTEM,)
    intermediates: tuple[str, ...] = ()
    templates: Templates = {}


class Sources:
    """Trust sources named in one file: relative to it, each looked at once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[str, str | TrustError] = {}

    def paths(
        self, entries: tuple[str, ...], place: Place, key: str, problems: list[Problem]
    ) -> tuple[str, ...]:
        """Return the sources as absolute paths; what cannot be used is a problem at its index."""
        found = []
        for index, entry in enumerate(entries):
            known = self._known.get(entry)
            if known is None:
                known = self._known[entry] = self._look(entry)
            if isinstance(known, str):
                found.append(known)
            else:
                message = f"{quote(entry)} {known.reason}"
                problems.append(place.problem(f"{key}[{index}]", message))
        return tuple(found)

    def _look(self, entry: str) -> str | TrustError:
        if entry == SYSTEM:
            return entry
        if not entry or "\0" in entry:
            return TrustError(entry, "is not a path")
        path = os.path.abspath(self._directory / entry)  # noqa: PTH100 - without following links
        try:
            certificates(path)
        except TrustError as error:
            where = "" if Path(path).exists() else f" (looked for as {path})"
            return TrustError(entry, error.reason + where)
        return path


def surroundings(
    document: InventoryFile,
    sources: Sources,
    place: Place,
    problems: list[Problem],
    *,
    named: Iterable[str] = (),
) -> Surroundings:
    """Return what the file says for all of its systems; what is wrong goes to ``problems``.

    ``named`` are the profiles that its systems name beside the published ones.
    """
    site = document.site
    trust: tuple[str, ...] = (SYSTEM,)
    if site.trust is not None:
        trust = sources.paths(site.trust, place, "site.trust", problems)
    return Surroundings(
        site=site.code,
        vantage=site.vantage,
        resolver=checked(hosts.resolver, site.resolver, place, "site.resolver", problems),
        timeout=_TIMEOUT if document.defaults.timeout is None else document.defaults.timeout,
        ports=_ports(document.defaults, place, problems),
        trust=trust,
        intermediates=_intermediates(site, sources, place, problems),
        templates=templates(document.templates, {*PROFILES, *named}, place, problems),
    )


def _intermediates(
    site: SiteTable, sources: Sources, place: Place, problems: list[Problem]
) -> tuple[str, ...]:
    if site.intermediates is None:
        return ()
    return sources.paths(site.intermediates, place, "site.intermediates", problems)


def _ports(defaults: DefaultsTable, place: Place, problems: list[Problem]) -> dict[str, int]:
    for role in defaults.ports:
        message = unknown(role)
        if message:
            problems.append(place.problem(step("defaults.ports", role), message))
    return defaults.ports


def checked(
    check: Callable[[str], str],
    value: str | None,
    place: Place,
    key: str,
    problems: list[Problem],
) -> str | None:
    """Return ``check(value)``, or None beside a problem where it raises ValueError."""
    if value is None:
        return None
    try:
        return check(value)
    except ValueError as error:
        problems.append(place.problem(key, f"{quote(value)} {error}"))
        return None
