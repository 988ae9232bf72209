"""What the kinds of request have in common: how key usages are spelled, and what comes after."""

from probe.render.escape import escape
from probe.render.request.wanted import Wanted

# By the words of `Certificate.key_usage`: the bits in certreq's INF, and OpenSSL's word.
USAGES = {
    "digital_signature": (0x80, "digitalSignature"),
    "content_commitment": (0x40, "nonRepudiation"),
    "key_encipherment": (0x20, "keyEncipherment"),
    "data_encipherment": (0x10, "dataEncipherment"),
    "key_agreement": (0x08, "keyAgreement"),
    "key_cert_sign": (0x04, "keyCertSign"),
    "crl_sign": (0x02, "cRLSign"),
    "encipher_only": (0x01, "encipherOnly"),
    "decipher_only": (0x8000, "decipherOnly"),
}
TEMPLATE_NAME = "1.3.6.1.4.1.311.20.2"  # MS-WCCE 2.2.2.7.7.1
TEMPLATE = "1.3.6.1.4.1.311.21.7"  # MS-WCCE 2.2.2.7.7.2
DER = "der"


def headline(wanted: Wanted) -> str:
    """Say what the request is for; the title is text from a catalogue."""
    return f"Certificate request for the profile {wanted.profile}: {escape(wanted.title)}."


def remarks(wanted: Wanted) -> list[str]:
    """Say what no request can ask for: it is decided where the certificate is issued."""
    if wanted.days is None:
        return []
    asked = f"{wanted.days:.0f} days or more"
    return [f"The template decides the validity: the profile asks for {asked}."]


def inspection(wanted: Wanted) -> str:
    """Return the command that judges the issued certificate for the same names."""
    given = {key: getattr(wanted.names, key) for key in wanted.names.__struct_fields__}
    options = "".join(
        f" --{key.replace('_', '-')} {value}" for key, value in given.items() if value is not None
    )
    return f"cmprobe inspect {wanted.file} --profile {wanted.profile}{options}"
