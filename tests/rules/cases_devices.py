"""Mobile devices, Macs, and the roots that are given to a site."""

from dataclasses import replace
from datetime import timedelta

from cryptography import x509
from rules.cases_clients import client, client_leaf
from support.judging import ISSUING, ROOT

from probe.lab import builder, der
from probe.lab.builder import AS_OF
from probe.model.file import CertificateFile, Encoding, FileFormat
from probe.model.target import Names

_UPN = x509.OtherName(
    x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), der.utf8("a.user@corp.contoso.com")
)
DEVICE = client(
    "a mobile device",
    profiles=("any", "mobile-device"),
    sent=client_leaf("CN=device", ()),
)
MAC = client("a Mac", profiles=("any", "macos-client"), sent=client_leaf("CN=user", ()))

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
        sent=client_leaf("CN=device", san=[_UPN]),
    ),
    replace(
        DEVICE,
        name="a mobile device with a long subject",
        expected=["fail subject-common-name-only@0"],
        sent=client_leaf("CN=device,OU=Devices,DC=contoso,DC=com", ()),
    ),
    replace(
        DEVICE,
        name="a mobile device without a subject",
        expected=["fail subject-common-name-only@0"],
        sent=client_leaf("", ("device",)),
    ),
    MAC,
    replace(
        MAC,
        name="a Mac with an alternative name",
        expected=["fail subject-alternative-name-unsupported@0"],
        sent=client_leaf("CN=user", ("mac.contoso.com",)),
    ),
)

AUTHORITY = client("a root", profiles=("any", "root-ca"), sent=(ROOT.der,), roots=(), names=Names())

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
        name="a root whose signature cannot be verified here",
        expected=["indeterminate root-ca-certificate@0"],
        sent=(builder.root("CN=Odd", algorithm=der.sequence(der.oid("1.2.3.4"))).der,),
    ),
    replace(
        AUTHORITY,
        name="an expired root",
        expected=["fail not-expired@0"],
        sent=(builder.root("CN=Old", not_after=AS_OF - timedelta(days=1)).der,),
    ),
)

CASES = (*DEVICES, *ROOTS)
