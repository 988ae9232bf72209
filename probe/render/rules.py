"""The catalogue for people and programs: one renderer for `cmprobe rules` and docs/rules/."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from probe.checks import CHECKS
from probe.checks.suggest import nearest
from probe.model.coverage import Coverage
from probe.model.rule import Catalogue, Citation, Profile, Rule, Subject
from probe.render.coverage import show_coverage
from probe.render.document import (
    Block,
    Code,
    Heading,
    Inline,
    Items,
    Link,
    Paragraph,
    Table,
    markdown,
    text,
)

FORMATS = ("text", "json", "markdown")
_WIDTH = 100
_COVERED = "Which of them judges which sentence of the published requirements: "

SUBJECTS = {
    Subject.LEAF: "the server's or client's own certificate",
    Subject.ISSUERS: "every certificate of an issuer, but for the root",
    Subject.CHAIN: "every certificate of the chain, but for the root",
    Subject.ENDPOINT: "the endpoint as a whole",
    Subject.FILE: "the exported file as a whole",
}


class UnknownRuleError(LookupError):
    """There is no such rule; the message names the nearest one."""


def list_rules(catalogue: Catalogue, format: str, *, width: int = _WIDTH) -> str:  # noqa: A002 - the option's name
    """List every rule: an array of rules as JSON, a table as text or Markdown."""
    if format == "json":
        return _json([_rule_object(catalogue, rule) for rule in catalogue.rules.values()])
    return _write(_rules_page(catalogue), format, width)


def show_rule(catalogue: Catalogue, id: str, format: str, *, width: int = _WIDTH) -> str:  # noqa: A002 - as above
    """Show one rule; `UnknownRuleError` when there is none of that id."""
    rule = catalogue.rules.get(id)
    if rule is None:
        raise UnknownRuleError(f'there is no rule "{id}"{nearest(id, catalogue.rules)}')
    if format == "json":
        return _json(_rule_object(catalogue, rule))
    return _write(_rule_page(catalogue, rule), format, width)


def list_profiles(catalogue: Catalogue, format: str, *, width: int = _WIDTH) -> str:  # noqa: A002 - as above
    """Show every profile with its rules."""
    if format == "json":
        return _json([msgspec.to_builtins(one) for one in catalogue.profiles.values()])
    return _write(_profiles_page(catalogue), format, width)


def pages(catalogue: Catalogue, coverage: Coverage) -> dict[str, str]:
    """Return the Markdown page of every rule, of what surrounds them, and the index, by name."""
    index = [*_rules_page(catalogue), Paragraph((_COVERED, Link("coverage", "coverage.md"), "."))]
    return {
        "index.md": markdown(index),
        "profiles.md": markdown(_profiles_page(catalogue)),
        "coverage.md": show_coverage(coverage, "markdown"),
        **{f"{rule.id}.md": markdown(_rule_page(catalogue, rule)) for rule in _rules(catalogue)},
    }


def write_pages(catalogue: Catalogue, coverage: Coverage, directory: Path) -> None:
    """Write `pages` to ``directory``, and remove other Markdown files there."""
    directory.mkdir(parents=True, exist_ok=True)
    written = pages(catalogue, coverage)
    for stale in directory.glob("*.md"):
        if stale.name not in written:
            stale.unlink()
    for name, content in written.items():
        (directory / name).write_text(content, encoding="utf-8", newline="\n")


def _write(blocks: Sequence[Block], format: str, width: int) -> str:  # noqa: A002 - as above
    if format == "markdown":
        return markdown(blocks)
    if format == "text":
        return text(blocks, width)
    raise ValueError(f"unknown format {format!r}: one of {', '.join(FORMATS)}")


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _rule_object(catalogue: Catalogue, rule: Rule) -> dict[str, Any]:
    """Return the rule as it stands in its file, with the profiles that ask it."""
    fields: dict[str, Any] = msgspec.to_builtins(rule)
    return fields | {"profiles": profiles_of(catalogue, rule.id)}


def _rules(catalogue: Catalogue) -> list[Rule]:
    return [catalogue.rules[id_] for id_ in sorted(catalogue.rules)]


def profiles_of(catalogue: Catalogue, rule: str) -> list[str]:
    """Name the profiles that ask a rule."""
    return [profile.id for profile in catalogue.profiles.values() if rule in profile.rules]


def _rules_page(catalogue: Catalogue) -> list[Block]:
    rows = tuple(
        ((Link(rule.id, f"{rule.id}.md"),), (str(rule.severity),), (rule.title,))
        for rule in _rules(catalogue)
    )
    count = f"{len(catalogue.rules)} rules in {len(catalogue.profiles)} "
    return [
        Heading(1, "Rules"),
        Paragraph((count, Link("profiles", "profiles.md"), f", revision {catalogue.revision}.")),
        Table(("Rule", "Severity", "What holds"), rows),
    ]


def severity_of(rule: Rule) -> str:
    """Name the severity of a rule, and the other that holds on the intranet."""
    if rule.severity_intranet is None:
        return str(rule.severity)
    return f"{rule.severity} ({rule.severity_intranet} on the intranet)"


def _profiles_page(catalogue: Catalogue) -> list[Block]:
    blocks: list[Block] = [Heading(1, "Profiles")]
    for profile in catalogue.profiles.values():
        rules = [catalogue.rules[id_] for id_ in profile.rules]
        rows = tuple(
            ((Link(rule.id, f"{rule.id}.md"),), (str(rule.severity),), (rule.title,))
            for rule in rules
        )
        blocks += [
            Heading(2, profile.id),
            Paragraph((f"{profile.title}. {profile.summary}{_remark(profile)}",)),
            Paragraph(("Source: ", *_citation(profile.source))),
            Table(("Rule", "Severity", "What holds"), rows),
        ]
    return blocks


def _remark(profile: Profile) -> str:
    remarks = []
    if profile.legacy:
        remarks.append(
            " Legacy: what it is for can no longer be set up, or is no longer supported."
        )
    if profile.alone:
        remarks.append(" Judged without the profile any.")
    return "".join(remarks)


def _rule_page(catalogue: Catalogue, rule: Rule) -> list[Block]:
    blocks: list[Block] = [
        Heading(1, rule.id),
        Paragraph((f"{rule.title}.",)),
        Items(tuple(_facts(catalogue, rule))),
        Heading(2, "Why"),
        Paragraph((rule.why,)),
        Heading(2, "Remedy"),
        Paragraph((rule.remedy,)),
    ]
    if rule.by_hand:
        blocks += [Heading(2, "See it by hand"), Code(rule.by_hand)]
    if rule.notes:
        blocks += [Heading(2, "Decided"), Items(tuple((note,) for note in rule.notes))]
    return [*blocks, Heading(2, "Source"), Paragraph(_citation(rule.source))]


def _facts(catalogue: Catalogue, rule: Rule) -> list[tuple[Inline, ...]]:
    profiles: list[Inline] = []
    for name in profiles_of(catalogue, rule.id):
        profiles += [", " if profiles else "", Link(name, f"profiles.md#{name}")]
    check = CHECKS[rule.check]
    facts: list[tuple[Inline, ...]] = [
        (f"Severity: {severity_of(rule)}",),
        ("Profiles: ", *(profiles or ["none"])),
        (f"Asked of: {SUBJECTS[rule.subject]}",),
        (f"Seen in: {' and '.join(f'a {source}' for source in rule.observable)}",),
    ]
    if rule.elsewhere:
        facts.append((f"Not seen elsewhere: {rule.elsewhere}",))
    summary = check.summary.replace("``", '"')
    facts.append((f"Check: {rule.check}. {summary}",))
    facts.extend((f"Parameter {name}: {_value(value)}",) for name, value in rule.params.items())
    return facts


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _citation(source: Citation) -> tuple[Inline, ...]:
    where = f"{source.document}, {source.section}"
    return (where,) if source.url is None else (Link(where, source.url),)
