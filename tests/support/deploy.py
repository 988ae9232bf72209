"""The files of deploy/, read as the programs that use them read them."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from support.programs import program

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "rules" / "cmprobe.rules.yml"
DASHBOARDS = DEPLOY / "grafana" / "dashboards"


def documents(path: Path) -> list[Any]:
    """Return every document of a YAML file."""
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one is not None]


def document(path: Path) -> Any:
    """Return the one document of a YAML file."""
    (only,) = documents(path)
    return only


def rules(kind: str) -> list[dict[str, Any]]:
    """Return the shipped rules of a kind: ``alert`` or ``record``."""
    return [rule for group in document(RULES)["groups"] for rule in group["rules"] if kind in rule]


def dashboards() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every dashboard and where it is."""
    for path in sorted(DASHBOARDS.glob("*.json")):
        yield path, json.loads(path.read_text(encoding="utf-8"))


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every panel, those in folded rows too."""
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def metrics(expression: str) -> set[str]:
    """Return the names of the metrics that a PromQL expression reads.

    Only names that look like ours, recorded ones too, are found; functions and labels are not.
    """
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", "", bare)
    bare = re.sub(r"\{[^}]*\}", "", bare)
    words = re.findall(r"[a-zA-Z_][a-zA-Z0-9_:]*", bare)
    known = re.compile(r"(configmgr|cmprobe|probe|ssl|node|scrape)_|up$|ALERTS|.*:")
    return {word for word in words if known.match(word)}


def run(name: str, *arguments: str | Path, cwd: Path | None = None) -> str:
    """Run a program that must end well; return what it said."""
    done = subprocess.run(
        [program(name), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
