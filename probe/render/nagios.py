"""One line for Nagios and its relatives, with performance data.

Status as the Monitoring Plugins guidelines mean it: CRITICAL when a requirement of severity error
is not met, or a target cannot be reached (name resolution and timeouts are not UNKNOWN there);
WARNING for severity warning; UNKNOWN when nothing failed but something could not be judged, or
nothing was probed. A notice wakes nobody. The worst wins: CRITICAL, WARNING, UNKNOWN, OK.
"""

from collections import Counter
from datetime import timedelta

from probe.model.certificate import Certificate
from probe.model.report import Report
from probe.model.rule import Catalogue, Rule
from probe.render.digest import State, TargetView, earliest, views
from probe.render.escape import escape
from probe.render.stagelines import short
from probe.render.times import counted, relative, whole_days
from probe.render.width import cut

OK, WARNING, CRITICAL, UNKNOWN = range(4)

_NAMES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_BY_STATE = {
    State.UNREACHABLE: CRITICAL,
    State.FAILING: CRITICAL,
    State.WARNING: WARNING,
    State.UNJUDGED: UNKNOWN,
    State.GOOD: OK,
}
_TOLD = 3  # of many targets in trouble, as many as a notification can hold
_LONGEST = 160  # characters about one target

# The rules whose thresholds are those of the performance data.
_WARN_RULE, _CRITICAL_RULE = "expires-soon", "expires-imminently"


def exit_code(report: Report) -> int:
    """Return the plugin's status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
    return _status(views(report))


def _status(targets: tuple[TargetView, ...]) -> int:
    worst = min((view.state for view in targets), default=State.UNJUDGED)
    return _BY_STATE[worst]


def report_nagios(report: Report, catalogue: Catalogue) -> str:
    """Return the plugin's line: status, reasons, and performance data after a ``|``."""
    targets = views(report)
    troubled = sorted(
        (view for view in targets if view.state is not State.GOOD), key=lambda view: view.state
    )
    told = [_trouble(view) for view in troubled[:_TOLD]]
    if len(troubled) > _TOLD:
        told.append(f"{len(troubled) - _TOLD} more")
    if first := earliest(targets):
        view, instant = first
        where = f" ({_safe(view.target.id)})" if len(targets) > 1 else ""
        told.append(f"first expiry {relative(instant, report.as_of)}{where}")
    noun = "file" if report.files else "target"
    text = "; ".join((*told, counted(len(targets), noun)))
    name = _NAMES[_status(targets)]
    return f"CMPROBE {name} - {text} | {_performance(report, targets, catalogue)}\n"


def _trouble(view: TargetView) -> str:
    if view.file and view.file.problem is not None:
        reason = view.file.problem
    elif not view.chains:
        reason = short(view.failure) if view.failure else "not probed"
    elif found := view.failures or view.unjudged:
        more = f" (+{len(found) - 1})" if len(found) > 1 else ""
        reason = f"{found[0].rule}: {found[0].seen[0].finding.observed}{more}"
    else:
        reason = f"{len(view.blocked)} of {len(view.results)} addresses unreachable"
    return cut(f"{_safe(view.target.id)} {_safe(reason)}", _LONGEST, "...")


def _safe(text: str) -> str:
    """Keep text on the line and away from the performance data."""
    return escape(text).replace("|", "\\x7c")


def _performance(report: Report, targets: tuple[TargetView, ...], catalogue: Catalogue) -> str:
    states = Counter(view.state for view in targets)
    failed = report.summary.findings
    parts = []
    if (first := earliest(targets)) and (certificate := first[0].first_expiry):
        days = whole_days(report.as_of, certificate.not_after)
        rules = (catalogue.rules.get(rule) for rule in (_WARN_RULE, _CRITICAL_RULE))
        ranges = ";".join(_threshold(rule, certificate) for rule in rules)
        parts.append(f"days_to_expiry={days};{ranges}".rstrip(";"))
    seconds = (report.finished - report.started).total_seconds()
    parts += [
        f"targets={len(targets)}",
        f"unreachable={states[State.UNREACHABLE]}",
        f"errors={failed.error}",
        f"warnings={failed.warning}",
        f"notices={failed.notice}",
        f"unjudged={report.summary.indeterminate}",
        f"time={seconds:.3f}s",
    ]
    return " ".join(parts)


def _threshold(rule: Rule | None, certificate: Certificate) -> str:
    """Return a rule's number of days as a range that alerts below it, or nothing.

    Nothing where the rule asks this certificate for a share of its lifetime (`not_expiring`): a
    number of days would contradict the verdict.
    """
    params = rule.params if rule else {}
    days, short = params.get("days"), params.get("short_lived_days")
    if not isinstance(days, int | float):
        return ""
    if params.get("short_lived_share") is not None and isinstance(short, int | float):
        lifetime = certificate.not_after - certificate.not_before
        if timedelta(0) < lifetime < timedelta(days=short):
            return ""
    return f"{int(days) if days == int(days) else days}:"
