"""What the verifier library says of a path, beside what was found on it; and where they differ.

Two opinions on one question. Neither is chosen silently: what the library accepts in spite of a
fault, or refuses without one, is told with the finding.
"""

from collections.abc import Sequence
from typing import NamedTuple

from probe.model.certificate import Certificate
from probe.model.path import Fault, Trust
from probe.pki import faults, refusals
from probe.pki.trust import TrustStore, beyond_policy, overlap

_MOST_OFFERED = 64  # certificates that the library may choose from


class Opinion(NamedTuple):
    """Trust with the words for it; ``disagreement`` is where the library says otherwise."""

    trust: Trust
    detail: str = ""
    disagreement: str = ""


def of_path(path: Sequence[Certificate], found: Sequence[Fault], store: TrustStore) -> Opinion:
    """Judge a path to a configured root, on which ``found`` are the faults.

    Trusted is only what the library accepts. What it refuses by its policy (SHA-1, short keys) or
    does not support is undecided, and no disagreement.
    """
    harmful = faults.harmful(found)
    refusal = store.refusal(path)
    if harmful:
        fault = harmful[0].detail
        if refusal is None:
            return Opinion(Trust.UNTRUSTED, fault, "but the verifier library accepts it")
        return Opinion(Trust.UNTRUSTED, fault)
    if refusal is None:
        return Opinion(Trust.TRUSTED)
    if beyond_policy(path) or not overlap(path) or refusal in refusals.UNABLE:
        return Opinion(Trust.UNDECIDED, f"the verifier does not judge it: {refusal}")
    words = f"no fault is found, but the verifier library refuses it: {refusal}"
    return Opinion(Trust.UNDECIDED, words, words)


def of_no_path(
    best: Sequence[Certificate], offered: Sequence[Certificate], store: TrustStore
) -> Opinion:
    """Judge a leaf from which no path leads to a configured root; ``best`` goes farthest.

    The library may choose from all that is ``offered``.
    """
    beside = [*offered, *store.intermediates][:_MOST_OFFERED]
    if store.refusal(best, beside) is None:
        words = "the verifier library finds a path to a configured root"
        return Opinion(Trust.UNDECIDED, words, words)
    return Opinion(Trust.UNTRUSTED, "no path leads to a configured root")
