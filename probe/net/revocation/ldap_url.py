"""Read an LDAP URL (RFC 4516) that names a CRL, and refuse whatever asks for anything else."""

from typing import Final, NamedTuple
from urllib.parse import unquote

from probe.inventory import hosts
from probe.model.failure import Kind
from probe.net.revocation.attempt import Refused

PORT: Final = 389

_LONGEST: Final = 2048
_SCHEME: Final = "ldap:"
_SCOPES: Final = {"": 0, "base": 0, "one": 1}
_ATTRIBUTES: Final = frozenset(
    {"certificaterevocationlist", "deltarevocationlist", "authorityrevocationlist"}
)
_PARTS: Final = 5  # DN, attributes, scope, filter, extensions
_ANY: Final = "(objectClass=*)"


class LdapUrl(NamedTuple):
    """Which attribute of which entries to read; ``host`` is None where the URL names none.

    ``scope`` is 0 for the base object and 1 for one level (RFC 4511, 4.5.1.2).
    """

    host: str | None
    port: int
    base: str
    attribute: str
    scope: int
    filter: str


def parse(url: str, attribute: str) -> LdapUrl:
    """Parse a URL; ``attribute`` is meant where it names none. Refused says what is wrong.

    Only the attributes of CRLs are asked for: a stranger's URL reads nothing else of a directory.
    """
    if len(url) > _LONGEST:
        raise Refused(Kind.POLICY, f"a URL of {len(url)} characters")
    rest = url[len(_SCHEME) :].removeprefix("//")
    if url[: len(_SCHEME)].lower() != _SCHEME or len(rest) + 2 + len(_SCHEME) != len(url):
        raise Refused(Kind.MALFORMED, "no LDAP URL")
    place, _, query = rest.partition("/")
    parts = query.split("?")
    if len(parts) > _PARTS:
        raise Refused(Kind.MALFORMED, "an LDAP URL with too many parts")
    try:
        base, attributes, scope, filter_, extensions = (
            unquote(part, errors="strict") for part in (*parts, *[""] * (_PARTS - len(parts)))
        )
        host, port = _place(unquote(place, errors="strict"))
    except ValueError as error:
        raise Refused(Kind.MALFORMED, f"no LDAP URL: {error}") from None
    if any(one.strip().startswith("!") for one in extensions.split(",")):
        raise Refused(Kind.POLICY, "an LDAP URL with a critical extension")
    if scope.lower() not in _SCOPES:
        raise Refused(Kind.POLICY, f"an LDAP URL of scope {scope[:20]}, which is not searched")
    wanted = attributes or attribute
    if wanted.partition(";")[0].strip().lower() not in _ATTRIBUTES or "," in wanted:
        raise Refused(Kind.POLICY, f"an LDAP URL that asks for {wanted[:60]}, which is no CRL")
    return LdapUrl(host, port, base, wanted.strip(), _SCOPES[scope.lower()], _filter(filter_))


def _place(text: str) -> tuple[str | None, int]:
    if "@" in text:
        raise Refused(Kind.POLICY, "a URL with credentials")
    if not text:
        return None, PORT
    host, port = hosts.split(text)
    return host, port or PORT


def _filter(text: str) -> str:
    """Return a filter in parentheses, which AD CS leaves out."""
    text = text.strip()
    if not text:
        return _ANY
    return text if text.startswith("(") else f"({text})"
