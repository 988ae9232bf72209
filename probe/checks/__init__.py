"""Named questions over evidence; rules choose them by name and give their parameters."""

from probe.checks import (
    chain,
    clientnames,
    dns,
    files,
    form,
    identity,
    key,
    known,
    names,
    revocation,
    revoked,
    signature,
    template,
    tls,
    usage,
    validity,
)
from probe.checks.registry import CHECKS, Check, Kind, ParameterError

__all__ = [
    "CHECKS",
    "Check",
    "Kind",
    "ParameterError",
    "chain",
    "clientnames",
    "dns",
    "files",
    "form",
    "identity",
    "key",
    "known",
    "names",
    "revocation",
    "revoked",
    "signature",
    "template",
    "tls",
    "usage",
    "validity",
]
