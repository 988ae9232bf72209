"""The exported file: readable, in the right format, with the private key in it."""

from functools import cache

from probe.checks.registry import endpoint_check
from probe.checks.texts import either, short
from probe.checks.verdicts import failed, inapplicable, passed, undecided, unobservable
from probe.model.evidence import Evidence
from probe.model.file import FileFormat
from probe.model.finding import Judgement

_TITLES = {
    "der": "a binary (DER) certificate",
    "pem": "a PEM file",
    "base64": "a Base64 file",
    "pkcs7": "a PKCS #7 file",
    "pkcs12": "a PKCS #12 (PFX) file",
    "csv": "a row of a CSV file",
}
_NO_FILE = "there is no file to look at"
_ROW = "a row of a CSV file does not show how the certificate is exported"


@endpoint_check
def readable(evidence: Evidence) -> Judgement:
    """Ask whether the file could be read."""
    expected = "a file that can be read"
    file = evidence.file
    if file is None:
        return inapplicable(_NO_FILE, expected)
    if file.problem is not None:
        return failed(short(file.problem), expected)
    return passed(_TITLES[file.format] if file.format else "readable", expected)


@endpoint_check
def file_format(evidence: Evidence, *, formats: tuple[FileFormat, ...]) -> Judgement:
    """Compare the format of the file with those that can be imported."""
    expected = _formats(formats)
    file = evidence.file
    if file is None:
        return inapplicable(_NO_FILE, expected)
    if file.format is None:
        return undecided(short(file.problem or "the format is not known"), expected)
    if file.format is FileFormat.CSV:
        return unobservable(_ROW, expected)
    return (passed if file.format in formats else failed)(_TITLES[file.format], expected)


@cache
def _formats(formats: tuple[FileFormat, ...]) -> str:
    return either(_TITLES[name] for name in formats)


@endpoint_check
def holds_private_key(evidence: Evidence) -> Judgement:
    """Take a private key in the file as the proof that it can be exported."""
    expected = "a file with the private key in it"
    file = evidence.file
    if file is None:
        return inapplicable(_NO_FILE, expected)
    if file.format is None:
        return undecided(short(file.problem or "the format is not known"), expected)
    if file.has_private_key:
        if file.key_matches is False:
            return failed("the private key in the file belongs to another certificate", expected)
        return passed("the private key is in the file, so it can be exported", expected)
    if file.format is FileFormat.CSV:
        return unobservable(_ROW, expected)
    return undecided("no private key in the file: it does not show whether one can be", expected)
