"""The servers of the lab that nothing is wrong with."""

from probe.lab.contoso import Ca
from probe.lab.endpoint import Endpoint, Key, Leaf, System
from probe.lab.extensions import CLIENT_AUTH, SERVER_AUTH
from probe.lab.https import Asks
from probe.lab.liveness import CERTIFICATE_REQUIRED
from probe.model.target import Accepts

SOUND = (
    Endpoint(
        title="management and distribution point on one web site, asks for a certificate late",
        system=System(
            fqdn="mp01.corp.contoso.com",
            internet_fqdn="mp.contoso.com",
            computer_name="MP01",
            accepts=Accepts.BOTH,
            roles=("management-point", "distribution-point"),
        ),
        asks=Asks.AFTER_REQUEST,
        pages={"/sms_mp/.sms_aut?mplist": CERTIFICATE_REQUIRED},
        both_families=True,
    ),
    Endpoint(
        title="management point that answers without a client certificate",
        system=System(fqdn="mp02.corp.contoso.com", roles=("management-point",)),
    ),
    Endpoint(
        title="distribution point with a certificate of the built-in template, below a branch CA",
        system=System(fqdn="dp01.corp.contoso.com", roles=("distribution-point",)),
        leaf=Leaf(ca=Ca.BRANCH, subject="CN=dp01.corp.contoso.com", template="WebServer"),
    ),
    Endpoint(
        title="software update point for the intranet and the internet",
        system=System(
            fqdn="sup01.corp.contoso.com",
            internet_fqdn="sup.contoso.com",
            accepts=Accepts.BOTH,
            roles=("software-update-point",),
        ),
    ),
    Endpoint(
        title="software update point for the internet only, which has to name both",
        system=System(
            fqdn="sup02.corp.contoso.com",
            internet_fqdn="updates.contoso.com",
            accepts=Accepts.INTERNET,
            roles=("software-update-point",),
        ),
    ),
    Endpoint(
        title="state migration point that insists on a client certificate",
        system=System(fqdn="smp01.corp.contoso.com", roles=("state-migration-point",)),
        asks=Asks.HANDSHAKE,
    ),
    Endpoint(
        title="cloud management gateway",
        system=System(
            service_name="cmg.contoso.com",
            accepts=Accepts.INTERNET,
            roles=("cloud-management-gateway",),
        ),
        leaf=Leaf(subject="CN=cmg.contoso.com", key=Key.RSA_2048),
        alias="granitefalls.westeurope.cloudapp.azure.com",
    ),
    Endpoint(
        title="cloud management gateway with a wildcard certificate",
        system=System(
            service_name="cmg-us.contoso.com",
            accepts=Accepts.INTERNET,
            roles=("cloud-management-gateway",),
        ),
        leaf=Leaf(subject="CN=*.contoso.com", names=("*.contoso.com",), key=Key.RSA_2048),
        alias="silverlake.eastus.cloudapp.azure.com",
    ),
    Endpoint(
        title="proxy web server for internet-based client management, both purposes in one",
        system=System(
            fqdn="proxy01.corp.contoso.com",
            internet_fqdn="ibcm.contoso.com",
            accepts=Accepts.INTERNET,
            roles=("ibcm-proxy",),
        ),
        leaf=Leaf(names=("ibcm.contoso.com",), eku=(SERVER_AUTH, CLIENT_AUTH)),
    ),
    Endpoint(
        title="SMS Provider with the AdminService",
        system=System(fqdn="provider01.corp.contoso.com", roles=("sms-provider",)),
    ),
    Endpoint(
        title="reporting services point",
        system=System(fqdn="report01.corp.contoso.com", roles=("reporting-point",)),
    ),
    Endpoint(
        title="Network Device Enrollment Service with the policy module",
        system=System(fqdn="ndes01.corp.contoso.com", roles=("ndes",)),
    ),
    Endpoint(
        title="a web server that is no site system",
        system=System(fqdn="intranet.corp.contoso.com", roles=("tls",)),
    ),
)
