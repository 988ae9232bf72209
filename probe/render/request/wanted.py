"""From what a profile needs and the names that are given to the one certificate to ask for.

Every text of it is checked here against a list of the characters that are allowed, so that no
value can end a line, a quotation or a section of the file that it is written to.
"""

import re

import msgspec

from probe.catalogue.needs import Needs, NoRequestError
from probe.inventory.problems import quote
from probe.model.target import Names
from probe.render.request.names import RequestError, choose

_TEMPLATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+", re.ASCII)
_SHORTEST_KEY, _LONGEST_KEY, _KEY_STEP = 1024, 16384, 8
_USAGES = ("digital_signature", "key_encipherment")
_HASH = "sha256"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate to ask for. ``common_name`` is None for an empty subject.

    ``template`` is a template's name or OID, ``names`` are those that were given. ``personal``
    is whether it is for a user and not for a computer. The rest is as in `Needs`.
    """

    profile: str
    title: str
    purposes: tuple[str, ...]
    usages: tuple[str, ...]
    bits: int
    hash: str
    common_name: str | None
    dns: tuple[str, ...]
    exportable: bool
    formats: tuple[str, ...]
    days: float | None
    legacy_provider: bool
    personal: bool
    template: str | None
    names: Names

    @property
    def file(self) -> str:
        """The file that the issued certificate is used from: with its key, if that is exported."""
        return "certificate.pfx" if self.exportable else "certificate.cer"

    @property
    def template_is_oid(self) -> bool:
        """Whether the template is named by its OID."""
        return self.template is not None and _OID.fullmatch(self.template) is not None


def wanted(
    needs: Needs,
    names: Names,
    *,
    common_name: str | None = None,
    bits: int | None = None,
    template: str | None = None,
) -> Wanted:
    """Return the certificate to ask for; `RequestError`, or `NoRequestError` from the needs."""
    subject, dns = choose(needs, names, common_name)
    if needs.hashes and _HASH not in needs.hashes:
        hashes = ", ".join(needs.hashes)
        raise NoRequestError(f'"{needs.profile.id}" asks for a signature with {hashes}')
    return Wanted(
        profile=needs.profile.id,
        title=needs.profile.title,
        purposes=needs.purposes,
        usages=tuple(dict.fromkeys((*_USAGES, *needs.usages))),
        bits=_bits(needs, bits),
        hash=_HASH,
        common_name=subject,
        dns=dns,
        exportable=needs.exportable,
        formats=needs.formats,
        days=needs.days,
        legacy_provider=needs.legacy_provider,
        personal=needs.subject_only,
        template=_template(template),
        names=names,
    )


def _bits(needs: Needs, bits: int | None) -> int:
    if bits is None:
        return needs.bits
    if not _SHORTEST_KEY <= bits <= _LONGEST_KEY or bits % _KEY_STEP:
        message = f"{bits} is not a length from {_SHORTEST_KEY} to {_LONGEST_KEY}, divisible by 8"
        raise RequestError("key_length", message)
    if refused := needs.refused(bits):
        raise RequestError("key_length", f"{bits} does not pass {refused}")
    return bits


def _template(template: str | None) -> str | None:
    if template is None or _TEMPLATE.fullmatch(template):
        return template
    message = (
        f"{quote(template)} is not the name of a template (letters, digits, . _ -) nor its OID"
    )
    if " " in template:
        message += (
            ': it looks like the display name; "Template name" in its properties has no spaces'
        )
    raise RequestError("template", message)
