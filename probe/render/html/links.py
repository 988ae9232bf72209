"""Where a page's links lead: to other pages, or to other places of the same file."""

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote, urlencode


class Links(Protocol):
    """Where targets and requirements are shown; None where they are not."""

    def target(self, target_id: str) -> str | None:
        """Return where a target is shown."""

    def rule(self, rule_id: str) -> str | None:
        """Return where a requirement is shown."""


class Served:
    """Pages of the exporter. ``root`` leads to its first page, relative to the page shown.

    Links are relative, so a reverse proxy may serve the pages below any path.
    """

    def __init__(self, root: str) -> None:
        """Link from a page that is as deep as ``root`` says: ``./``, ``../`` and so on."""
        self.root = root

    def target(self, target_id: str) -> str:
        r"""Return the page of a target, such as ``targets/sql03%5Ccm_p01``.

        All that RFC 3986 does not call unreserved is encoded: a browser reads ``\`` as ``/``.
        """
        return f"{self.root}targets/{quote(target_id, safe='', errors='replace')}"

    def rule(self, rule_id: str) -> str:
        """Return the page of a requirement."""
        return f"{self.root}requirements/{quote(rule_id, safe='', errors='replace')}"

    def rules(self) -> str:
        """Return the page of every requirement."""
        return f"{self.root}requirements/"

    def report(self, target_id: str) -> str:
        """Return the JSON report of one target."""
        return f"{self.root}api/v1/report?target={quote(target_id, safe='', errors='replace')}"

    def fleet(self, query: Mapping[str, str]) -> str:
        """Return the fleet as a filter shows it; empty values are left out."""
        asked = urlencode({key: value for key, value in query.items() if value}, errors="replace")
        return f"{self.root}?{asked}" if asked else self.root


class Inside:
    """Places of one file: numbered, because an id may hold any character."""

    def __init__(self, targets: Mapping[str, int], rules: Mapping[str, int]) -> None:
        """Link to what the file shows."""
        self._targets = targets
        self._rules = rules

    def target(self, target_id: str) -> str | None:
        """Return the place of a target."""
        number = self._targets.get(target_id)
        return None if number is None else f"#target-{number}"

    def rule(self, rule_id: str) -> str | None:
        """Return the place of a requirement, which is there if some target does not meet it."""
        number = self._rules.get(rule_id)
        return None if number is None else f"#requirement-{number}"
