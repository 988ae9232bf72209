"""CSV with a header: one row a system, or one row a role as ConfigMgr's exports have it."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import inspect

from probe.inventory.problems import InventoryError, Place, Problem, nearest, quote
from probe.inventory.shape import SystemTable
from probe.inventory.toml import text

# Column headings of SMS_SystemResourceList, SMS_SCI_SysResUse and SMS_AzureService exports and
# of hand-made lists, folded (lower case, without spaces, hyphens and underscores).
_ALIASES = {
    "servername": "fqdn",
    "networkospath": "fqdn",
    "dnshostname": "fqdn",
    "intranetfqdn": "fqdn",
    "hostname": "fqdn",
    "host": "fqdn",
    "serverremotepublicname": "internet_fqdn",
    "netbiosname": "computer_name",
    "servicecname": "service_name",
    "role": "roles",
    "rolename": "roles",
    "sitecode": "site",
    "thumbprint": "expected_thumbprint",
    "ipaddress": "address",
    "sslport": "port",
}

# What ConfigMgr calls the roles (SMS_SCI_SysResUse.RoleName); None: no TLS endpoint of its own.
CONFIGMGR_ROLES: dict[str, str | None] = {
    "SMS Management Point": "management-point",
    "SMS Distribution Point": "distribution-point",
    "SMS Software Update Point": "software-update-point",
    "SMS State Migration Point": "state-migration-point",
    "SMS Enrollment Server": "enrollment-point",
    "SMS Enrollment Web Site": "enrollment-proxy-point",
    "SMS Certificate Registration Point": "certificate-registration-point",
    "SMS SQL Server": "sql-server",
    "SMS Provider": "sms-provider",
    "SMS SRS Reporting Point": "reporting-point",
    "SMS Site System": None,
    "SMS Component Server": None,
    "SMS Site Server": None,
    "SMS Cloud Proxy Connector": None,
    "SMS Dmp Connector": None,
    "SMS Endpoint Protection Point": None,
    "SMS Fallback Status Point": None,
    "SMS Notification Server": None,
}
_ROLES = {name.casefold(): role for name, role in CONFIGMGR_ROLES.items()}
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0"}


class Row:
    """One row: its place, its cells by system key, and its site code."""

    __slots__ = ("cells", "place", "site")

    def __init__(self, place: Place, cells: dict[str, Any], site: str | None) -> None:
        """Keep what was read."""
        self.place = place
        self.cells = cells
        self.site = site


def rows(path: Path, problems: list[Problem]) -> list[Row]:
    """Return the systems of a CSV file; rows of one system that differ in roles only are one.

    What is wrong with single rows is appended to ``problems``; InventoryError for the whole.
    """
    file = str(path)
    lines = _lines(file, text(path))
    first = next(lines, None)
    if first is None:
        raise InventoryError([Problem(file, "", "is empty: it defines no system")])
    number, header = first
    columns = _columns(Place(file, f"line {number}", ", "), header)
    merged: dict[object, Row] = {}
    for number, cells in lines:
        place = Place(file, f"line {number}", ", ")
        if len(cells) > len(columns):
            message = f"has {len(cells)} columns, but the header has {len(columns)}"
            problems.append(place.problem("", message))
            continue
        row = _row(place, dict(zip(columns, cells, strict=False)))
        if row is not None:
            _merge(merged, row, problems)
    return list(merged.values())


def _lines(file: str, document: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that holds something, with the number that it starts at."""
    reader = csv.reader(io.StringIO(document, newline=""), strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#TYPE "):
                yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        problem = Problem(file, f"line {number}", f"is not valid CSV: {error}")
        raise InventoryError([problem]) from None


def _columns(place: Place, header: list[str]) -> list[str]:
    """Return the system key of each column; InventoryError when one is unknown or twice there."""
    known = {_fold(name): name for name in (*_KINDS, "site")} | _ALIASES
    problems: list[Problem] = []
    columns: list[str] = []
    for heading in header:
        key = known.get(_fold(heading), "")
        if not key:
            problems.append(place.problem(quote(heading), _unknown(heading)))
        elif key in columns:
            message = f"is a second column for {key} (beside {quote(header[columns.index(key)])})"
            problems.append(place.problem(quote(heading), message))
        columns.append(key)
    if problems:
        raise InventoryError(problems)
    return columns


def _unknown(heading: str) -> str:
    if any(mark in heading for mark in ";\t|"):
        return "unknown column: columns are separated by commas, and roles in a cell by semicolons"
    return f"unknown column{nearest(heading, [*_KINDS, 'site', *_ALIASES])}"


def _fold(heading: str) -> str:
    return heading.casefold().replace(" ", "").replace("-", "").replace("_", "")


def _row(place: Place, cells: dict[str, str]) -> Row | None:
    """Return a row with its cells as TOML would have them; None when it has no endpoint."""
    site = cells.pop("site", None) or None
    values = {key: _value(cell, _KINDS[key]) for key, cell in cells.items() if cell}
    if "fqdn" in values:
        values["fqdn"] = values["fqdn"].removeprefix("\\\\").removesuffix("\\")
    listed = values.get("roles")
    if listed:
        roles = [_ROLES.get(role.casefold(), role) for role in listed]
        values["roles"] = [role for role in roles if role is not None]
        if not values["roles"]:
            return None
    return Row(place, values, site)


def _merge(merged: dict[object, Row], row: Row, problems: list[Problem]) -> None:
    """Add a row; its roles go to an earlier row that says the same otherwise."""
    rest = {key: str(value) for key, value in row.cells.items() if key != "roles"}
    said = sorted((name, value.lower()) for name, value in rest.items())
    key = (row.site, *said) if said else row.place
    earlier = merged.setdefault(key, row)
    if earlier is row:
        return
    roles, more = earlier.cells.get("roles", []), row.cells.get("roles", [])
    twice = [role for role in more if role in roles]
    if twice or not more:
        what = f"with the role {quote(twice[0])} is" if twice else "is"
        message = f"this system {what} already defined at {earlier.place.prefix}"
        problems.append(row.place.problem("", message))
        return
    earlier.cells["roles"] = [*roles, *more]


def _value(cell: str, kind: str) -> Any:  # noqa: ANN401 - a cell becomes what its column holds
    """Return a cell as the value that TOML would hold, or unchanged where it does not fit."""
    if kind == "list":
        return [part.strip() for part in cell.split(";") if part.strip()]
    if kind == "table":
        pairs = [part.partition("=") for part in cell.split(";") if part.strip()]
        return {name.strip(): _value(value.strip(), "number") for name, _, value in pairs}
    if kind == "number":
        return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 10 else cell  # noqa: PLR2004 - no port has ten digits
    if kind == "boolean":
        folded = cell.casefold()
        return True if folded in _YES else False if folded in _NO else cell
    return cell


def _kinds() -> dict[str, str]:
    """Return for each system key how a cell is read."""
    names: dict[type, str] = {
        inspect.VarTupleType: "list",
        inspect.DictType: "table",
        inspect.IntType: "number",
        inspect.BoolType: "boolean",
    }
    shape = inspect.type_info(SystemTable)
    assert isinstance(shape, inspect.StructType)  # noqa: S101 - it is one
    kinds = {}
    for field in shape.fields:
        kind = field.type
        while isinstance(kind, inspect.Metadata | inspect.UnionType):
            kind = kind.type if isinstance(kind, inspect.Metadata) else kind.types[0]
        kinds[field.encode_name] = names.get(type(kind), "text")
    return kinds


_KINDS = _kinds()
