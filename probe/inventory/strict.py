"""Strict conversion that reports everything wrong at once and keeps what is right.

msgspec stops at the first mistake. So a table that it takes is taken as it is; one that it
refuses is walked here, beside the same type, and every mistake is told in the words of TOML.
"""

import datetime as dt
import re
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from probe.inventory.problems import Place, Problem, nearest, quote

T = TypeVar("T", bound=msgspec.Struct)
_LONGEST = 20
_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_WRONG = object()
_Mistake = tuple[str, str]


def convert(value: object, kind: type[T], place: Place, problems: list[Problem]) -> tuple[T, bool]:
    """Return ``value`` as ``kind`` and whether it was wholly right.

    Every mistake is appended to ``problems``; the keys that hold one are left at their default.
    """
    try:
        return msgspec.convert(value, kind), True
    except (msgspec.ValidationError, RecursionError) as error:
        refusal = error
    found: list[_Mistake] = []
    sound = _sound(value, inspect.type_info(kind), "", found)
    if not found:
        found.append(("", str(refusal)))
        sound = _WRONG
    problems += [place.problem(step, message) for step, message in found]
    return msgspec.convert({} if sound is _WRONG else sound, kind), False


def step(parent: str, key: str) -> str:
    """Return the key path of ``key`` in the table at ``parent``, quoted where TOML needs it."""
    own = key if _BARE.fullmatch(key) else quote(key)
    return f"{parent}.{own}" if parent else own


def _sound(value: object, kind: inspect.Type, path: str, found: list[_Mistake]) -> object:
    """Return what is right in ``value``, or ``_WRONG``; append what is wrong to ``found``.

    A list is right as a whole or not at all, so that its indexes keep their meaning.
    """
    kind = _plain(kind)
    if isinstance(kind, inspect.StructType | inspect.DictType):
        if not isinstance(value, dict):
            found.append((path, f"expected a table, got {_named(value)}"))
            return _WRONG
        parts = {key: _entry(key, item, kind, path, found) for key, item in value.items()}
        return {key: part for key, part in parts.items() if part is not _WRONG}
    before = len(found)
    if not isinstance(kind, inspect.VarTupleType):
        message = _leaf(value, kind)
        if message:
            found.append((path, message))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _sound(item, kind.item_type, f"{path}[{index}]", found)
    else:
        found.append((path, f"expected a list, got {_named(value)}"))
    return value if len(found) == before else _WRONG


def _entry(
    key: str,
    value: object,
    kind: inspect.StructType | inspect.DictType,
    path: str,
    found: list[_Mistake],
) -> object:
    """Return what is right in one key of a table, of a fixed shape or not, or ``_WRONG``."""
    own = step(path, key)
    if isinstance(kind, inspect.DictType):
        return _sound(value, kind.value_type, own, found)
    fields = {field.encode_name: field.type for field in kind.fields}
    if key not in fields:
        hint = nearest(key, fields) or f"; known here: {', '.join(fields)}"
        found.append((own, f"unknown key{hint}"))
        return _WRONG
    return _sound(value, fields[key], own, found)


def _plain(kind: inspect.Type) -> inspect.Type:
    """Return a type without its description and without ``None``, which TOML does not have."""
    while True:
        if isinstance(kind, inspect.Metadata):
            kind = kind.type
        elif isinstance(kind, inspect.UnionType):
            kind = next(part for part in kind.types if not isinstance(part, inspect.NoneType))
        else:
            return kind


def _leaf(value: object, kind: inspect.Type) -> str | None:
    """Return what is wrong with a single value, or None."""
    if isinstance(kind, inspect.EnumType):
        return _enumerated(value, [str(member.value) for member in kind.cls])
    if isinstance(kind, inspect.StrType):
        return _text(value, kind)
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return _number(value, kind)
    if isinstance(kind, inspect.BoolType):
        return None if isinstance(value, bool) else f"expected true or false, got {_named(value)}"
    return None


def _enumerated(value: object, known: list[str]) -> str | None:
    """Return what is wrong with one of a few words, or None."""
    if not isinstance(value, str):
        return f"expected one of {', '.join(known)}, got {_named(value)}"
    if value not in known:
        return f"unknown value {quote(value)}: one of {', '.join(known)}{nearest(value, known)}"
    return None


def _text(value: object, kind: inspect.StrType) -> str | None:
    """Return what is wrong with a text, or None."""
    if not isinstance(value, str):
        return f"expected text, got {_named(value)} (text stands in quotes)"
    if kind.min_length is not None and len(value) < kind.min_length:
        return "is empty"
    return None


def _number(value: object, kind: inspect.IntType | inspect.FloatType) -> str | None:
    """Return what is wrong with a number, or None."""
    whole = isinstance(kind, inspect.IntType)
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return f"expected {'a whole number' if whole else 'a number'}, got {_named(value)}"
    assert isinstance(value, int | float)  # noqa: S101 - for the type checker
    if kind.gt is not None and not value > kind.gt:
        return f"must be more than {kind.gt:g}, is {_short(value)}"
    low, high = kind.ge, kind.le
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        bounds = f"from {low:g}" if low is not None else ""
        limit = f"at most {high:g}" if low is None else f"to {high:g}"
        return f"must be {' '.join(part for part in (bounds, limit) if part)}, is {_short(value)}"
    return None


def _short(value: float) -> str:
    """Return a number as text, unless it is absurdly long."""
    text = str(value)
    return text if len(text) <= _LONGEST else "a very long one"


def _named(value: Any) -> str:  # noqa: ANN401 - whatever a TOML file can hold
    """Return a value's type as a person would call it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    for kind, name in _NAMES:
        if isinstance(value, kind):
            return name
    return type(value).__name__


_NAMES: tuple[tuple[type, str], ...] = (
    (str, "text"),
    (int, "a whole number"),
    (float, "a number"),
    (list, "a list"),
    (dict, "a table"),
    (dt.datetime, "a date and time"),
    (dt.date, "a date"),
    (dt.time, "a time"),
)
