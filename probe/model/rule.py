"""The requirement catalogue's vocabulary: rules and profiles are data (``rules/*.toml``)."""

from enum import StrEnum
from typing import Any

import msgspec


class Severity(StrEnum):
    """How much a failure matters: clients will break, may break soon, or worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for notice."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


class Subject(StrEnum):
    """What a rule is asked of.

    ``leaf``: the first certificate. ``issuers``: each other one but a root. ``chain``: each one
    but a root. ``endpoint``: the endpoint as a whole. ``file``: an exported file as a whole.
    """

    LEAF = "leaf"
    ISSUERS = "issuers"
    CHAIN = "chain"
    ENDPOINT = "endpoint"
    FILE = "file"


class Citation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a requirement stands: a document's id, its section, and a public reference."""

    document: str
    section: str
    url: str | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One requirement. ``id`` is its file name, page, and metric label, and is never reused.

    ``observable`` lists the sources that can show it (``handshake``, ``file``); elsewhere it is
    not_observable, for the reason ``elsewhere``. ``by_hand`` is a command that shows the same.
    ``severity_intranet`` takes the place of ``severity`` for a target that is not known to accept
    connections from the internet.
    """

    id: str
    title: str
    severity: Severity
    severity_intranet: Severity | None = None
    subject: Subject
    check: str
    params: dict[str, Any] = msgspec.field(default_factory=dict)
    observable: tuple[str, ...] = ("handshake", "file")
    elsewhere: str | None = None
    why: str
    remedy: str
    by_hand: str | None = None
    notes: tuple[str, ...] = ()
    source: Citation


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate profile: the rules that the document lists for one purpose.

    ``legacy`` is whether its role can no longer be set up. One that stands ``alone`` is judged
    without the profile ``any``, whose rules do not fit it.
    """

    id: str
    title: str
    summary: str
    rules: tuple[str, ...]
    legacy: bool = False
    alone: bool = False
    source: Citation


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """Every rule and profile by id. ``digest`` is ``sha256:…`` over the files as loaded."""

    revision: str
    digest: str
    rules: dict[str, Rule]
    profiles: dict[str, Profile]
