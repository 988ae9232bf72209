"""A chain as a tree, leaf first, exactly as sent, with a verdict on each certificate."""

import re
from collections.abc import Sequence
from datetime import datetime

from probe.model.certificate import Certificate, DistinguishedName, Presented, Undecodable
from probe.model.finding import Finding, Outcome
from probe.model.path import Alternative, Link, LinkSource, LinkVerdict
from probe.render import marks
from probe.render.escape import escape
from probe.render.paper import Paper, Span, Style
from probe.render.times import absolute, relative
from probe.render.width import width

_NAMES_SHOWN = 6
_MEMBERS_SHOWN = 10
_DEEPEST = 17  # columns that a long chain is indented at most
_KEYS = {"rsa": "RSA", "rsa-pss": "RSA-PSS", "ec": "EC", "dsa": "DSA"}


def draw_chain(
    paper: Paper,
    presented: Sequence[Presented],
    findings: Sequence[Finding],
    as_of: datetime,
    *,
    links: Sequence[Link] = (),
    verbose: int,
    sent: bool = True,
) -> None:
    """Draw what was sent or is in a file; ``findings`` are those of the results that brought it.

    Under each certificate stands the link to its issuer, wherever that is drawn.
    """
    to_issuer = {link.position: link for link in links}
    above: Presented | None = None
    ending = end(presented, findings, links, sent=sent)
    indent = 0
    shown = presented[:_MEMBERS_SHOWN]
    for position, member in enumerate(shown):
        last = position + 1 == len(shown) and not ending
        indent = 2 if above is None else min(indent + 3, _DEEPEST)
        branch = "" if above is None else "└─ "
        lead: list[Span] = [(" " * (indent - len(branch)) + branch, Style.FAINT)]
        follow: list[Span] = [(" " * indent + (" " if last else "│") + "   ", Style.FAINT)]
        told = "; ".join(remarks(above, member, sent=sent))
        paper.row(
            [*lead, verdict(position, member, findings), (" ", Style.PLAIN)],
            f"{name_of(member)} ({told})" if told else name_of(member),
            Style.STRONG if position == 0 else Style.PLAIN,
        )
        room = paper.width - indent - len("│   ")
        for text, style in _facts(member, position, as_of, room, verbose=verbose):
            paper.row(follow, text, style, follow=follow)
        if link := to_issuer.get(position):
            _link(paper, " " * indent + (" " if last else "│"), link)
        above = member
    if len(shown) < len(presented):
        paper.row([(" " * indent, Style.PLAIN)], f"and {len(presented) - len(shown)} more")
    elif ending:
        mark, text = ending
        paper.row([(" " * indent + "└─ ", Style.FAINT), mark, (" ", Style.PLAIN)], text)
        for link in links:
            if link.position is None:  # of one that was not sent
                _link(paper, " " * (indent + 2), link)


def _link(paper: Paper, branch: str, link: Link) -> None:
    """Write a link's verdict beside the branch that leads on to the issuer."""
    lead: list[Span] = [(f"{branch} ", Style.FAINT), marks.link_mark(link.verdict)]
    paper.row([*lead, (" ", Style.PLAIN)], link.words, follow=[(f"{branch}   ", Style.FAINT)])


def draw_paths(paper: Paper, links: Sequence[Link], alternatives: Sequence[Alternative]) -> None:
    """Name every path there is, the best one first; nothing where there is only one."""
    if not alternatives:
        return
    best = " ← ".join(_common_name(link.issuer) for link in links)
    paper.row([("  best path   ", Style.FAINT)], f"{best}, as above")
    for other in alternatives:
        paper.row([("  other path  ", Style.FAINT)], other.words)


def name_of(member: Presented) -> str:
    """Name a certificate as people do: its CN, else its first DNS name, else its subject."""
    if isinstance(member, Undecodable):
        return "not a certificate"
    return member.common_name or next(iter(member.dns_names), "") or called(member.subject)


def called(name: DistinguishedName) -> str:
    """Name a subject or issuer as people do: by its CN, else by all of it."""
    return next(reversed(name.common_names), "") or name.text or "(no name)"


def _common_name(name: str) -> str:
    """Return the first common name of a name as RFC 4514 writes it, else the whole."""
    found = re.search(r"(?:^|,|\+)CN=((?:\\.|[^\\,+])+)", name)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else name


def remarks(above: Presented | None, member: Presented, *, sent: bool) -> list[str]:
    """Say what is odd about a certificate's place; ``above`` is the one sent before it."""
    if not isinstance(member, Certificate):
        return []
    said = []
    if member.self_issued:
        said.append("self-signed" if above is None else "a root, sent along" if sent else "a root")
    if above is not None and above.der == member.der:
        said.append("sent twice")
    elif isinstance(above, Certificate) and above.issuer.der != member.subject.der:
        said.append("not the issuer of the one above")
    return said


def verdict(position: int, member: Presented, findings: Sequence[Finding]) -> Span:
    """Return the worst of what was found about one certificate."""
    about = [f for f in findings if f.subject and f.subject.position == position]
    failed = [f.severity for f in about if f.outcome is Outcome.FAIL]
    if failed:
        return marks.severity_mark(min(failed, key=lambda severity: severity.rank))
    if isinstance(member, Undecodable) or any(f.outcome is Outcome.INDETERMINATE for f in about):
        return marks.OPEN
    return marks.GOOD if any(f.outcome is Outcome.PASS for f in about) else marks.NONE


def _facts(
    member: Presented, position: int, as_of: datetime, room: int, *, verbose: int
) -> list[tuple[str, Style]]:
    if isinstance(member, Undecodable):
        return [(member.reason, Style.PLAIN), (f"SHA-256 {member.sha256}", Style.FAINT)]
    past, text = validity(member, as_of)
    text = f"{text} · {key_text(member)} · {signature_text(member)}"
    facts = [(text, Style.BAD if past else Style.PLAIN)]
    if position == 0:
        facts += ((text, Style.PLAIN) for text in _identity(member, room))
    if verbose:
        facts += [
            (f"subject {member.subject.text or 'empty'}", Style.FAINT),
            (f"issuer {member.issuer.text}", Style.FAINT),
            (f"serial {member.serial:x} · SHA-256 {member.sha256}", Style.FAINT),
            (usage(member), Style.FAINT),
        ]
    return [*facts, *((f"could not read {problem}", Style.OPEN) for problem in member.problems)]


def validity(certificate: Certificate, as_of: datetime) -> tuple[bool, str]:
    """Return whether the certificate is outside its time, and when that ends or ended."""
    start, end = certificate.not_before, certificate.not_after
    if start > as_of:
        return True, f"valid only {relative(start, as_of)} ({absolute(start)})"
    past = end < as_of
    verb = "expired" if past else "expires"
    return past, f"{verb} {relative(end, as_of)} ({absolute(end)})"


def key_text(certificate: Certificate) -> str:
    """Name a key by its type and size."""
    key = certificate.key
    return " ".join((_KEYS.get(key.type, key.type), *([str(key.bits)] if key.bits else [])))


def signature_text(certificate: Certificate) -> str:
    """Name a signature by its hash, which is what matters of it."""
    signature = certificate.signature
    if not signature.hash:
        return signature.name
    digest = re.sub(r"^sha(?=\d)", "SHA-", signature.hash)
    return f"{digest} (RSASSA-PSS)" if signature.pss else digest


def _identity(certificate: Certificate, room: int) -> list[str]:
    """Tell the names and the thumbprint, on one line if they fit ``room`` columns."""
    names = certificate.dns_names
    shown = f"names {', '.join(names[:_NAMES_SHOWN]) or 'none'}"
    if len(names) > _NAMES_SHOWN:
        shown += f" and {len(names) - _NAMES_SHOWN} more"
    thumbprint = f"thumbprint {certificate.sha1.upper()}"
    together = f"{shown} · {thumbprint}"
    return [together] if width(escape(together)) <= room else [shown, thumbprint]


def usage(certificate: Certificate) -> str:
    """Tell what a certificate is for, and the template that it was made by."""
    eku = ", ".join(certificate.eku) if certificate.eku is not None else "none"
    keys = ", ".join(certificate.key_usage) if certificate.key_usage is not None else "none"
    template = certificate.template
    source = (template.name or template.oid or "unnamed") if template else "none"
    return f"EKU {eku} · key usage {keys} · template {source}"


def end(
    presented: Sequence[Presented],
    findings: Sequence[Finding],
    links: Sequence[Link] = (),
    *,
    sent: bool,
) -> tuple[Span, str] | None:
    """Tell of the issuer above the last certificate, if it was not sent."""
    certificates = [member for member in presented if isinstance(member, Certificate)]
    if not certificates or certificates[-1].self_issued:
        return None
    last = certificates[-1]
    if any(last.issuer.der == certificate.subject.der for certificate in certificates):
        return None
    absent = f"{called(last.issuer)}, not {'sent' if sent else 'in the file'}"
    link = next((one for one in links if one.sha256 == last.sha256), None)
    if links and link is None:
        return marks.NONE, f"{absent}, not part of the chain"
    if link is not None and link.source is LinkSource.ROOT:
        known = "trusted here" if link.verdict is LinkVerdict.OK else "a configured root"
        return marks.link_mark(link.verdict), f"{absent}, {known}"
    return _judged_end(absent, findings)


def _judged_end(absent: str, findings: Sequence[Finding]) -> tuple[Span, str]:
    """Say of an absent issuer what the findings come to."""
    outcomes = {f.rule: f.outcome for f in findings}
    if outcomes.get("chain-complete") is Outcome.FAIL:
        return marks.BAD, f"{absent}: a link is missing here"
    trusted = outcomes.get("chain-trusted")
    if trusted is Outcome.PASS:
        return marks.GOOD, f"{absent}, trusted here"
    if trusted is Outcome.FAIL:
        return marks.BAD, f"{absent}, not trusted here"
    return marks.OPEN, absent
