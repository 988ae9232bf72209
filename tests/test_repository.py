"""What must hold for the repository as a whole."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = {".py", ".toml", ".md", ".txt", ".lock", ".yml", ".yaml", ".json", ".cfg", ".csv", ""}

# Assembled, so that this file does not name what it forbids.
FORBIDDEN = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "docker" + ".io",
    "/home" + "/",
    "/work" + "/",
    "/root" + "/",
]


def files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout, so what belongs to the project is not known")
    names = listed.stdout.decode().split("\0")
    paths = [ROOT / name for name in names if name]
    return [path for path in paths if path.is_file() and path.suffix in TEXT]


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    hits = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in files()
        for word in FORBIDDEN
        if word in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert hits == []


def test_the_lock_names_no_index_and_hashes_everything():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    requirements = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(requirements) > 20
    assert [line.split()[0] for line in requirements if "--hash=sha256:" not in line] == []


def test_every_direct_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (ROOT / "docs/decisions/0005-dependencies.md").read_text(encoding="utf-8")
    names = [re.split(r"[<>=\[ ]", line)[0] for line in project["dependencies"]]
    assert [name for name in names if f"| {name} |" not in reasons] == []


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{path.relative_to(ROOT)}: {link}"
        for path in files()
        if path.suffix == ".md"
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists()
    ]
    assert broken == []


def test_a_module_holds_one_idea():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "probe").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert long == {}
