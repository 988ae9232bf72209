import subprocess
import sys
from pathlib import Path

from probe.render.metrics.families import ENDPOINT
from probe.render.metrics.pages import page

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"


def test_the_page_is_that_of_the_tables():
    assert PAGE.read_text(encoding="utf-8") == page(), "make docs writes it anew"


def test_the_command_writes_it(tmp_path):
    command = [sys.executable, "-m", "probe.render.metrics.pages", str(tmp_path / "metrics.md")]
    subprocess.run(command, check=True, cwd=PAGE.parents[1])
    assert (tmp_path / "metrics.md").read_text(encoding="utf-8") == page()


def test_every_family_is_on_it():
    for family in ENDPOINT:
        assert f"### `{family.name}" in page()
        assert family.help in page()
