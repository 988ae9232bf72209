"""Why octets are no certificate, in our words instead of a parser's."""

import logging
import re

from probe.pki.der import DerError

_log = logging.getLogger(__name__)

_KINDS = {
    "ShortData": "cut off",
    "InvalidLength": "a length that cannot be",
    "InvalidValue": "a value that cannot be",
    "InvalidTag": "a tag that cannot be",
    "ExtraData": "something follows where nothing may",
    "UnexpectedTag": "something else where another type must be",
    "EncodedDefault": "a default that is spelled out",
}
_PARTS = (
    ("TbsCertificate::version", "the version"),
    ("TbsCertificate::serial", "the serial number"),
    ("TbsCertificate::signature_alg", "the signature algorithm"),
    ("TbsCertificate::issuer", "the issuer"),
    ("TbsCertificate::validity", "the validity"),
    ("TbsCertificate::subject", "the subject"),
    ("TbsCertificate::spki", "the public key"),
    ("TbsCertificate::raw_extensions", "the extensions"),
    ("Certificate::signature_alg", "the signature algorithm"),
    ("Certificate::signature", "the signature"),
)
_PARSE_ERROR = re.compile(r"ParseError \{ kind: (\w+)")


def told(error: Exception) -> str:
    """Say why octets could not be decoded; a library's own words go to the log."""
    text = str(error)
    if isinstance(error, DerError):
        return f"malformed DER: {text}"
    _log.debug("a certificate cannot be decoded: %s: %s", type(error).__name__, text)
    found = _PARSE_ERROR.search(text)
    if found is None:
        known = "X509 version" in text
        return "a version of X.509 that does not exist" if known else "it cannot be decoded"
    kind = _KINDS.get(found[1], "it breaks the rules")
    where = next((f" in {name}" for part, name in _PARTS if part in text), "")
    return f"malformed DER: {kind}{where}"
