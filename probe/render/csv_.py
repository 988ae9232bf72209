"""The findings as CSV (RFC 4180, lines ending in a line feed), one row each, for spreadsheets.

A cell that a spreadsheet would take for a formula gets a leading apostrophe.
"""

import csv
import io

from probe.model.certificate import Certificate
from probe.model.finding import Finding
from probe.model.report import Report, Result
from probe.render.digest import chain_of, decoded
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


def report_csv(report: Report) -> str:
    """Return a header and one row for each finding, passed ones too."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in shown(report):
        for finding in result.findings:
            writer.writerow([_cell(value) for value in _row(result, finding)])
    return out.getvalue()


def _row(result: Result, finding: Finding) -> tuple[str, ...]:
    target = result.target
    return (
        target.id,
        target.site or "",
        " ".join(target.roles),
        result.address or "",
        finding.profile,
        finding.rule,
        finding.severity,
        finding.outcome,
        *_certificate(result, finding),
        finding.observed,
        finding.expected,
    )


def _certificate(result: Result, finding: Finding) -> tuple[str, str, str, str]:
    if finding.subject is None:
        return "", "", "", ""
    position, sha256 = finding.subject.position, finding.subject.sha256
    chain = decoded(chain_of(result)[position : position + 1])
    name = name_of(chain[0]) if chain else ""
    ends = rfc3339(chain[0].not_after) if chain and isinstance(chain[0], Certificate) else ""
    return str(position), name, ends, sha256


def _cell(text: str) -> str:
    """Make a cell safe to look at and to open."""
    shown = escape(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
