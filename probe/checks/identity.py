"""Which certificate it is: decodable at all, the one that was requested, the only one so named."""

from datetime import datetime

from probe.checks.registry import certificate_check, octets_check, settled_by
from probe.checks.texts import listed, short
from probe.checks.verdicts import failed, inapplicable, passed, unobservable
from probe.model.certificate import Certificate, Presented, Undecodable
from probe.model.evidence import Evidence
from probe.model.finding import Judgement
from probe.model.target import Target

_ALONE = "only this certificate is known here: compare it with the others of its kind"


@octets_check
def decodable(presented: Presented, _as_of: datetime) -> Judgement:
    """Ask whether the octets are a certificate, and every part of it can be read."""
    expected = "a certificate that can be decoded"
    if isinstance(presented, Undecodable):
        return failed(f"{len(presented.der):,} octets: {short(presented.reason)}", expected)
    if presented.problems:
        return failed(listed(presented.problems), expected)
    return passed(f"X.509 v{presented.version}", expected)


def _none_expected(target: Target) -> Judgement | None:
    if target.expected_thumbprint is None:
        return inapplicable("no thumbprint is expected", "the expected thumbprint")
    return None


@settled_by(_none_expected)
@certificate_check
def expected_thumbprint(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Compare the thumbprint with the one that the inventory expects."""
    if settled := _none_expected(evidence.target):
        return settled
    wanted = (evidence.target.expected_thumbprint or "").lower()
    seen = certificate.sha1 if len(wanted) == len(certificate.sha1) else certificate.sha256
    return (passed if seen == wanted else failed)(f"thumbprint {seen}", f"thumbprint {wanted}")


@certificate_check
def unique_name(certificate: Certificate, evidence: Evidence) -> Judgement:
    """Ask for a name that no other certificate of the run has, in subject or alternative name."""
    expected = "a name of its own in subject or alternative name"
    if certificate.subject.empty and not certificate.names:
        return failed("neither a subject nor an alternative name", expected)
    estate = evidence.estate
    if estate is not None and estate.namesakes:
        return failed(f"the same names in {listed(estate.namesakes)}", expected)
    if estate is None or estate.certificates < 2:  # noqa: PLR2004 - nothing to compare with
        return unobservable(_ALONE, expected)
    return passed(f"unique among {estate.certificates:,} certificates", expected)


@certificate_check
def not_reused(_certificate: Certificate, evidence: Evidence) -> Judgement:
    """Look for the same certificate in other files of the run."""
    expected = "a certificate of its own"
    estate = evidence.estate
    if estate is not None and estate.copies:
        return failed(f"also in {listed(estate.copies)}", expected)
    if estate is None or estate.certificates < 2:  # noqa: PLR2004 - nothing to compare with
        return unobservable(_ALONE, expected)
    return passed(f"used once among {estate.certificates:,} certificates", expected)


@certificate_check
def same_everywhere(_certificate: Certificate, evidence: Evidence) -> Judgement:
    """Ask that all files of the run for these names hold the same certificate."""
    expected = "the same certificate in the files of all nodes"
    estate = evidence.estate
    others = (*estate.namesakes, *estate.renewals) if estate else ()
    if others:
        return failed(f"another certificate with these names: {listed(others)}", expected)
    if estate is None or not estate.copies:
        return unobservable("only one node's certificate is known here", expected)
    return passed(f"the same in {listed(estate.copies)}", expected)
