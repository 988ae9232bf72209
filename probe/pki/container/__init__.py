"""Certificate files: octets in, certificates out, with what stood beside them."""

from probe.pki.container.contents import Contents, Entry, Locked, Unreadable
from probe.pki.container.reading import LARGEST, Read, read

__all__ = ["LARGEST", "Contents", "Entry", "Locked", "Read", "Unreadable", "read"]
