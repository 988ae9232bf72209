"""The INF file from which ``certreq -new`` makes a key and a request on a Windows computer.

The keys and their values are those of Microsoft's reference of certreq (the sections NewRequest,
Extensions and RequestAttributes of
https://learn.microsoft.com/windows-server/administration/windows-commands/certreq_1):
values with special characters stand in double quotes, ``KeyUsage`` may be one hexadecimal value,
the purposes are one ``{text}`` list separated by commas, and ``Critical`` names critical
extensions. The values of a subject alternative name each stand on a ``_continue_`` line and are
joined by ``&``: here that character belongs, and nowhere in a certificate.

A common name here holds no character that CertStrToName would want quoted (``,+="<>#;``), nor
``%``, by which an INF file names its strings: `probe.render.request.wanted` sees to that. An
empty subject is one that is left out; the alternative name must be critical then (RFC 5280,
4.2.1.6).
"""

from probe.render.request.texts import DER, USAGES, headline, inspection, remarks
from probe.render.request.wanted import Wanted

_CSP = "Microsoft RSA SChannel Cryptographic Provider"
_CSP_TYPE = 12  # PROV_RSA_SCHANNEL
_KSP = "Microsoft Software Key Storage Provider"
_AT_KEYEXCHANGE = 1
_SAN, _EKU = "2.5.29.17", "2.5.29.37"


def inf(wanted: Wanted) -> str:
    """Return the INF file, with the commands to run as comments."""
    lines = [f"; {line}".rstrip() for line in _comments(wanted)]
    lines += ["", "[Version]", 'Signature = "$Windows NT$"', "", "[NewRequest]"]
    if wanted.common_name is None:
        lines.append("; No Subject: it is left empty, and the alternative name is the only name.")
    else:
        lines.append(f'Subject = "CN={wanted.common_name}"')
    lines += [f"{key} = {value}" for key, value in _settings(wanted)]
    lines += ["", "[Extensions]", f'{_EKU} = "{{text}}{",".join(wanted.purposes)}"']
    if wanted.dns:
        lines.append(f'{_SAN} = "{{text}}"')
        lines += [f'_continue_ = "dns={name}&"' for name in wanted.dns]
        lines += [f"Critical = {_SAN}"] if wanted.common_name is None else []
    if wanted.template is not None:
        lines += ["", "[RequestAttributes]", f'CertificateTemplate = "{wanted.template}"']
    return "\n".join(lines) + "\n"


def _settings(wanted: Wanted) -> list[tuple[str, str]]:
    """Return the other keys of NewRequest. CNG has no KeySpec, and a legacy provider needs it."""
    legacy = [
        ("ProviderName", f'"{_CSP}"'),
        ("ProviderType", str(_CSP_TYPE)),
        ("KeySpec", str(_AT_KEYEXCHANGE)),
    ]
    modern = [("ProviderName", f'"{_KSP}"'), ("KeyAlgorithm", "RSA")]
    usage = sum(USAGES[name][0] for name in wanted.usages)
    return [
        *(legacy if wanted.legacy_provider else modern),
        ("KeyLength", str(wanted.bits)),
        ("KeyUsage", f"{usage:#x}"),
        ("Exportable", _truth(wanted.exportable)),
        ("MachineKeySet", _truth(not wanted.personal)),
        ("HashAlgorithm", wanted.hash),
        ("RequestType", "PKCS10"),
    ]


def _truth(value: object) -> str:
    return "TRUE" if value else "FALSE"


def _comments(wanted: Wanted) -> list[str]:
    where = "as the user" if wanted.personal else "as an administrator"
    binary = " -binary" if wanted.formats == (DER,) else ""
    lines = [
        headline(wanted),
        f"On the computer that it is for, {where}:",
        "  certreq -new request.inf request.req",
        f"  certreq -submit{binary} request.req certificate.cer",
        "  certreq -accept certificate.cer",
    ]
    if wanted.exportable:
        lines.append(f"  certutil -exportPFX My THUMBPRINT {wanted.file}")
    lines += [f"Then, before it is used: {inspection(wanted)}", *remarks(wanted)]
    if wanted.template is None:
        lines.append("An enterprise authority wants a template: --template NAME adds it here.")
    if not wanted.legacy_provider:
        lines.append(
            "The template must offer key storage providers (compatibility: 2008 or later),"
        )
        lines.append(f'or ProviderName be "{_CSP}" with KeySpec = {_AT_KEYEXCHANGE}.')
    return lines
