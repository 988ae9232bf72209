"""A fleet of site systems in one report: most are sound, and the same faults come back."""

from support.chains import issuing, leaf
from support.reports import finding, one, passing, report, seen, target, unreachable, unseen

from probe.model.failure import Kind, Stage
from probe.model.finding import Outcome
from probe.model.report import Report, Result

FAIL = Outcome.FAIL
OPEN = Outcome.INDETERMINATE


def scan(count: int = 300) -> Report:
    """A scan of many targets, with the same failures on several of them."""
    return report(_scanned(number) for number in range(count))


def _scanned(number: int) -> Result:
    site = ("P01", "P02", "1E5")[number % 3]
    host = f"{('mp', 'dp', 'dp')[number % 3]}{number:03}.{site.lower()}.corp.contoso.com"
    role = "management-point" if number % 3 == 0 else "distribution-point"
    subject = target(host, role, site=site)
    if number % 60 == 17:
        refused = unreachable(Stage.TCP, Kind.REFUSED, "[Errno 111] Connection refused")
        return one(subject, refused, *unseen("tcp refused"))
    if number % 100 == 71:
        unknown = unreachable(Stage.DNS, Kind.NOT_FOUND, "NXDOMAIN from 10.0.0.53")
        return one(subject, unknown, *unseen("dns not found"))
    chain, rule, outcome, observed, at = _planted(number, host)
    if rule is None:
        return one(subject, seen(chain), *passing(chain))
    planted = finding(rule, outcome, observed, "what the rule asks for", at=at, chain=chain)
    return one(subject, seen(chain), planted, *passing(chain, rule))


def _planted(number: int, host: str):
    """Return a chain, and the rule, outcome, observation and position of its one fault."""
    days = 300 + number
    serial = 0x7000 + number
    if number % 97 == 44:
        words = "expired 2026-11-20T02:00:00Z, 2 days ago"
        return leaf(host, days=-2, serial=serial), "not-expired", FAIL, words, 0
    if number % 25 == 9:
        days = 8 + number // 25
        return leaf(host, days=days, serial=serial), "expires-soon", FAIL, f"in {days} days", 0
    if number % 12 == 5:
        chain = leaf(host, issuer=issuing("sha1"), days=days, serial=serial)
        return chain, "sha2-signature", FAIL, "sha1WithRSAEncryption", 1
    chain = leaf(host, days=days, serial=serial)
    if number % 20 == 6:
        return chain, "chain-trusted", OPEN, "no root is configured to compare with", None
    return chain, None, None, "", None
