"""Protocol versions, as data spells them and as people do."""

from typing import Final

_SPELLED: Final = {
    "SSLv2": "SSL 2.0",
    "SSLv3": "SSL 3.0",
    "TLSv1": "TLS 1.0",
    "TLSv1.1": "TLS 1.1",
    "TLSv1.2": "TLS 1.2",
    "TLSv1.3": "TLS 1.3",
}


def spelled(version: str) -> str:
    """Spell a protocol version as people do; one that is not known stays as it is."""
    return _SPELLED.get(version, version)
