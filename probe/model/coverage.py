"""How the rules cover the published documents: sentence by sentence."""

import msgspec


class Sentence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a document asks for, in our words.

    It is judged by ``rules``, or ``unseen`` says why a probe cannot see it and ``look`` where to
    look instead; both, when the rules see a part of it.
    """

    says: str
    rules: tuple[str, ...] = ()
    unseen: str | None = None
    look: str | None = None


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section by its heading; ``none`` says why one asks for nothing."""

    title: str
    profile: str | None = None
    sentences: tuple[Sentence, ...] = ()
    none: str | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A published document."""

    id: str
    title: str
    url: str
    section: tuple[Section, ...]


class Ours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules that no sentence asks for, and why they are there."""

    reason: str
    rules: tuple[str, ...]


class Coverage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table (``rules/coverage.toml``)."""

    document: tuple[Document, ...]
    ours: tuple[Ours, ...] = ()


class CoverageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The table in numbers: sentences judged by rules, in part, or not to be seen at all."""

    sentences: int
    judged: int
    in_part: int
    unseen: int
    rules: int
    rules_of_ours: int


def figures(coverage: Coverage) -> CoverageFigures:
    """Count a coverage table."""
    sentences = [
        sentence
        for document in coverage.document
        for section in document.section
        for sentence in section.sentences
    ]
    judged = [sentence for sentence in sentences if sentence.rules]
    return CoverageFigures(
        sentences=len(sentences),
        judged=sum(sentence.unseen is None for sentence in judged),
        in_part=sum(sentence.unseen is not None for sentence in judged),
        unseen=len(sentences) - len(judged),
        rules=len({rule for sentence in judged for rule in sentence.rules}),
        rules_of_ours=sum(len(ours.rules) for ours in coverage.ours),
    )
