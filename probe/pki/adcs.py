"""The certificate extensions of Active Directory Certificate Services (MS-WCCE 2.2.2.7.7)."""

from collections.abc import Callable
from typing import Any

from probe.model.certificate import CertificateTemplate
from probe.pki import der

TEMPLATE_NAME = "1.3.6.1.4.1.311.20.2"
TEMPLATE = "1.3.6.1.4.1.311.21.7"
APPLICATION_POLICIES = "1.3.6.1.4.1.311.21.10"
CA_VERSION = "1.3.6.1.4.1.311.21.1"
PREVIOUS_CA = "1.3.6.1.4.1.311.21.2"
SECURITY_IDENTIFIER = "1.3.6.1.4.1.311.25.2"
EXTENSIONS = frozenset(
    {
        TEMPLATE_NAME,
        TEMPLATE,
        APPLICATION_POLICIES,
        CA_VERSION,
        PREVIOUS_CA,
        SECURITY_IDENTIFIER,
    }
)

_TEMPLATE_PARTS = 3
_CODECS = {0x0C: "utf-8", 0x13: "ascii", 0x16: "ascii", 0x1E: "utf-16-be"}


def template_name(value: bytes) -> str:
    """Decode the name of a version 1 template.

    The specification writes a UTF8String inside a SEQUENCE; enterprise CAs write a bare
    BMPString. Both are read, and what stands between them. `der.DerError` where it is neither.
    """
    tag, start, end = der.read(value, 0, len(value))
    if end != len(value):
        raise der.DerError("something follows the template name")
    if tag == der.SEQUENCE:
        inner = der.children(value, start, end)
        if len(inner) != 1:
            raise der.DerError("a template name of several parts")
        tag, start, end = inner[0]
    codec = _CODECS.get(tag)
    if codec is None:
        raise der.DerError(f"tag {tag:#04x} is no string of a template name")
    try:
        return value[start:end].decode(codec)
    except UnicodeDecodeError:
        raise der.DerError("a template name whose text is broken") from None


def template(value: bytes) -> CertificateTemplate:
    """Decode the template information of a version 2 or later template: OID and versions."""
    body = der.contents(value, der.SEQUENCE)
    elements = der.children(body)
    if not elements or elements[0][0] != der.OID or len(elements) > _TEMPLATE_PARTS:
        raise der.DerError("template information of another shape")
    (_, start, end), *versions = elements
    numbers = []
    for tag, at, stop in versions:
        if tag != der.INTEGER:
            raise der.DerError("a template version that is no number")
        numbers.append(der.integer(body[at:stop]))
    major, minor = (*numbers, None, None)[:2]
    return CertificateTemplate(oid=der.oid_text(body[start:end]), major=major, minor=minor)


def application_policies(value: bytes) -> tuple[str, ...]:
    """List the OIDs of application policies, whose syntax is that of certificatePolicies.

    `der.DerError` where it is something else.
    """
    body = der.contents(value, der.SEQUENCE)
    policies = []
    for tag, start, end in der.children(body):
        if tag != der.SEQUENCE:
            raise der.DerError("an application policy that is no SEQUENCE")
        at, stop = der.expect(body, start, end, der.OID)
        policies.append(der.oid_text(body[at:stop]))
    return tuple(policies)


DECODERS: dict[str, Callable[[bytes], dict[str, Any]]] = {
    TEMPLATE_NAME: lambda value: {"template": CertificateTemplate(name=template_name(value))},
    TEMPLATE: lambda value: {"template": template(value)},
    APPLICATION_POLICIES: lambda value: {"application_policies": application_policies(value)},
}
"""What each extension adds to the fields of a certificate."""
