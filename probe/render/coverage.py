"""How the rules cover the published documents, as text, JSON and Markdown."""

from typing import Any

import msgspec

from probe.model.coverage import Coverage, Document, Ours, Section, Sentence, figures
from probe.render.document import Block, Heading, Inline, Items, Link, Paragraph, markdown, text

FORMATS = ("text", "json", "markdown")
_WIDTH = 100
_SUMMARY = (
    "{sentences} sentences of the published requirements, in our words: {judged} are judged by"
    " rules, {in_part} in part, and {unseen} cannot be seen by a probe, with the reason and where"
    " to look instead. {rules} rules judge them; {rules_of_ours} more are ours."
)


def show_coverage(coverage: Coverage, format: str, *, width: int = _WIDTH) -> str:  # noqa: A002 - the option's name
    """Show every sentence with its rules, or with where to look instead."""
    if format == "json":
        return msgspec.json.format(msgspec.json.encode(_object(coverage))).decode() + "\n"
    if format == "markdown":
        return markdown(_page(coverage))
    if format == "text":
        return text(_page(coverage), width)
    raise ValueError(f"unknown format {format!r}: one of {', '.join(FORMATS)}")


def _object(coverage: Coverage) -> dict[str, Any]:
    return {
        "figures": figures(coverage),
        "documents": [
            {
                "id": document.id,
                "title": document.title,
                "url": document.url,
                "sections": document.section,
            }
            for document in coverage.document
        ],
        "ours": coverage.ours,
    }


def _page(coverage: Coverage) -> list[Block]:
    count = figures(coverage)
    blocks: list[Block] = [
        Heading(1, "Coverage"),
        Paragraph((_SUMMARY.format(**msgspec.structs.asdict(count)),)),
    ]
    for document in coverage.document:
        blocks += _document(document)
    if coverage.ours:
        blocks += [Heading(2, "Rules that no sentence asks for"), _ours(coverage.ours)]
    return blocks


def _document(document: Document) -> list[Block]:
    blocks: list[Block] = [
        Heading(2, document.title),
        Paragraph((Link(document.id, document.url),)),
    ]
    for section in document.section:
        blocks.append(Heading(3, section.title))
        blocks.append(_section(section))
    return blocks


def _section(section: Section) -> Block:
    if section.none is not None:
        return Paragraph((f"{section.none}.",))
    return Items(tuple(map(_sentence, section.sentences)))


def _sentence(sentence: Sentence) -> tuple[Inline, ...]:
    parts: list[Inline] = [f"{sentence.says}: ", *_links(sentence.rules)]
    if sentence.unseen is not None:
        start = ". " if sentence.rules else ""
        parts.append(f"{start}Not seen: {sentence.unseen} Look at: {sentence.look}")
    return tuple(parts)


def _ours(ours: tuple[Ours, ...]) -> Block:
    return Items(tuple((f"{entry.reason}: ", *_links(entry.rules)) for entry in ours))


def _links(rules: tuple[str, ...]) -> list[Inline]:
    found: list[Inline] = []
    for rule in rules:
        found += [", "] if found else []
        found.append(Link(rule, f"{rule}.md"))
    return found
