"""Say whether a name in a certificate stands for a host (RFC 9525, section 6.3).

Names are compared as A-labels without regard to case; Unicode names are mapped by UTS #46.
Which names of a certificate count, and whether its common name does, is the caller's question.
"""

import functools
import ipaddress
import re

import idna

_LONGEST = 253  # RFC 1035, 2.3.4, without the octets of the root
# Underscores are no part of host names (RFC 952), but of names that Windows networks have.
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_WILDCARD = "*."


def matches(pattern: str, host: str) -> bool:
    """Whether a certificate's ``pattern``, a name or an address, stands for ``host``.

    A wildcard is the whole left-most label, stands for exactly one label, and is followed by
    two labels at least. A name that is invalid matches nothing, itself included.
    """
    wanted = _canonical(host)
    offered = _canonical(pattern)
    if wanted is None or offered is None or wanted.startswith(_WILDCARD):
        return False
    if offered == wanted:
        return True
    if not offered.startswith(_WILDCARD) or _address(wanted):
        return False
    parent = offered.removeprefix(_WILDCARD)
    return "." in parent and wanted.partition(".")[2] == parent


def normalize(name: str) -> str:
    """Return the form in which names are compared; what is no valid name only in lower case."""
    canonical = _canonical(name)
    return name.lower() if canonical is None else canonical


def _canonical(name: str) -> str | None:
    """Return A-labels in lower case without the root's dot, or an address; None if invalid."""
    text = name.lower() if name.isascii() else _a_labels(name)
    if text is None:
        return None
    text = text.removesuffix(".")
    if len(text) > _LONGEST:
        return None
    if text[-1:].isdigit() or ":" in text:
        return _address(text) or (text if _NAME.fullmatch(text) else None)
    return text if _NAME.fullmatch(text) else None


def _address(text: str) -> str | None:
    if ":" not in text and not text[-1:].isdigit():
        return None
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def _a_labels(name: str) -> str | None:
    return _mapped(name) if len(name) <= _LONGEST else None


@functools.lru_cache(maxsize=1024)
def _mapped(name: str) -> str | None:
    try:
        mapped = idna.uts46_remap(name, std3_rules=False)
        # What is ASCII is judged with all other names; only the rest is IDNA's business.
        labels = [
            label if label.isascii() else idna.alabel(label).decode("ascii")
            for label in mapped.split(".")
        ]
    except (idna.IDNAError, UnicodeError):
        return None
    return ".".join(labels).lower()
