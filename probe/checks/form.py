"""The form of subject and alternative names, where a client reads only a part of them."""

from datetime import datetime
from typing import Literal

from probe.checks.registry import content_check
from probe.checks.texts import listed, short
from probe.checks.verdicts import failed, passed
from probe.model.certificate import Certificate
from probe.model.finding import Judgement
from probe.pki import der

NameType = Literal["dns", "ip", "email", "uri", "directory", "upn", "sid", "registered_id", "other"]


@content_check
def alternative_names(
    certificate: Certificate,
    _as_of: datetime,
    *,
    maximum: int | None = None,
    forbidden_types: tuple[NameType, ...] = (),
) -> Judgement:
    """Count the values of the subject alternative name, or look for types among them."""
    names = certificate.names or ()
    expected = _form_asked(maximum, forbidden_types)
    observed = listed([f"{name.type} {name.value}" for name in names], "no alternative name")
    bad = [f"{name.type} {name.value}" for name in names if name.type in forbidden_types]
    if bad:
        return failed(listed(bad), expected)
    if maximum is not None and len(names) > maximum:
        return failed(f"{len(names):,} values: {observed}", expected)
    return passed(observed, expected)


def _form_asked(maximum: int | None, forbidden_types: tuple[NameType, ...]) -> str:
    if forbidden_types:
        return f"no alternative name of type {listed(forbidden_types)}"
    if not maximum:
        return "no alternative name"
    return "one value" if maximum == 1 else f"at most {maximum} values"


@content_check
def common_name_only(certificate: Certificate, _as_of: datetime) -> Judgement:
    """Ask that the subject is one common name and nothing else."""
    expected = "a subject of one common name and nothing else"
    subject = certificate.subject
    if subject.empty:
        return failed("the subject is empty", expected)
    fits = len(subject.common_names) == 1 and _attributes(subject.der) == 1
    return (passed if fits else failed)(short(subject.text), expected)


def _attributes(name: bytes) -> int:
    """Count the attributes of a Name (RFC 5280, 4.1.2.4)."""
    start, end = der.expect(name, 0, len(name), der.SEQUENCE)
    sets = der.children(name, start, end)
    return sum(len(der.children(name, inner, last)) for _, inner, last in sets)
