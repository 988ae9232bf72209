"""What people and programs see, as files to look at.

CMPROBE_WRITE_GOLDEN=1 python -m pytest tests/render/test_golden.py writes them anew: read the
difference before committing it.
"""

import os
import re
from pathlib import Path

import pytest
from support.rulebook import CATALOGUE
from support.scenarios import SCENARIOS, expired_cmg, good, hostile, scan

from probe.render import render

GOLDEN = Path(__file__).parent / "golden"
WRITE = "CMPROBE_WRITE_GOLDEN"

CASES = {
    **{f"{name}.txt": (made, "text", {}) for name, made in SCENARIOS.items() if made is not scan},
    "scan.txt": (lambda: scan(60), "text", {}),
    "scan_verbose.txt": (lambda: scan(18), "text", {"verbose": 1}),
    "good_verbose.txt": (good, "text", {"verbose": 1}),
    "expired_cmg_verbose.txt": (expired_cmg, "text", {"verbose": 2}),
    "expired_cmg_narrow.txt": (expired_cmg, "text", {"width": 80}),
    "expired_cmg_wide.txt": (expired_cmg, "text", {"width": 160}),
    "expired_cmg_ascii.txt": (expired_cmg, "text", {"unicode": False}),
    "expired_cmg_colour.txt": (expired_cmg, "text", {"colour": True}),
    "scan.nagios": (scan, "nagios", {}),
    "expired_cmg.xml": (expired_cmg, "junit", {}),
    "hostile.csv": (hostile, "csv", {}),
}


def _masked(text):
    """Hide digests, which change whenever the lab writes a certificate differently."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "<sha256>".center(64, "."), text)
    return re.sub(r"\b[0-9A-F]{40}\b", "<sha1>".center(40, "."), text)


@pytest.mark.parametrize("name", CASES)
def test_looks_as_reviewed(name):
    make, format_name, options = CASES[name]
    text = _masked(render(format_name, make(), CATALOGUE, **options))
    path = GOLDEN / name
    if os.environ.get(WRITE):
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_text(encoding="utf-8"), f"{WRITE}=1 rewrites what was reviewed"


def test_no_golden_file_is_left_over():
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)
