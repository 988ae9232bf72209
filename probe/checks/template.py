"""The AD CS template that a certificate says it was issued from (MS-WCCE 2.2.2.7.7)."""

from functools import lru_cache

from probe.checks.known import known_state, self_signed
from probe.checks.registry import certificate_check, settled_by
from probe.checks.texts import listed, short
from probe.checks.verdicts import failed, inapplicable, passed, undecided
from probe.model.certificate import Certificate, CertificateTemplate
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.model.target import Target, Template

_NAMED = "a template that the inventory names"


def _none_named(target: Target) -> Judgement | None:
    """Answer for a target whose certificate was not seen: then nothing can be shown either."""
    if any(profile in target.templates for profile in target.profiles):
        return None
    return inapplicable("the inventory names no template", _NAMED)


@settled_by(_none_named)
@certificate_check
def expected_template(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Compare the template with those that the inventory names for the profiles judged."""
    seen = _seen(certificate.template)
    wanted = [
        (profile, evidence.target.templates[profile])
        for profile in evidence.target.profiles
        if profile in evidence.target.templates
    ]
    if not wanted:
        because, expected = f"{seen}; the inventory names none", "the template that it names"
        # Only a profile can have its templates named, and only what shows one can be compared.
        comparable = certificate.template is not None and evidence.target.profiles != ("any",)
        return (undecided if comparable else inapplicable)(because, expected)
    if state := known_state(certificate) or ("self-signed" if self_signed(certificate) else None):
        return inapplicable(f"{state}: no template made it", _NAMED)
    for profile, templates in wanted:
        if not any(_is(certificate.template, template) for template in templates):
            return failed(seen, f"for {profile}: {listed([_asked(one) for one in templates])}")
    return passed(seen, listed([_asked(one) for _, templates in wanted for one in templates]))


def _is(seen: CertificateTemplate | None, wanted: Template) -> bool:
    """Compare by OID where the inventory gives one: a name beside it is only for people."""
    if seen is None:
        return False
    if wanted.oid is not None:
        return seen.oid == wanted.oid
    if wanted.name is None or seen.name is None:
        return False
    return wanted.name.casefold() == seen.name.casefold()


def _asked(template: Template) -> str:
    return " ".join(part for part in (template.name, template.oid) if part)


@lru_cache(maxsize=256)
def _seen(template: CertificateTemplate | None) -> str:
    if template is None:
        return "no template extension"
    if template.oid is None:
        return f"template {short(template.name or '')}"
    version = "" if template.major is None else f" version {template.major}.{template.minor or 0}"
    return f"template {short(template.oid)}{version}"
