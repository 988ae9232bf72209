import subprocess
import sys

import pytest
from support.rulebook import CATALOGUE
from support.scenarios import expired_cmg, good

from probe.cli.main import main
from probe.model.rule import Severity
from probe.render import FORMATS, pieces, render


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_renders_text_that_ends_in_a_newline(format_name):
    assert render(format_name, good(), CATALOGUE).endswith("\n")


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_pieces_are_the_whole(format_name):
    options = {"verbose": 1, "fail_on": Severity.WARNING}
    found = b"".join(pieces(format_name, expired_cmg(), CATALOGUE, **options))
    assert found.decode() == render(format_name, expired_cmg(), CATALOGUE, **options)


def test_the_help_lists_every_format(capsys):
    main(["scan", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"{FORMATS[0]} (default), {', '.join(FORMATS[1:])}" in said


def test_an_unknown_format_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="unknown format 'yaml': one of text, json"):
        render("yaml", good(), CATALOGUE)


def test_options_reach_their_format():
    assert "\x1b[" in render("text", good(), CATALOGUE, colour=True)
    assert render("text", good(), CATALOGUE, unicode=False).isascii()
    junit = render("junit", expired_cmg(), CATALOGUE, fail_on=Severity.WARNING)
    assert 'failures="3"' in junit


def test_naming_the_formats_loads_none_of_them():
    code = "import sys, probe.render; print([m for m in sys.modules if m.startswith('probe.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['probe.render']"
