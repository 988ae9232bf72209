import json

import pytest

from probe.model.coverage import Coverage, Document, Ours, Section, Sentence
from probe.render.coverage import show_coverage

TABLE = Coverage(
    document=(
        Document(
            id="doc",
            title="A document",
            url="https://example.com/doc",
            section=(
                Section(
                    title="Servers",
                    profile="server",
                    sentences=(
                        Sentence(says="It is so", rules=("one-rule", "two-rule")),
                        Sentence(says="In part", rules=("one-rule",), unseen="Half.", look="There"),
                        Sentence(says="It is hidden", unseen="Not at all.", look="certutil -dump"),
                    ),
                ),
                Section(title="Introduction", none="Nothing is asked here"),
            ),
        ),
    ),
    ours=(Ours(reason="Because", rules=("own-rule",)),),
)


def test_text():
    assert show_coverage(TABLE, "text") == (
        "Coverage\n\n"
        "  3 sentences of the published requirements, in our words: 1 are judged by rules, 1 in part, and 1\n"
        "  cannot be seen by a probe, with the reason and where to look instead. 2 rules judge them; 1 more\n"
        "  are ours.\n\n"
        "A document\n\n"
        "  doc <https://example.com/doc>\n\n"
        "Servers\n\n"
        "  - It is so: one-rule, two-rule\n"
        "  - In part: one-rule. Not seen: Half. Look at: There\n"
        "  - It is hidden: Not seen: Not at all. Look at: certutil -dump\n\n"
        "Introduction\n\n"
        "  Nothing is asked here.\n\n"
        "Rules that no sentence asks for\n\n"
        "  - Because: own-rule\n"
    )


def test_markdown_links_to_the_rules():
    page = show_coverage(TABLE, "markdown")
    assert "- It is so: [one-rule](one-rule.md), [two-rule](two-rule.md)\n" in page
    assert "### Servers\n" in page


def test_json_has_everything():
    found = json.loads(show_coverage(TABLE, "json"))
    assert found["figures"] == {
        "sentences": 3,
        "judged": 1,
        "in_part": 1,
        "unseen": 1,
        "rules": 2,
        "rules_of_ours": 1,
    }
    assert found["documents"][0]["sections"][0]["sentences"][2] == {
        "says": "It is hidden",
        "rules": [],
        "unseen": "Not at all.",
        "look": "certutil -dump",
    }
    assert found["ours"] == [{"reason": "Because", "rules": ["own-rule"]}]


def test_another_format_is_refused():
    with pytest.raises(ValueError, match="unknown format 'html'"):
        show_coverage(TABLE, "html")
