"""A TOML table to a struct of the vocabulary, with errors that name the key."""

import re
from enum import EnumType
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from probe.catalogue.errors import CatalogueError
from probe.catalogue.files import File, parse
from probe.checks.suggest import in_plain_words, nearest

T = TypeVar("T", bound=msgspec.Struct)

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def convert(file: File, kind: type[T]) -> T:
    """Convert a file to ``kind``; `CatalogueError` with the key that does not fit."""
    table = parse(file)
    check_keys(file, kind, table, "")
    try:
        value = msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$.")
        raise CatalogueError(file.path, path.rstrip("`"), in_plain_words(message)) from None
    named = getattr(value, "id", None)
    if named is not None and named != file.id:
        message = f'"{named}" is not the name of the file, "{file.id}"'
        raise CatalogueError(file.path, "id", message)
    if named is not None and not _ID.fullmatch(named):
        message = f'"{named}" is not lower-case words joined by hyphens'
        raise CatalogueError(file.path, "id", message)
    return value


def check_keys(file: File, kind: type[msgspec.Struct], table: dict[str, Any], prefix: str) -> None:
    """Refuse unknown keys, missing keys and unknown words, each with the nearest known one."""
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key in table:
        if key not in fields:
            message = f"unknown key{nearest(key, fields)}"
            raise CatalogueError(file.path, f"{prefix}{key}", message)
    for name, field in fields.items():
        if field.required and name not in table:
            raise CatalogueError(file.path, f"{prefix}{name}", "missing")
    for name, hint in get_type_hints(kind).items():
        value = table.get(name)
        for option in (hint, *get_args(hint)):
            if isinstance(value, str) and isinstance(option, EnumType):
                _check_word(file, f"{prefix}{name}", value, option)
            if isinstance(value, dict) and _is_struct(option):
                check_keys(file, option, value, f"{prefix}{name}.")


def _check_word(file: File, key: str, value: str, kind: EnumType) -> None:
    words = list(map(str, kind.__members__.values()))
    if value not in words:
        message = f'"{value}" is none of {", ".join(words)}{nearest(value, words)}'
        raise CatalogueError(file.path, key, message)


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
