"""Why the verifier library refused a path, in our words instead of its own."""

import logging

_log = logging.getLogger(__name__)

_UNSUPPORTED_NAMES = "it does not support these name constraints"
_UNSUPPORTED_EXTENSION = "it does not support a critical extension"

UNABLE = frozenset({_UNSUPPORTED_NAMES, _UNSUPPORTED_EXTENSION})
"""What is no refusal: the library cannot tell."""

_WORDS = (
    ("unsupported", _UNSUPPORTED_NAMES),
    ("unaccounted-for critical", _UNSUPPORTED_EXTENSION),
    ("name constraint", "it takes a name to be one that name constraints do not allow"),
    ("cannot be negative", "a serial number is negative"),
    ("between 1 and 20 octets", "a serial number has more than 20 octets"),
    ("must be UtcTime", "a date before 2050 is not written as UTCTime"),
    ("duplicate extension", "an extension is there twice"),
    ("no basicConstraints", "an authority has no basicConstraints"),
    ("ASN.1", "an extension cannot be decoded"),
    ("signature does not match", "a signature does not match"),
    ("candidates exhausted", "it finds no path to a configured root"),
)


def told(message: str) -> str:
    """Say in a few words what ``message`` of the library means; its own go to the log."""
    _log.debug("the verifier library refuses a path: %s", message)
    return next((words for part, words in _WORDS if part in message), "for a reason of its own")
