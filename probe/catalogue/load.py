"""Load a catalogue and refuse what does not fit together."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from probe.catalogue.convert import convert
from probe.catalogue.errors import CatalogueError
from probe.catalogue.files import File, Files, read
from probe.catalogue.shipped import shipped
from probe.checks import CHECKS, Kind, ParameterError
from probe.checks.suggest import nearest
from probe.model.rule import Catalogue, Profile, Rule, Subject

_SOURCES = ("handshake", "file")
_WHOLE = frozenset({Subject.ENDPOINT, Subject.FILE})


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``catalogue.toml``."""

    revision: str


def load(directory: Path | None = None) -> Catalogue:
    """Load the catalogue in ``directory``, or the shipped one; `CatalogueError` if it is broken."""
    files = read(directory or shipped())
    rules = {file.id: _rule(file) for file in files.rules}
    profiles = {file.id: _profile(file, rules) for file in files.profiles}
    revision = convert(files.head, Head).revision
    return Catalogue(revision=revision, digest=files.digest, rules=rules, profiles=profiles)


def problems(directory: Path | None = None) -> list[CatalogueError]:
    """Return everything wrong with a catalogue, the first error of each file; empty: it loads."""
    try:
        files = read(directory or shipped())
    except CatalogueError as error:
        return [error]
    return list(_problems(files))


def _problems(files: Files) -> Iterator[CatalogueError]:
    try:
        convert(files.head, Head)
    except CatalogueError as error:
        yield error
    for file in files.rules:
        try:
            _rule(file)
        except CatalogueError as error:
            yield error
    names = {file.id for file in files.rules}
    for file in files.profiles:
        try:
            _profile(file, names)
        except CatalogueError as error:
            yield error


def _rule(file: File) -> Rule:
    rule = convert(file, Rule)
    check = CHECKS.get(rule.check)
    if check is None:
        message = f'there is no check "{rule.check}"{nearest(rule.check, CHECKS)}'
        raise CatalogueError(file.path, "check", message)
    if (rule.subject in _WHOLE) != (check.kind is Kind.ENDPOINT):
        takes = "an endpoint or a file" if check.kind is Kind.ENDPOINT else "single certificates"
        message = f'"{rule.subject}" does not fit: {check.name} looks at {takes}'
        raise CatalogueError(file.path, "subject", message)
    try:
        params = check.convert(rule.params)
    except ParameterError as error:
        key = f"params.{error.key}" if error.key else "params"
        raise CatalogueError(file.path, key, str(error)) from None
    _check_sources(file, rule)
    return msgspec.structs.replace(
        rule,
        params=params,
        title=_line(rule.title),
        why=_line(rule.why),
        remedy=_line(rule.remedy),
        elsewhere=_line(rule.elsewhere) if rule.elsewhere else None,
        notes=tuple(map(_line, rule.notes)),
    )


def _line(text: str) -> str:
    """Return text on one line: how a file wraps it means nothing."""
    return " ".join(text.split())


def _check_sources(file: File, rule: Rule) -> None:
    if not rule.observable:
        raise CatalogueError(file.path, "observable", "is empty: what could show it?")
    for source in rule.observable:
        if source not in _SOURCES:
            known = " or ".join(f'"{name}"' for name in _SOURCES)
            message = f'"{source}" is not {known}{nearest(source, _SOURCES)}'
            raise CatalogueError(file.path, "observable", message)
    if rule.subject is Subject.FILE and rule.observable != ("file",):
        message = 'must be ["file"] for a rule about files'
        raise CatalogueError(file.path, "observable", message)
    if len(set(rule.observable)) < len(_SOURCES) and not rule.elsewhere:
        message = "missing: say where else it can be seen, and why not here"
        raise CatalogueError(file.path, "elsewhere", message)


def _profile(file: File, rules: dict[str, Rule] | set[str]) -> Profile:
    profile = convert(file, Profile)
    seen = set()
    for index, rule in enumerate(profile.rules):
        if rule not in rules:
            message = f'there is no rule "{rule}"{nearest(rule, rules)}'
            raise CatalogueError(file.path, f"rules[{index}]", message)
        if rule in seen:
            raise CatalogueError(file.path, f"rules[{index}]", f'"{rule}" is there twice')
        seen.add(rule)
    if not profile.rules:
        raise CatalogueError(file.path, "rules", "is empty")
    return msgspec.structs.replace(
        profile, title=_line(profile.title), summary=_line(profile.summary)
    )
