"""A Report as text, and in the formats of other programs. Pure.

`render` is the door; each format's module is imported when it is asked for: a run of the command
needs one of them, and asking for its help none.
"""

# ruff: noqa: PLC0415 - late imports are what this module is for
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from probe.model.report import Report
    from probe.model.rule import Catalogue, Severity

FORMATS = ("text", "json", "jsonl", "junit", "csv", "nagios", "prometheus", "html")


def render(  # noqa: PLR0911 - one for each format
    format: str,  # noqa: A002 - the option's name
    report: "Report",
    catalogue: "Catalogue",
    *,
    colour: bool = False,
    width: int = 100,
    verbose: int = 0,
    unicode: bool = True,
    fail_on: "Severity | None" = None,
) -> str:
    """Return the report in one of `FORMATS`, ending in a newline; ValueError for any other.

    ``colour``, ``width`` (columns; 60 to 160 are used), ``verbose`` (0 to 2) and ``unicode``
    (False: ASCII only) shape the text. ``fail_on`` is the least severity that JUnit calls a
    failure (None: error).
    """
    match format:
        case "text":
            from probe.render.text import report_text

            return report_text(
                report, catalogue, colour=colour, width=width, verbose=verbose, unicode=unicode
            )
        case "json":
            from probe.render.jsonreport import report_json

            return report_json(report)
        case "jsonl":
            from probe.render.jsonreport import report_jsonl

            return report_jsonl(report)
        case "junit":
            from probe.render.junit import report_junit

            return report_junit(report, catalogue, fail_on=fail_on)
        case "csv":
            from probe.render.csv_ import report_csv

            return report_csv(report)
        case "nagios":
            from probe.render.nagios import report_nagios

            return report_nagios(report, catalogue)
        case "prometheus":
            from probe.render.metrics import report_prometheus

            return report_prometheus(report)
        case "html":
            from probe.render.html.report import report_html

            return report_html(report, catalogue)
    raise ValueError(f"unknown format {format!r}: one of {', '.join(FORMATS)}")


def pieces(
    format: str,  # noqa: A002 - the option's name
    report: "Report",
    catalogue: "Catalogue",
    *,
    verbose: int = 0,
    fail_on: "Severity | None" = None,
) -> Iterable[bytes]:
    """Return what `render` does in UTF-8, piece by piece where it may be large.

    A target takes 20 KiB of JSON. To hold thousands of them as text first took as long as to
    judge them, and more memory than all that is known of them.
    """
    if format == "json":
        from probe.render.jsonreport import chunks

        return chunks(report)
    if format == "jsonl":
        from probe.render.jsonreport import lines

        return lines(report)
    text = render(format, report, catalogue, verbose=verbose, fail_on=fail_on)
    return (text.encode("utf-8", "backslashreplace"),)
