"""Broken inventories beside the messages that they must cause, each with file and key path."""

from pathlib import Path

import pytest

from probe.inventory import InventoryError, load

INVALID = Path(__file__).parent / "invalid"
CASES = sorted(path for path in INVALID.iterdir() if path.suffix != ".txt")


def messages(path: Path) -> list[str]:
    with pytest.raises(InventoryError) as caught:
        load([path])
    return str(caught.value).replace(f"{INVALID}/", "").splitlines()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_every_problem_is_named_by_file_and_key(path):
    """A line of the expectation that ends in … leaves the rest to the library."""
    found = messages(path)
    expected = path.with_name(path.name + ".txt").read_text(encoding="utf-8").splitlines()
    assert len(found) == len(expected), "\n".join(found)
    for line, wanted in zip(found, expected, strict=True):
        if wanted.endswith("…"):
            assert line.startswith(wanted[:-1])
        else:
            assert line == wanted


def test_every_expectation_has_its_inventory():
    assert {path.name.removesuffix(".txt") for path in INVALID.glob("*.txt")} == {
        path.name for path in CASES
    }


def test_problems_of_all_files_are_told_at_once():
    with pytest.raises(InventoryError) as caught:
        load([INVALID / "unknown-role.toml", INVALID / "empty.toml", INVALID / "absent.toml"])
    files = [Path(problem.file).name for problem in caught.value.problems]
    assert files == ["unknown-role.toml"] * 3 + ["empty.toml", "absent.toml"]
