from probe.render.document import Code, Heading, Items, Link, Paragraph, Table, markdown, text

BLOCKS = [
    Heading(1, "A *title*"),
    Paragraph(("See ", Link("the page", "page.md"), " and ", Link("more", "https://example.com/"))),
    Items((("first",), ("second, which is so long that it has to go on in another line",))),
    Code("openssl x509 -in FILE | grep '*'"),
    Table(("Name", "What"), ((("a|b",), ("one two three four",)), (("c",), ("",)))),
]


def test_as_markdown():
    assert markdown(BLOCKS) == (
        "# A \\*title\\*\n\n"
        "See [the page](page.md) and [more](https://example.com/)\n\n"
        "- first\n- second, which is so long that it has to go on in another line\n\n"
        "```\nopenssl x509 -in FILE | grep '*'\n```\n\n"
        "| Name | What |\n| --- | --- |\n| a\\|b | one two three four |\n| c |  |\n"
    )


def test_as_text():
    assert text(BLOCKS, 30) == (
        "A *title*\n\n"
        "  See the page and more\n  <https://example.com/>\n\n"
        "  - first\n  - second, which is so long\n    that it has to go on in\n    another line\n\n"
        "  openssl x509 -in FILE | grep '*'\n\n"
        "Name  What\na|b   one two three four\nc\n"
    )


def test_nothing_in_it_acts_on_a_terminal():
    blocks = [Heading(1, "a\x1b[31mb"), Paragraph(("c\u202ed",)), Code("e\rf")]
    for written in (markdown(blocks), text(blocks, 80)):
        assert "\x1b" not in written
        assert "\u202e" not in written
        assert "\r" not in written
