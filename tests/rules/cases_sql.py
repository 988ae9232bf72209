"""Database servers and failover clusters, and the proxy for internet clients."""

from dataclasses import replace
from datetime import UTC, datetime

from support.judging import HOST, ISSUING, PUBLIC, Case, rsa_spki

from probe.lab import builder, der, keys
from probe.lab.extensions import CLIENT_AUTH, SERVER_AUTH
from probe.model.file import CertificateFile, Estate, FileFormat
from probe.model.stages import VersionsTried
from probe.model.target import Accepts, Names

SQL = "sql01.corp.contoso.com"
CLUSTER = "sqlfci.corp.contoso.com"
RSA = keys.rsa_key()
_BMP_STRING = 0x1E
LEGACY_PROVIDER = "Microsoft RSA SChannel Cryptographic Provider"
KEY_STORAGE = "Microsoft Software Key Storage Provider"
UNSEEN = "not_observable key-storage-provider@0"


def _leaf(subject=f"CN={SQL}", dns=(SQL,), bits=2048, **deviations):
    return ISSUING.issue(subject, dns=dns, **({"public_key": rsa_spki(bits)} | deviations)).sent


SOUND = Case(
    "a sound database server",
    [UNSEEN],
    profiles=("any", "sql-server"),
    roles=("sql-server",),
    names=Names(intranet_fqdn=SQL, accepts=Accepts.INTRANET),
    host=SQL,
    sent=_leaf(),
)
FALLBACK = builder.self_signed(
    "CN=SSL_Self_Signed_Fallback",
    version=1,
    key=RSA,
    not_after=datetime(2056, 1, 1, tzinfo=UTC),
)
# As SQL Server 2017 made it: version 3, no extension, the common name in a BMPString.
FALLBACK_2017 = builder.self_signed(
    der.name(("2.5.4.3", _BMP_STRING, "SSL_Self_Signed_Fallback".encode("utf-16-be"))),
    key=RSA,
    not_after=datetime(2056, 1, 1, tzinfo=UTC),
    eku=None,
    key_usage=None,
    subject_key_id=None,
)
IDENTIFICATION = builder.self_signed(f"CN={SQL}", key=RSA, eku=[SERVER_AUTH])


def _server(name, expected=(), **deviations):
    return replace(SOUND, name=name, expected=[UNSEEN, *expected], **deviations)


def _file(**fields):
    return CertificateFile(
        path="sql01.pfx", format=FileFormat.PKCS12, has_private_key=True, **fields
    )


SERVER = (
    SOUND,
    _server("4096 bits", ["fail key-length-at-most-2048@0"], sent=_leaf(bits=4096)),
    _server(
        "1024 bits are no maximum's business", ["fail key-length-weak@0"], sent=_leaf(bits=1024)
    ),
    _server(
        "the name in the alternative name alone",
        ["fail subject-intranet-fqdn@0"],
        sent=_leaf("CN=SQL01"),
    ),
    _server(
        "a wildcard in the subject",
        ["fail subject-intranet-fqdn@0", "fail wildcard-name@0"],
        sent=_leaf("CN=*.corp.contoso.com"),
    ),
    _server("no alternative name", sent=_leaf(dns=())),
    _server(
        "the intranet FQDN is not given",
        ["indeterminate subject-intranet-fqdn@0"],
        names=Names(accepts=Accepts.INTRANET),
    ),
    _server(
        "the fallback certificate of SQL Server",
        [
            "fail chain-trusted",
            "fail client-name-match@0",
            "fail not-self-signed@0",
            "fail server-auth-eku@0",
            "fail sql-fallback-certificate@0",
            "fail subject-intranet-fqdn@0",
        ],
        sent=(FALLBACK.der,),
    ),
    _server(
        "the fallback certificate as SQL Server 2017 makes it",
        [
            "fail chain-trusted",
            "fail client-name-match@0",
            "fail not-self-signed@0",
            "fail server-auth-eku@0",
            "fail sql-fallback-certificate@0",
            "fail subject-intranet-fqdn@0",
        ],
        sent=(FALLBACK_2017.der,),
    ),
    _server(
        "the certificate that the site made",
        [
            "fail chain-trusted",
            "fail not-self-signed@0",
            "fail site-self-signed-certificate@0",
        ],
        sent=(IDENTIFICATION.der,),
    ),
    _server(
        "a self-signed certificate of somebody else",
        [
            "fail chain-trusted",
            "fail client-name-match@0",
            "fail not-self-signed@0",
            "fail subject-intranet-fqdn@0",
        ],
        sent=(builder.self_signed("CN=appliance", key=RSA, eku=[SERVER_AUTH]).der,),
    ),
    replace(
        SOUND,
        name="an elliptic curve key",
        expected=["fail key-storage-provider@0"],
        sent=ISSUING.issue(f"CN={SQL}", dns=[SQL]).sent,
    ),
    replace(
        SOUND,
        name="a file with a legacy provider",
        expected=(),
        file=_file(provider=LEGACY_PROVIDER),
    ),
    replace(
        SOUND,
        name="a file with a key storage provider",
        expected=["fail key-storage-provider@0"],
        file=_file(provider=KEY_STORAGE),
    ),
    _server("a file that names no provider", file=_file()),
)

NODE = replace(
    SOUND,
    name="a sound cluster",
    profiles=("any", "sql-failover-cluster"),
    roles=("sql-failover-cluster",),
    names=Names(intranet_fqdn=SQL, cluster_fqdn=CLUSTER, accepts=Accepts.INTRANET),
    host=CLUSTER,
    sent=_leaf(f"CN={CLUSTER}", (CLUSTER,)),
)
NODE_FILE = CertificateFile(
    path="node1.pfx", format=FileFormat.PKCS12, has_private_key=True, provider=LEGACY_PROVIDER
)

CLUSTERS = (
    NODE,
    replace(
        NODE,
        name="the node's name instead of the cluster's",
        expected=[UNSEEN, "fail client-name-match@0", "fail subject-cluster-fqdn@0"],
        sent=_leaf(),
    ),
    replace(
        NODE,
        name="valid for one year",
        expected=[UNSEEN, "fail validity-two-years@0"],
        sent=_leaf(f"CN={CLUSTER}", (CLUSTER,), not_after=datetime(2027, 1, 1, tzinfo=UTC)),
    ),
    replace(
        NODE,
        name="valid for two years but a day",
        expected=[UNSEEN, "fail validity-two-years@0"],
        sent=_leaf(f"CN={CLUSTER}", (CLUSTER,), not_after=datetime(2027, 12, 30, tzinfo=UTC)),
    ),
    replace(
        NODE,
        name="valid for two years but a second, which counts",
        sent=_leaf(
            f"CN={CLUSTER}", (CLUSTER,), not_after=datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)
        ),
    ),
    replace(
        NODE,
        name="the file of one node",
        expected=["not_observable same-certificate-on-all-nodes@0"],
        file=NODE_FILE,
        estate=Estate(),
    ),
    replace(
        NODE,
        name="the same in the files of two nodes",
        expected=(),
        file=NODE_FILE,
        estate=Estate(copies=("node2.pfx",)),
    ),
    replace(
        NODE,
        name="another one in the file of the other node",
        expected=["fail same-certificate-on-all-nodes@0"],
        file=NODE_FILE,
        estate=Estate(certificates=2, namesakes=("node2.pfx",)),
    ),
)

PROXY = Case(
    "a proxy with both purposes",
    profiles=("any", "ibcm-proxy"),
    roles=("ibcm-proxy",),
    names=Names(internet_fqdn=PUBLIC, accepts=Accepts.INTERNET),
    host=PUBLIC,
    sent=ISSUING.issue("", dns=[PUBLIC], eku=[SERVER_AUTH, CLIENT_AUTH]).sent,
)
SERVER_HALF = ISSUING.issue("", dns=[PUBLIC], eku=[SERVER_AUTH]).sent
CLIENT_HALF = ISSUING.issue("", dns=[PUBLIC], eku=[CLIENT_AUTH]).sent

PROXIES = (
    PROXY,
    replace(
        PROXY,
        name="the client purpose may stand in a second certificate",
        expected=["not_observable client-auth-eku@0"],
        sent=SERVER_HALF,
    ),
    replace(
        PROXY,
        name="what it serves must have the server purpose",
        expected=["fail server-auth-eku@0"],
        sent=CLIENT_HALF,
    ),
    replace(
        PROXY,
        name="a file with the client half",
        expected=["not_observable server-auth-eku@0"],
        sent=CLIENT_HALF,
        file=CertificateFile(path="proxy.pfx", format=FileFormat.PKCS12),
    ),
    replace(
        PROXY,
        name="neither purpose",
        expected=["fail client-auth-eku@0", "fail server-auth-eku@0"],
        sent=ISSUING.issue("", dns=[PUBLIC], eku=["1.3.6.1.5.5.7.3.4"]).sent,
    ),
    replace(
        PROXY,
        name="another name",
        expected=["fail client-name-match@0", "fail name-internet-fqdn@0"],
        sent=ISSUING.issue("", dns=[HOST], eku=[SERVER_AUTH, CLIENT_AUTH]).sent,
    ),
    replace(
        PROXY,
        name="the internet FQDN counts even if only intranet clients are said to connect",
        expected=["indeterminate name-internet-fqdn@0"],
        names=Names(intranet_fqdn=HOST, accepts=Accepts.INTRANET),
    ),
)

OLD_TLS = (
    replace(
        SOUND,
        name="nothing but TLS 1.2 over TDS",
        version="TLSv1.2",
        versions=VersionsTried(seconds=0.01, accepted=("TLSv1.2",), refused=("TLSv1", "TLSv1.1")),
    ),
)

CASES = (*SERVER, *CLUSTERS, *PROXIES, *OLD_TLS)
