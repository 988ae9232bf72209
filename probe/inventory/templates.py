"""``[templates]``: by profile, the AD CS templates that its certificates must come from."""

from collections.abc import Collection
from pathlib import Path

from probe.inventory import toml, values
from probe.inventory.problems import InventoryError, Place, Problem, nearest, quote
from probe.inventory.shape import InventoryFile, TemplateEntry
from probe.inventory.strict import convert, step
from probe.model.target import Template

Templates = dict[str, tuple[Template, ...]]


def templates(
    entries: dict[str, tuple[TemplateEntry, ...]],
    known: Collection[str],
    place: Place,
    problems: list[Problem],
) -> Templates:
    """Return the templates in the words of the model; ``known`` are the profiles there are."""
    found = {}
    for profile, listed in entries.items():
        path = step("templates", profile)
        if profile not in known:
            hint = nearest(profile, known) or f"; known: {', '.join(known)}"
            problems.append(place.problem(path, f"unknown profile {quote(profile)}{hint}"))
        if not listed:
            message = "is empty: name the templates, or leave the profile out"
            problems.append(place.problem(path, message))
        found[profile] = tuple(
            _template(entry, f"{path}[{index}]", place, problems)
            for index, entry in enumerate(listed)
        )
    return found


def _template(entry: TemplateEntry, path: str, place: Place, problems: list[Problem]) -> Template:
    if entry.oid is None and entry.name is None:
        problems.append(place.problem(path, "needs an oid, a name or both"))
    if entry.name is not None and not entry.name.strip():
        problems.append(place.problem(f"{path}.name", "is empty"))
    oid = entry.oid
    if oid is not None:
        try:
            oid = values.oid(oid)
        except ValueError as error:
            problems.append(place.problem(f"{path}.oid", f"{quote(oid)} {error}"))
    return Template(oid=oid, name=entry.name)


def load_templates(path: Path, known: Collection[str]) -> Templates:
    """Return ``[templates]`` of an inventory, whatever else is in it. InventoryError."""
    problems: list[Problem] = []
    place = Place(str(path))
    if not path.is_file():
        message = "is not a file" if path.exists() else "does not exist"
        raise InventoryError([place.problem("", message)])
    table = toml.parse(path).get("templates")
    if table is None:
        raise InventoryError([place.problem("templates", "missing: there is no such table")])
    document, _ = convert({"templates": table}, InventoryFile, place, problems)
    found = templates(document.templates, known, place, problems)
    if problems:
        raise InventoryError(problems)
    return found
