"""What answered when the first octets are not TLS: named for people, escaped."""

from probe.tls import limits

# RFC 8446, 5.1: change_cipher_spec, alert, handshake, application_data.
_FIRST, _LAST = 20, 23
_TEXT = frozenset((*range(0x20, 0x7F), 0x09, 0x0A, 0x0D, 0x1B))
_HEADER = 5
_SPEAKERS = (
    (b"HTTP/", "plain HTTP"),
    (b"<!", "plain HTML"),
    (b"<h", "plain HTML"),
    (b"SSH-", "SSH"),
    (b"220", "a mail or file transfer greeting"),
    (b"+OK", "a POP3 greeting"),
    (b"* OK", "an IMAP greeting"),
    (b"RFB ", "VNC"),
)


def foreign(start: bytes) -> bool:
    """Whether a stream that begins with these octets cannot be TLS records."""
    if not start:
        return False
    return not _FIRST <= start[0] <= _LAST or (len(start) > 1 and start[1] != 3)  # noqa: PLR2004 - SSL 3 and all of TLS


def describe(start: bytes, *, ended: bool) -> str | None:
    """Say what a foreign stream looks like; None while more octets would tell more.

    The answer depends on what the peer sent only, not on how it was cut: text is read up to its
    first line end or a fixed size, anything else up to the size of a record header.
    """
    if len(start) < _HEADER and not ended:
        return None
    head = start[:_HEADER]
    if not all(octet in _TEXT for octet in head):
        return f"answered with octets that are no TLS record: {head.hex(' ')}"
    line, newline, _ = start[: limits.SNIFFED].partition(b"\n")
    if not (newline or ended or len(start) >= limits.SNIFFED):
        return None
    shown = line.rstrip(b"\r").decode("latin-1").encode("unicode_escape").decode("ascii")
    speaker = next((name for mark, name in _SPEAKERS if start.startswith(mark)), "plain text")
    return f'answered with {speaker}: "{shown}"'
