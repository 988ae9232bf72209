"""Certificates that no server shows: clients, distribution points, media, devices, roots."""

from dataclasses import replace
from datetime import timedelta

from cryptography import x509
from support.judging import ISSUING, ROOT, Case, rsa_spki

from probe.lab import builder, der, keys
from probe.lab.builder import AS_OF
from probe.lab.extensions import CLIENT_AUTH, SERVER_AUTH
from probe.model.file import CertificateFile, Encoding, Estate, FileFormat
from probe.model.target import Names

PC = "pc0815.corp.contoso.com"
CER = CertificateFile(path="pc0815.cer", format=FileFormat.DER, encoding=Encoding.DER)
PFX = CertificateFile(
    path="dp01.pfx", format=FileFormat.PKCS12, has_private_key=True, key_matches=True
)
MANY = Estate(certificates=1_000)


def _leaf(subject=f"CN={PC}", dns=(PC,), bits=2048, **deviations):
    fields = {"public_key": rsa_spki(bits), "eku": [CLIENT_AUTH], "template": "Workstation"}
    return ISSUING.issue(subject, dns=dns, **(fields | deviations)).sent


WINDOWS = Case(
    "a sound Windows client",
    profiles=("any", "windows-client"),
    roles=("tls",),
    names=Names(computer_name="PC0815"),
    host=CER.path,
    sent=_leaf(),
    file=CER,
    estate=MANY,
)


def _client(name, expected=(), **deviations):
    return replace(WINDOWS, name=name, expected=expected, **deviations)


CLIENTS = (
    WINDOWS,
    _client("server purpose only", ["fail client-auth-eku@0"], sent=_leaf(eku=[SERVER_AUTH])),
    _client(
        "no key encipherment",
        ["fail key-usage-digital-signature-key-encipherment@0"],
        sent=_leaf(key_usage=["digital_signature"]),
    ),
    _client(
        "no key usage",
        ["fail key-usage-digital-signature-key-encipherment@0"],
        sent=_leaf(key_usage=None),
    ),
    _client(
        "more key usages than asked for",
        sent=_leaf(key_usage=["digital_signature", "key_encipherment", "data_encipherment"]),
    ),
    _client("4096 bits: there is no maximum", sent=_leaf(bits=4096)),
    _client(
        "an elliptic curve key",
        ["fail key-algorithm-rsa@0"],
        sent=ISSUING.issue(f"CN={PC}", dns=[PC], eku=[CLIENT_AUTH]).sent,
    ),
    _client("the computer name alone as subject", sent=_leaf("CN=pc0815")),
    _client("an empty subject", sent=_leaf("")),
    _client("another computer", ["fail subject-computer-name@0"], sent=_leaf("CN=pc4711")),
    _client(
        "a longer name that begins like it",
        ["fail subject-computer-name@0"],
        sent=_leaf("CN=pc08151"),
    ),
    _client("chosen by other criteria", sent=_leaf("CN=pc4711"), alternative_selection=True),
    _client("no computer name given", ["indeterminate subject-computer-name@0"], names=Names()),
    _client(
        "two values, of which one counts", ["fail first-san-only@0"], sent=_leaf(dns=(PC, "pc"))
    ),
    _client(
        "the same names in another file",
        ["fail unique-name@0"],
        estate=Estate(certificates=2, namesakes=("pc4711.cer",)),
    ),
    _client(
        "renewed: the same names, one after the other",
        estate=Estate(certificates=2, renewals=("pc0815-old.cer",)),
    ),
    _client("alone in its run", ["not_observable unique-name@0"], estate=Estate()),
    _client(
        "no name at all",
        ["fail unique-name@0"],
        sent=_leaf("", ()),
        estate=Estate(),
    ),
)

_MONITORING = ("any", "site-system-monitoring")
_NDES = ("any", "ndes-policy-module")

SERVERS = (
    _client("site system monitoring", profiles=_MONITORING),
    _client(
        "site system monitoring with 4096 bits",
        ["fail key-length-at-most-2048@0"],
        profiles=_MONITORING,
        sent=_leaf(bits=4096),
    ),
    _client("the policy module", profiles=_NDES, sent=_leaf("", ())),
    _client(
        "the policy module with 1024 bits: allowed, and weak",
        ["fail key-length-weak@0"],
        profiles=_NDES,
        sent=_leaf(bits=1024),
    ),
    _client(
        "the policy module with 4096 bits",
        ["fail key-length-1024-or-2048@0"],
        profiles=_NDES,
        sent=_leaf(bits=4096),
    ),
)

POINT = _client("a distribution point", profiles=("any", "distribution-point-client"), file=PFX)
SELF_SIGNED = builder.self_signed("CN=dp01", key=keys.rsa_key(), eku=[CLIENT_AUTH])
MEDIA = _client("task sequence media", profiles=("any", "task-sequence-media"), file=PFX)

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
    MEDIA,
    replace(
        MEDIA,
        name="task sequence media with 3072 bits",
        expected=["fail key-length-at-most-2048@0"],
        sent=_leaf(bits=3072),
    ),
)

_UPN = x509.OtherName(
    x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), der.utf8("a.user@corp.contoso.com")
)
DEVICE = _client(
    "a mobile device",
    profiles=("any", "mobile-device"),
    sent=_leaf("CN=device", ()),
)
MAC = _client("a Mac", profiles=("any", "macos-client"), sent=_leaf("CN=user", ()))

DEVICES = (
    DEVICE,
    replace(
        DEVICE,
        name="a mobile device, in Base64",
        expected=["fail der-encoding"],
        file=CertificateFile(path="d.cer", format=FileFormat.BASE64, encoding=Encoding.BASE64),
    ),
    replace(
        DEVICE,
        name="a mobile device with a user principal name",
        expected=["fail san-without-upn@0"],
        sent=_leaf("CN=device", san=[_UPN]),
    ),
    replace(
        DEVICE,
        name="a mobile device with a long subject",
        expected=["fail subject-common-name-only@0"],
        sent=_leaf("CN=device,OU=Devices,DC=contoso,DC=com", ()),
    ),
    replace(
        DEVICE,
        name="a mobile device without a subject",
        expected=["fail subject-common-name-only@0"],
        sent=_leaf("", ("device",)),
    ),
    MAC,
    replace(
        MAC,
        name="a Mac with an alternative name",
        expected=["fail subject-alternative-name-unsupported@0"],
        sent=_leaf("CN=user", ("mac.contoso.com",)),
    ),
)

AUTHORITY = _client(
    "a root", profiles=("any", "root-ca"), sent=(ROOT.der,), roots=(), names=Names()
)

ROOTS = (
    AUTHORITY,
    replace(
        AUTHORITY,
        name="an intermediate instead of the root",
        expected=["fail root-ca-certificate@0"],
        sent=(ISSUING.der,),
    ),
    replace(
        AUTHORITY,
        name="a self-signed server instead of the root",
        expected=["fail root-ca-certificate@0"],
        sent=(builder.self_signed("CN=mp01").der,),
    ),
    replace(
        AUTHORITY,
        name="an authority that may not sign",
        expected=["fail root-ca-certificate@0"],
        sent=(builder.root("CN=Odd", key_usage=["crl_sign"]).der,),
    ),
    replace(
        AUTHORITY,
        name="a root whose signature is not its own",
        expected=["fail root-ca-certificate@0"],
        sent=(builder.root("CN=Odd", corrupt_signature=True).der,),
    ),
    replace(
        AUTHORITY,
        name="an old root, signed with SHA-1: nobody verifies that",
        sent=(builder.root("CN=Old", hash="sha1").der,),
    ),
    replace(
        AUTHORITY,
        name="an expired root",
        expected=["fail not-expired@0"],
        sent=(builder.root("CN=Old", not_after=AS_OF - timedelta(days=1)).der,),
    ),
)

CASES = (*CLIENTS, *SERVERS, *POINTS, *DEVICES, *ROOTS)
