"""The findings as CSV (RFC 4180, lines ending in a line feed), one row each, for spreadsheets.

A cell that a spreadsheet would take for a formula gets a leading apostrophe.
"""

import csv
import io
from collections.abc import Sequence
from functools import lru_cache

from probe.model.certificate import Certificate
from probe.model.finding import Finding
from probe.model.report import Report, Result
from probe.render.digest import members_of
from probe.render.escape import escape
from probe.render.files import shown
from probe.render.jsonchain import rfc3339
from probe.render.tree import name_of

COLUMNS = (
    "target",
    "site",
    "roles",
    "address",
    "profile",
    "rule",
    "severity",
    "outcome",
    "position",
    "certificate",
    "not_after",
    "sha256",
    "observed",
    "expected",
)

# With their full-width forms, which spreadsheets set to Japanese take for the same.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


_Columns = tuple[str, str, str, str]
_NO_CERTIFICATE = ("", "", "", "")


def report_csv(report: Report) -> str:
    """Return a header and one row for each finding, passed ones too."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in shown(report):
        certificates = _certificates(result)
        for finding in result.findings:
            writer.writerow([_cell(value) for value in _row(result, finding, certificates)])
    return out.getvalue()


def _row(result: Result, finding: Finding, certificates: Sequence[_Columns]) -> tuple[str, ...]:
    target = result.target
    position = finding.subject.position if finding.subject else len(certificates)
    return (
        target.id,
        target.site or "",
        " ".join(target.roles),
        result.address or "",
        finding.profile,
        finding.rule,
        finding.severity,
        finding.outcome,
        *(certificates[position] if position < len(certificates) else _NO_CERTIFICATE),
        finding.observed,
        finding.expected,
    )


def _certificates(result: Result) -> list[_Columns]:
    return [
        (
            str(position),
            name_of(one),
            rfc3339(one.not_after) if isinstance(one, Certificate) else "",
            one.sha256,
        )
        for position, one in enumerate(members_of(result))
    ]


@lru_cache(maxsize=4096)
def _cell(text: str) -> str:
    """Make a cell safe to look at and to open."""
    shown = escape(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
