"""The web server certificate of site systems that run IIS: purpose, names, provider of the key."""

from support.judging import BOTH, HOST, INTERNET, INTRANET, ISSUING, PUBLIC, Case

from probe.lab.extensions import CLIENT_AUTH, SERVER_AUTH
from probe.model.file import CertificateFile, FileFormat
from probe.model.target import Accepts, Names

COMPUTER = Names(intranet_fqdn=HOST, computer_name="MP01", accepts=Accepts.INTRANET)
SUP = ("software-update-point",)
ENROLLMENT = ("enrollment-point",)


def _leaf(*dns, **deviations):
    return ISSUING.issue("", dns=dns, **deviations).sent


PURPOSE = (
    Case("two purposes", sent=_leaf(HOST, eku=[CLIENT_AUTH, SERVER_AUTH])),
    Case("client only", ["fail server-auth-eku@0"], sent=_leaf(HOST, eku=[CLIENT_AUTH])),
    Case("no purpose extension", ["fail server-auth-eku@0"], sent=_leaf(HOST, eku=None)),
    Case(
        "any purpose is not it", ["fail server-auth-eku@0"], sent=_leaf(HOST, eku=["2.5.29.37.0"])
    ),
)

NAMES = (
    Case(
        "another name",
        ["fail client-name-match@0", "fail name-intranet-fqdn@0"],
        sent=_leaf("mp02.corp.contoso.com"),
    ),
    Case("the case of a name does not matter", sent=_leaf(HOST.upper())),
    Case(
        "the computer name is enough for the requirement, and not for clients",
        ["fail client-name-match@0", "fail intranet-fqdn-recommended@0"],
        sent=_leaf("MP01"),
        names=COMPUTER,
    ),
    Case(
        "the computer name in the subject",
        ["fail client-name-match@0", "fail intranet-fqdn-recommended@0"],
        sent=ISSUING.issue("CN=mp01").sent,
        names=COMPUTER,
    ),
    Case("both the FQDN and the computer name", sent=_leaf("MP01", HOST), names=COMPUTER),
    Case(
        "a site system set up with its computer name",
        ["indeterminate intranet-fqdn-recommended@0"],
        sent=_leaf("MP01"),
        host="mp01",
        names=Names(computer_name="MP01", accepts=Accepts.INTRANET),
    ),
    Case(
        "a computer name that nobody gave does not count",
        ["fail client-name-match@0", "fail name-intranet-fqdn@0"],
        sent=_leaf("MP01"),
    ),
    Case("both names for both kinds of clients", sent=_leaf(PUBLIC, HOST), names=BOTH),
    Case(
        "the internet FQDN is missing",
        ["fail name-internet-fqdn@0"],
        sent=_leaf(HOST),
        names=BOTH,
    ),
    Case(
        "the intranet FQDN is missing",
        ["fail client-name-match@0", "fail name-intranet-fqdn@0"],
        sent=_leaf(PUBLIC),
        names=BOTH,
    ),
    Case(
        "seen from the internet, the intranet FQDN is missing",
        ["fail name-intranet-fqdn@0"],
        sent=_leaf(PUBLIC),
        names=BOTH,
        host=PUBLIC,
    ),
    Case(
        "internet clients only need the internet FQDN",
        sent=_leaf(PUBLIC),
        names=INTERNET,
        host=PUBLIC,
    ),
    Case(
        "a software update point for internet clients only needs both",
        ["fail name-intranet-fqdn@0"],
        sent=_leaf(PUBLIC),
        names=INTERNET,
        host=PUBLIC,
        roles=SUP,
    ),
    Case(
        "a software update point for internet clients only, with both",
        sent=_leaf(PUBLIC, HOST),
        names=INTERNET,
        host=PUBLIC,
        roles=SUP,
    ),
    Case(
        "a software update point for internet clients only: the computer name does not do",
        ["fail name-intranet-fqdn@0"],
        sent=_leaf(PUBLIC, "MP01"),
        names=Names(
            intranet_fqdn=HOST, computer_name="MP01", internet_fqdn=PUBLIC, accepts=Accepts.INTERNET
        ),
        host=PUBLIC,
        roles=SUP,
    ),
    Case(
        "a software update point for internet clients only, whose intranet FQDN is not given",
        ["indeterminate name-intranet-fqdn@0"],
        sent=_leaf(PUBLIC),
        names=Names(internet_fqdn=PUBLIC, accepts=Accepts.INTERNET),
        host=PUBLIC,
        roles=SUP,
    ),
    Case(
        "internet clients, and an internet FQDN that is not given",
        ["indeterminate name-internet-fqdn@0"],
        sent=_leaf(HOST),
        names=Names(intranet_fqdn=HOST, accepts=Accepts.BOTH),
    ),
    Case(
        "nobody says from where clients connect", sent=_leaf(HOST), names=Names(intranet_fqdn=HOST)
    ),
    Case(
        "no HTTP revocation source, for internet clients",
        ["fail revocation-source-http@0"],
        sent=_leaf(PUBLIC, crl=["ldap:///CN=CA,DC=contoso,DC=com"]),
        names=INTERNET,
        host=PUBLIC,
    ),
)

PROVIDER = (
    Case(
        "an elliptic curve key on a role that cannot use it",
        ["fail key-storage-provider@0"],
        sent=_leaf(HOST),
        roles=ENROLLMENT,
    ),
    Case(
        "an elliptic curve key where one of several roles cannot use it",
        ["fail key-storage-provider@0"],
        sent=_leaf(HOST),
        roles=("management-point", "enrollment-proxy-point"),
    ),
    Case(
        "a file whose provider does not matter to its role",
        sent=_leaf(HOST),
        names=INTRANET,
        file=CertificateFile(
            path="mp01.pfx",
            format=FileFormat.PKCS12,
            has_private_key=True,
            provider="Microsoft Software Key Storage Provider",
        ),
    ),
)

CASES = (*PURPOSE, *NAMES, *PROVIDER)
