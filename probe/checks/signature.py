"""The algorithm that an issuer signed with."""

from datetime import datetime
from functools import cache
from typing import Literal

from probe.checks.registry import content_check
from probe.checks.texts import either, hash_name, signature_text
from probe.checks.verdicts import failed, passed, undecided
from probe.model.certificate import Certificate
from probe.model.finding import Judgement

Hash = Literal["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]

# RFC 8032, 5.1 and 5.2: these algorithms have their hash built in.
_BUILT_IN = {"1.3.101.112": "sha512", "1.3.101.113": "shake256"}


@content_check
def signature_hash(
    certificate: Certificate, _as_of: datetime, *, hashes: tuple[Hash, ...]
) -> Judgement:
    """Look at the hash of the signature; Ed25519 hashes with SHA-512."""
    signature = certificate.signature
    name = signature.hash or _BUILT_IN.get(signature.oid)
    if name is None:
        return undecided(f"signature algorithm {signature.name} names no hash", _asked(hashes))
    return (passed if name in hashes else failed)(signature_text(signature), _asked(hashes))


@cache
def _asked(hashes: tuple[Hash, ...]) -> str:
    return f"a signature with {either(map(hash_name, hashes))}"


@content_check
def signature_without_pss(certificate: Certificate, _as_of: datetime) -> Judgement:
    """Look for RSASSA-PSS (RFC 4055), which some clients of a site cannot verify."""
    pss = certificate.signature.pss
    return (failed if pss else passed)(
        signature_text(certificate.signature), "a signature without RSASSA-PSS"
    )
