"""JUnit XML: a test suite for each target and address, a test case for each finding.

A failure is a requirement not met at or above ``fail_on``, an error one that could not be judged:
so a suite is green exactly when the exit status would be 0. What does not apply or cannot be seen
is skipped, as are the requirements of a target without a certificate: its ``reachable`` case is
the error.
"""

from xml.etree import ElementTree as ET

from probe.model.finding import Finding, Outcome
from probe.model.report import Report, Result
from probe.model.rule import Catalogue, Severity
from probe.render.advice import next_step
from probe.render.digest import blocked, chain_of
from probe.render.escape import escape
from probe.render.files import file_of, shown
from probe.render.jsonchain import rfc3339
from probe.render.stagelines import told

_COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def report_junit(report: Report, catalogue: Catalogue, *, fail_on: Severity | None = None) -> str:
    """Return the report as JUnit XML; ``fail_on`` None means error."""
    root = ET.Element("testsuites", name="cmprobe")
    for result in shown(report):
        suite = _suite(result, catalogue, fail_on or Severity.ERROR)
        suite.set("timestamp", rfc3339(report.started))
        root.append(suite)
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        element.set("tests", str(len(cases)))
        for attribute, child in _COUNTS.items():
            element.set(attribute, str(sum(case.find(child) is not None for case in cases)))
    root.set("time", f"{(report.finished - report.started).total_seconds():.3f}")
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _suite(result: Result, catalogue: Catalogue, fail_on: Severity) -> ET.Element:
    target = result.target
    name = f"{target.id} at {result.address}" if result.address else target.id
    suite = ET.Element("testsuite", name=escape(name))
    file = file_of(result)
    if file is None:
        suite.set("hostname", escape(target.host))
    properties = ET.SubElement(suite, "properties")
    for key, value in (("site", target.site), ("roles", " ".join(target.roles))):
        if value:
            ET.SubElement(properties, "property", name=key, value=escape(value))
    if file is None:
        _reachable(suite, result)
    for finding in result.findings:
        suite.append(_case(result, finding, catalogue, fail_on))
    return suite


def _reachable(suite: ET.Element, result: Result) -> None:
    case = ET.SubElement(suite, "testcase", classname=escape(result.target.id), name="reachable")
    if failure := blocked(result):
        error = ET.SubElement(case, "error", type=f"{failure.stage}.{failure.kind}")
        error.set("message", escape(told(failure)))
        error.text = "\n".join(map(escape, filter(None, (failure.detail, next_step(failure)))))


def _case(result: Result, finding: Finding, catalogue: Catalogue, fail_on: Severity) -> ET.Element:
    name = f"{finding.profile}/{finding.rule}"
    if finding.subject and finding.subject.position:
        name += f" certificate {finding.subject.position}"
    case = ET.Element("testcase", classname=escape(result.target.id), name=escape(name))
    observed = escape(finding.observed)
    match finding.outcome:
        case Outcome.PASS:
            pass
        case Outcome.FAIL if finding.severity.rank <= fail_on.rank:
            failure = ET.SubElement(case, "failure", type=finding.severity, message=observed)
            failure.text = _explained(finding, catalogue)
        case Outcome.FAIL:
            output = ET.SubElement(case, "system-out")
            output.text = f"{finding.severity}: {observed}\n{_explained(finding, catalogue)}"
        case Outcome.INDETERMINATE if chain_of(result):
            ET.SubElement(case, "error", type="indeterminate", message=observed)
        case _:
            ET.SubElement(case, "skipped", message=f"{finding.outcome}: {observed}")
    return case


def _explained(finding: Finding, catalogue: Catalogue) -> str:
    lines = [f"expected: {finding.expected}"]
    if rule := catalogue.rules.get(finding.rule):
        lines += [
            f"requirement: {rule.title}",
            f"why: {rule.why}",
            f"remedy: {rule.remedy}",
            f"source: {rule.source.document}: {rule.source.section}",
        ]
    return "\n".join(map(escape, lines))
