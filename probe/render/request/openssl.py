"""The configuration from which ``openssl req`` makes a key and a request (config(5), req(1)).

A configuration file knows ``$``, ``#``, quotes and backslashes; of these only the apostrophe is
allowed in a name, and it is escaped. An empty subject cannot be written in the file: ``-subj /``
on the command line says it.
"""

from probe.render.request.texts import (
    TEMPLATE,
    TEMPLATE_NAME,
    USAGES,
    headline,
    inspection,
    remarks,
)
from probe.render.request.wanted import Wanted


def openssl(wanted: Wanted) -> str:
    """Return the configuration, with the commands to run as comments."""
    lines = [f"# {line}" for line in _comments(wanted)]
    lines += [
        "",
        "[req]",
        "prompt = no",
        "utf8 = yes",
        "string_mask = utf8only",
        f"default_bits = {wanted.bits}",
        f"default_md = {wanted.hash}",
        "encrypt_key = no",
        "distinguished_name = subject",
        "req_extensions = extensions",
        "",
        "[subject]",
    ]
    if wanted.common_name is None:
        lines.append("# Empty, by -subj / on the command line.")
    else:
        lines.append(f"CN = {_escaped(wanted.common_name)}")
    usages = ", ".join(USAGES[name][1] for name in wanted.usages)
    lines += [
        "",
        "[extensions]",
        f"keyUsage = critical, {usages}",
        f"extendedKeyUsage = {', '.join(wanted.purposes)}",
    ]
    if wanted.dns:
        critical = "critical, " if wanted.common_name is None else ""
        lines.append(f"subjectAltName = {critical}@names")
    if wanted.template_is_oid:
        lines.append(f"{TEMPLATE} = ASN1:SEQUENCE:template")
    elif wanted.template is not None:
        lines.append(f"{TEMPLATE_NAME} = ASN1:BMPSTRING:{wanted.template}")
    if wanted.dns:
        lines += ["", "[names]", *(f"DNS.{n} = {name}" for n, name in enumerate(wanted.dns, 1))]
    if wanted.template_is_oid:
        lines += ["", "[template]", f"id = OID:{wanted.template}"]
    return "\n".join(lines) + "\n"


def _escaped(name: str) -> str:
    return name.replace("'", "\\'")


def _comments(wanted: Wanted) -> list[str]:
    subject = " -subj /" if wanted.common_name is None else ""
    lines = [
        headline(wanted),
        "This makes a new key without a passphrase, and the request for the authority:",
        f"  openssl req -new -config request.cnf{subject} -keyout request.key -out request.csr",
    ]
    if wanted.exportable:
        lines += [
            "When the certificate is there:",
            f"  openssl pkcs12 -export -inkey request.key -in certificate.cer -out {wanted.file}",
        ]
    return [*lines, f"Then, before it is used: {inspection(wanted)}", *remarks(wanted)]
