"""The bar: on a terminal only, and gone afterwards."""

import io

import pytest

from probe.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream, monkeypatch, *, total=3, **settings) -> str:
    monkeypatch.setattr("sys.stderr", stream)
    with Progress(**settings) as progress:
        for done in range(total + 1):
            progress(done, total)
    return stream.getvalue()


def test_a_terminal_sees_a_bar_that_goes_away(monkeypatch):
    text = shown(Terminal(), monkeypatch, wanted=None)
    assert "] 3 of 3 targets" in text
    assert text.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("stream", "settings"),
    [
        (io.StringIO, {"wanted": None}),
        (Terminal, {"wanted": False}),
        (Terminal, {"wanted": None, "quiet": True}),
        (Terminal, {"wanted": None, "total": 1}),
        (Terminal, {"wanted": None, "total": 0}),
    ],
)
def test_elsewhere_nothing_is_drawn(stream, settings, monkeypatch):
    assert shown(stream(), monkeypatch, **settings) == ""


def test_plain_lines_are_there_for_the_asking(monkeypatch):
    assert shown(io.StringIO(), monkeypatch, wanted=True).splitlines()[-1] == "3 of 3 targets"
    lines = shown(io.StringIO(), monkeypatch, wanted=True, total=5000).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "5000 of 5000 targets"
