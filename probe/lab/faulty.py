"""The servers of the lab with one fault each, and the rules that have to fail because of it.

A fault may break several rules: an expired certificate has no days left either. No other rule
may fail at such a server.
"""

from probe.lab.contoso import Ca
from probe.lab.endpoint import Door, Endpoint, Key, Leaf, Sent, System
from probe.lab.extensions import CLIENT_AUTH
from probe.model.failure import Kind, Stage
from probe.model.target import Accepts

_MP = ("management-point",)
_DP = ("distribution-point",)
_SUP = ("software-update-point",)
_CMG = ("cloud-management-gateway",)

CERTIFICATES = (
    Endpoint(
        title="the certificate expired five days ago",
        system=System(fqdn="dp02.corp.contoso.com", roles=_DP),
        leaf=Leaf(age=735, remaining=-5),
        planted=frozenset({"not-expired"}),
    ),
    Endpoint(
        title="the certificate expires in twenty days",
        system=System(fqdn="dp03.corp.contoso.com", roles=_DP),
        leaf=Leaf(age=710, remaining=20),
        planted=frozenset({"expires-soon"}),
    ),
    Endpoint(
        title="the certificate expires in three days",
        system=System(fqdn="dp04.corp.contoso.com", roles=_DP),
        leaf=Leaf(age=727, remaining=3),
        planted=frozenset({"expires-imminently", "expires-soon"}),
    ),
    Endpoint(
        title="the issuing CA's certificate is signed with SHA-1",
        system=System(fqdn="mp03.corp.contoso.com", roles=_MP),
        leaf=Leaf(ca=Ca.LEGACY),
        planted=frozenset({"sha2-signature"}),
    ),
    Endpoint(
        title="the internet FQDN is missing",
        system=System(
            fqdn="mp04.corp.contoso.com",
            internet_fqdn="mp4.contoso.com",
            accepts=Accepts.BOTH,
            roles=_MP,
        ),
        leaf=Leaf(names=("mp04.corp.contoso.com",)),
        planted=frozenset({"name-internet-fqdn"}),
    ),
    Endpoint(
        title="the certificate is for Client Authentication only",
        system=System(fqdn="sup03.corp.contoso.com", roles=_SUP),
        leaf=Leaf(eku=(CLIENT_AUTH,)),
        planted=frozenset({"server-auth-eku"}),
    ),
    Endpoint(
        title="two names joined by & in the subject",
        system=System(
            fqdn="mp05.corp.contoso.com",
            internet_fqdn="mp5.contoso.com",
            accepts=Accepts.BOTH,
            roles=_MP,
        ),
        leaf=Leaf(subject="CN=mp05.corp.contoso.com&mp5.contoso.com", names=()),
        planted=frozenset({"ampersand-joined-names", "client-name-match"}),
    ),
    Endpoint(
        title="only the computer name is in the certificate",
        system=System(
            fqdn="smp02.corp.contoso.com", computer_name="SMP02", roles=("state-migration-point",)
        ),
        leaf=Leaf(names=("SMP02",)),
        planted=frozenset({"intranet-fqdn-recommended", "client-name-match"}),
    ),
    Endpoint(
        title="a wildcard certificate on a management point",
        system=System(fqdn="mp06.corp.contoso.com", roles=_MP),
        leaf=Leaf(names=("*.corp.contoso.com",)),
        planted=frozenset({"wildcard-name"}),
    ),
    Endpoint(
        title="the renewed certificate is not bound: the old one is served",
        system=System(fqdn="dp05.corp.contoso.com", roles=_DP),
        renewed=True,
        planted=frozenset({"expected-certificate"}),
    ),
    Endpoint(
        title="the certificate of Enhanced HTTP instead of one of the PKI",
        system=System(fqdn="mp07.corp.contoso.com", roles=_MP),
        leaf=Leaf(ca=Ca.SMS_ISSUING, subject="CN=SMS Role SSL Certificate", template=None),
        planted=frozenset({"enhanced-http-certificate", "chain-trusted"}),
    ),
    Endpoint(
        title="a self-signed certificate",
        system=System(fqdn="report02.corp.contoso.com", roles=("reporting-point",)),
        leaf=Leaf(ca=None, subject="CN=report02.corp.contoso.com", template=None),
        planted=frozenset({"not-self-signed", "chain-trusted"}),
    ),
)

CHAINS = (
    Endpoint(
        title="the intermediate is not sent",
        system=System(fqdn="dp06.corp.contoso.com", roles=_DP),
        sent=Sent.LEAF_ONLY,
        planted=frozenset({"chain-complete"}),
    ),
    Endpoint(
        title="the intermediates are sent in the wrong order",
        system=System(fqdn="dp07.corp.contoso.com", roles=_DP),
        leaf=Leaf(ca=Ca.BRANCH),
        sent=Sent.REVERSED,
        planted=frozenset({"chain-order"}),
    ),
    Endpoint(
        title="the root is sent too",
        system=System(fqdn="dp08.corp.contoso.com", roles=_DP),
        sent=Sent.WITH_ROOT,
        planted=frozenset({"root-not-sent"}),
    ),
    Endpoint(
        title="the intermediate is sent twice",
        system=System(fqdn="sup04.corp.contoso.com", roles=_SUP),
        sent=Sent.DOUBLED,
        planted=frozenset({"chain-no-extras"}),
    ),
)

GATEWAYS = (
    Endpoint(
        title="an RSA key of 3072 bits",
        system=System(service_name="cmg-3072.contoso.com", accepts=Accepts.INTERNET, roles=_CMG),
        leaf=Leaf(subject="CN=cmg-3072.contoso.com", key=Key.RSA_3072),
        alias="redwood.westeurope.cloudapp.azure.com",
        planted=frozenset({"key-length-2048-or-4096"}),
    ),
    Endpoint(
        title="the common name is not the service name",
        system=System(service_name="cmg-cn.contoso.com", accepts=Accepts.INTERNET, roles=_CMG),
        leaf=Leaf(subject="CN=Contoso cloud services", key=Key.RSA_2048),
        alias="bluehills.westeurope.cloudapp.azure.com",
        planted=frozenset({"common-name-service-name"}),
    ),
    Endpoint(
        title="the service name is no alias of the deployment",
        system=System(service_name="cmg-a.contoso.com", accepts=Accepts.INTERNET, roles=_CMG),
        leaf=Leaf(subject="CN=cmg-a.contoso.com", key=Key.RSA_2048),
        planted=frozenset({"cmg-alias"}),
    ),
)

CONNECTIONS = (
    Endpoint(
        title="the port is closed",
        system=System(fqdn="dp09.corp.contoso.com", roles=_DP),
        door=Door.CLOSED,
        failure=(Stage.TCP, Kind.REFUSED),
    ),
    Endpoint(
        title="the port accepts and stays silent",
        system=System(fqdn="dp10.corp.contoso.com", roles=_DP),
        door=Door.SILENT,
        failure=(Stage.TLS, Kind.TIMEOUT),
    ),
    Endpoint(
        title="the connection is reset",
        system=System(fqdn="dp11.corp.contoso.com", roles=_DP),
        door=Door.ABRUPT,
        failure=(Stage.TLS, Kind.RESET),
    ),
    Endpoint(
        title="the port speaks HTTP without TLS",
        system=System(fqdn="sup05.corp.contoso.com", roles=_SUP),
        door=Door.HTTP,
        failure=(Stage.TLS, Kind.NOT_TLS),
    ),
    Endpoint(
        title="the name does not exist",
        system=System(fqdn="mp08.corp.contoso.com", roles=_MP),
        door=Door.ABSENT,
        failure=(Stage.DNS, Kind.NOT_FOUND),
    ),
    Endpoint(
        title="TLS 1.0 and nothing newer",
        system=System(fqdn="sup06.corp.contoso.com", roles=_SUP),
        leaf=Leaf(key=Key.RSA_2048),
        door=Door.LEGACY_TLS,
        planted=frozenset({"tls12-supported", "legacy-tls-disabled"}),
    ),
)

TWO_ADDRESSES = (
    Endpoint(
        title="another certificate at the second address",
        system=System(fqdn="mp09.corp.contoso.com", roles=_MP),
        both_families=True,
        second=Leaf(age=99),
        planted=frozenset({"addresses-agree"}),
    ),
)
"""For machines with IPv6 on loopback."""

FAULTY = (*CERTIFICATES, *CHAINS, *GATEWAYS, *CONNECTIONS)
