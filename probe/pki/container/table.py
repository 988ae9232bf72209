"""Read the database of a certification authority as ``certutil -view … csv`` exports it.

The headings are in the language of the server ("Binary Certificate", "Binäres Zertifikat"), so
the column is found by what stands in it.
"""

import csv
import re

from probe.pki.container import armour
from probe.pki.container.contents import ContainerError, Member, tally

_DELIMITERS = ",;\t"
_ARMOUR = "-----BEGIN"
_INSIDE_CELL = re.compile(rb"""[,;\t"'][ \t\r\n]*-----BEGIN """)
_BASE64_CELL = re.compile(rb"""(?:^|[,;\t"])MI[A-Za-z0-9+/]{62}""", re.MULTILINE)
_SAMPLE = 1 << 20
_REVOKED = re.compile(r"(?:^|\()21(?:\D|$)")  # the disposition of a request (MS-CSRA, 2.2.1.1)
_EMPTY = {"", "EMPTY", "NULL"}

# One cell may hold a certificate with thousands of names; the limit is the process's, and only
# ever raised.
csv.field_size_limit(max(csv.field_size_limit(), 16 << 20))


def looks_like(text: bytes) -> bool:
    """Whether a text is a table with certificates in its cells."""
    head = text[:_SAMPLE]
    first = _first_line(head)
    if not any(delimiter in first for delimiter in b',;\t"') or b"-----BEGIN" in first[:16]:
        return False
    found = head.find(b"-----BEGIN ")
    if found >= 0:
        inside = _INSIDE_CELL.search(head)
        return inside is not None and inside.end() > found > inside.start()
    return _BASE64_CELL.search(head) is not None


def read(text: bytes) -> tuple[list[Member], list[str]]:
    """Return a member for each row with a certificate, and notes on the other rows.

    Octets that are no certificate stay where one was expected, to be reported with their row.
    """
    lines = text.decode("utf-8", "replace").splitlines(keepends=True)
    if lines and lines[0].startswith("#TYPE"):  # PowerShell's Export-Csv
        del lines[0]
    header = next((line for line in lines if line.strip()), "")
    rows = csv.reader(lines, delimiter=max(_DELIMITERS, key=header.count))
    try:
        return _members([row for row in rows if any(map(str.strip, row))])
    except csv.Error as error:
        raise ContainerError("its table is not sound") from error


def _members(rows: list[list[str]]) -> tuple[list[Member], list[str]]:
    headings, body = [_plain(heading) for heading in rows[0]], rows[1:]
    column = _column(headings, body)
    request = _find(headings, "requestid")
    holder = _find(headings, "requestername")
    disposition = _find(headings, "requestdisposition", "disposition")
    members: list[Member] = []
    without = 0
    for number, row in enumerate(body, start=1):
        cell = _cell(row, column)
        if cell.upper() in _EMPTY:
            without += 1
            continue
        label = f"row {number}"
        if request is not None and (value := _cell(row, request)):
            label += f", request {value}"
        if disposition is not None and _REVOKED.search(_cell(row, disposition)):
            label += ", revoked"
        who = _cell(row, holder) or None if holder is not None else None
        members.append(Member(_decode(cell), label=label, holder=who))
    notes = tally({"a row without a certificate": without})
    return members, notes


def _column(headings: list[str], body: list[list[str]]) -> int:
    named = _find(headings, "rawcertificate", "binarycertificate")
    if named is not None:
        return named
    for row in body:
        for index, cell in enumerate(row):
            if cell.lstrip().startswith((_ARMOUR, "MI")) and _decode(cell.strip())[:1] == b"\x30":
                return index
    raise ContainerError("no column of the table holds certificates")


def _decode(cell: str) -> bytes:
    octets = cell.encode("utf-8", "replace")
    if cell.startswith(_ARMOUR):
        found, _ = armour.blocks(octets)
        return found[0].der or b"" if found else b""
    return armour.base64(octets) or octets


def _cell(row: list[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _find(headings: list[str], *names: str) -> int | None:
    return next((index for index, heading in enumerate(headings) if heading in names), None)


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower().rpartition(".")[2])


def _first_line(head: bytes) -> bytes:
    for line in head.splitlines():
        if line.strip() and not line.startswith(b"#TYPE"):
            return line
    return b""
