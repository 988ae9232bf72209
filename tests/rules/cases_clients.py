"""Certificates that no server shows: clients, site systems as clients, media."""

from dataclasses import replace

from support.judging import ISSUING, Case, rsa_spki

from probe.lab import builder, keys
from probe.lab.extensions import CLIENT_AUTH, SERVER_AUTH, Extension
from probe.model.file import CertificateFile, Encoding, Estate, FileFormat
from probe.model.target import Names

PC = "pc0815.corp.contoso.com"
CER = CertificateFile(path="pc0815.cer", format=FileFormat.DER, encoding=Encoding.DER)
PFX = CertificateFile(
    path="dp01.pfx", format=FileFormat.PKCS12, has_private_key=True, key_matches=True
)
MANY = Estate(certificates=1_000)


def client_leaf(subject=f"CN={PC}", dns=(PC,), bits=2048, **deviations):
    fields = {"public_key": rsa_spki(bits), "eku": [CLIENT_AUTH], "template": "Workstation"}
    return ISSUING.issue(subject, dns=dns, **(fields | deviations)).sent


WINDOWS = Case(
    "a sound Windows client",
    profiles=("any", "windows-client"),
    roles=("tls",),
    names=Names(computer_name="PC0815"),
    host=CER.path,
    sent=client_leaf(),
    file=CER,
    estate=MANY,
)


def client(name, expected=(), **deviations):
    return replace(WINDOWS, name=name, expected=expected, **deviations)


CLIENTS = (
    WINDOWS,
    client("server purpose only", ["fail client-auth-eku@0"], sent=client_leaf(eku=[SERVER_AUTH])),
    client(
        "no key encipherment",
        ["fail key-usage-digital-signature-key-encipherment@0"],
        sent=client_leaf(key_usage=["digital_signature"]),
    ),
    client(
        "no key usage",
        ["fail key-usage-digital-signature-key-encipherment@0"],
        sent=client_leaf(key_usage=None),
    ),
    client(
        "a key usage that cannot be read",
        [
            "fail certificate-decodable@0",
            "indeterminate key-usage-digital-signature-key-encipherment@0",
        ],
        sent=client_leaf(key_usage=None, extra=[Extension("2.5.29.15", b"\x30\x00")]),
    ),
    client(
        "the computer name taken from the FQDN",
        ["fail subject-computer-name@0"],
        sent=client_leaf("CN=pc4711"),
        names=Names(intranet_fqdn=PC),
    ),
    client(
        "more key usages than asked for",
        sent=client_leaf(key_usage=["digital_signature", "key_encipherment", "data_encipherment"]),
    ),
    client("4096 bits: there is no maximum", sent=client_leaf(bits=4096)),
    client(
        "an elliptic curve key",
        ["fail key-algorithm-rsa@0"],
        sent=ISSUING.issue(f"CN={PC}", dns=[PC], eku=[CLIENT_AUTH]).sent,
    ),
    client("the computer name alone as subject", sent=client_leaf("CN=pc0815")),
    client("an empty subject", sent=client_leaf("")),
    client("another computer", ["fail subject-computer-name@0"], sent=client_leaf("CN=pc4711")),
    client(
        "a longer name that begins like it",
        ["fail subject-computer-name@0"],
        sent=client_leaf("CN=pc08151"),
    ),
    client("chosen by other criteria", sent=client_leaf("CN=pc4711"), alternative_selection=True),
    client("no computer name given", ["indeterminate subject-computer-name@0"], names=Names()),
    client(
        "two values, of which one counts",
        ["fail first-san-only@0"],
        sent=client_leaf(dns=(PC, "pc")),
    ),
    client(
        "the same names in another file",
        ["fail unique-name@0"],
        estate=Estate(certificates=2, namesakes=("pc4711.cer",)),
    ),
    client(
        "renewed: the same names, one after the other",
        estate=Estate(certificates=2, renewals=("pc0815-old.cer",)),
    ),
    client("alone in its run", ["not_observable unique-name@0"], estate=Estate()),
    client(
        "no name at all",
        ["fail unique-name@0"],
        sent=client_leaf("", ()),
        estate=Estate(),
    ),
)

_MONITORING = ("any", "site-system-monitoring")
_NDES = ("any", "ndes-policy-module")

SERVERS = (
    client("site system monitoring", profiles=_MONITORING),
    client(
        "site system monitoring with 4096 bits",
        ["fail key-length-at-most-2048@0"],
        profiles=_MONITORING,
        sent=client_leaf(bits=4096),
    ),
    client("the policy module", profiles=_NDES, sent=client_leaf("", ())),
    client(
        "the policy module with 1024 bits: allowed, and weak",
        ["fail key-length-weak@0"],
        profiles=_NDES,
        sent=client_leaf(bits=1024),
    ),
    client(
        "the policy module with 4096 bits",
        ["fail key-length-1024-or-2048@0"],
        profiles=_NDES,
        sent=client_leaf(bits=4096),
    ),
)

POINT = client("a distribution point", profiles=("any", "distribution-point-client"), file=PFX)
SELF_SIGNED = builder.self_signed("CN=dp01", key=keys.rsa_key(), eku=[CLIENT_AUTH])
MEDIA = client("task sequence media", profiles=("any", "task-sequence-media"), file=PFX)

POINTS = (
    POINT,
    replace(
        POINT,
        name="a distribution point's certificate used for another one",
        expected=["fail certificate-reused@0"],
        estate=Estate(certificates=2, copies=("dp02.pfx",)),
    ),
    replace(
        POINT,
        name="a distribution point's certificate alone",
        expected=["not_observable certificate-reused@0"],
        estate=Estate(),
    ),
    replace(
        POINT,
        name="a self-signed distribution point",
        expected=[
            "fail chain-trusted",
            "fail not-self-signed@0",
            "indeterminate pki-distribution-point@0",
        ],
        sent=(SELF_SIGNED.der,),
    ),
    replace(
        POINT,
        name="a self-signed distribution point where every management point uses HTTPS",
        expected=[
            "fail chain-trusted",
            "fail not-self-signed@0",
            "fail pki-distribution-point@0",
        ],
        sent=(SELF_SIGNED.der,),
        https_only=True,
    ),
    MEDIA,
    replace(
        MEDIA,
        name="task sequence media with 3072 bits",
        expected=["fail key-length-at-most-2048@0"],
        sent=client_leaf(bits=3072),
    ),
)

CASES = (*CLIENTS, *SERVERS, *POINTS)
