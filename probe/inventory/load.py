"""Inventory files and directories to Targets, with every problem of every file."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from probe.inventory import table, toml
from probe.inventory.problems import InventoryError, Place, Problem, quote
from probe.inventory.shape import InventoryFile, SystemTable
from probe.inventory.strict import convert
from probe.inventory.surroundings import Sources, Surroundings, surroundings
from probe.inventory.systems import targets
from probe.model.target import Target

_SUFFIXES = (".csv", ".toml")


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """What the files define. ``vantage`` is None unless the files that name one agree.

    ``discover`` keeps each file's ``[discover]`` table, as written.
    """

    targets: tuple[Target, ...]
    vantage: str | None = None
    discover: tuple[tuple[str, dict[str, Any]], ...] = ()


def load(paths: Sequence[Path]) -> Inventory:
    """Return the targets of these files and directories, in order. InventoryError."""
    problems: list[Problem] = []
    found: list[Target] = []
    discover = []
    for path in _files(paths, problems):
        before = len(problems)
        try:
            if path.suffix.lower() == ".csv":
                own = _csv(path, problems)
            else:
                own, settings = _toml(path, problems)
                if settings:
                    discover.append((str(path), settings))
        except InventoryError as error:
            problems += error.problems
            continue
        if not own and len(problems) == before:
            problems.append(Problem(str(path), "", "defines no system"))
        found += own
    problems += _duplicates(found)
    if problems:
        raise InventoryError(problems)
    vantages = {target.vantage for target in found if target.vantage}
    vantage = vantages.pop() if len(vantages) == 1 else None
    return Inventory(targets=tuple(found), vantage=vantage, discover=tuple(discover))


def _files(paths: Iterable[Path], problems: list[Problem]) -> Iterator[Path]:
    """Yield the files to read, each once; a directory gives its *.toml and *.csv, sorted."""
    seen = set()
    for path in paths:
        inside = [path]
        try:
            if path.is_dir():
                inside = sorted(
                    entry
                    for entry in path.iterdir()
                    if entry.suffix.lower() in _SUFFIXES
                    and not entry.name.startswith(".")
                    and not entry.is_dir()
                )
                if not inside:
                    message = "is a directory without inventories (*.toml, *.csv)"
                    problems.append(Problem(str(path), "", message))
            elif not path.exists():
                problems.append(Problem(str(path), "", "does not exist"))
                continue
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            problems.append(Problem(quote(str(path)), "", f"cannot be read: {reason or error}"))
            continue
        for file in inside:
            same = file.resolve()
            if same not in seen:
                seen.add(same)
                yield file


def _toml(path: Path, problems: list[Problem]) -> tuple[list[Target], dict[str, Any]]:
    """Return the targets of a TOML file and its ``[discover]`` table."""
    file = Place(str(path))
    tables = toml.parse(path)
    systems = tables.pop("system", [])
    document, _ = convert(tables, InventoryFile, file, problems)
    if not isinstance(systems, list):
        problems.append(file.problem("system", "expected [[system]] tables: write [[system]]"))
        systems = []
    sources = Sources(path.parent)
    around = surroundings(document, sources, file, problems, named=_profiles(systems))
    found: list[Target] = []
    for index, system in enumerate(systems):
        place = Place(file.file, f"system[{index}]")
        found += _system(system, around, sources, place, problems)
    return found, document.discover


def _profiles(systems: list[Any]) -> set[str]:
    """Return the profiles that systems name, as far as they can be read."""
    listed = [system.get("profiles") for system in systems if isinstance(system, dict)]
    return {
        profile
        for profiles in listed
        if isinstance(profiles, list)
        for profile in profiles
        if isinstance(profile, str)
    }


def _csv(path: Path, problems: list[Problem]) -> list[Target]:
    """Return the targets of a CSV file."""
    sources = Sources(path.parent)
    found: list[Target] = []
    for row in table.rows(path, problems):
        around = Surroundings(site=row.site)
        found += _system(row.cells, around, sources, row.place, problems)
    return found


def _system(
    value: object, around: Surroundings, sources: Sources, place: Place, problems: list[Problem]
) -> list[Target]:
    system, whole = convert(value, SystemTable, place, problems)
    return targets(system, around, sources, place, problems, whole=whole)


def _duplicates(found: Iterable[Target]) -> Iterator[Problem]:
    """Yield a problem for each system that defines an endpoint which another one defined."""
    first: dict[str, Target] = {}
    told = set()
    for target in found:
        earlier = first.setdefault(target.id, target)
        if earlier is not target and target.origin not in told:
            told.add(target.origin)
            file, _, key = target.origin.rpartition(": ")
            message = (
                f"{target.id} is already defined in {earlier.origin} "
                "(one system lists all roles of a host and port)"
            )
            yield Problem(file, key, message)
