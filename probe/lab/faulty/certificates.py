"""Servers whose certificate is too old, too weak, or not from where it should be."""

from probe.lab.contoso import Ca
from probe.lab.endpoint import Endpoint, Key, Leaf, Published, System
from probe.lab.extensions import CLIENT_AUTH

_MP = ("management-point",)
_DP = ("distribution-point",)
_SUP = ("software-update-point",)

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
        title="the certificate is not valid before tomorrow",
        system=System(fqdn="dp12.corp.contoso.com", roles=_DP),
        leaf=Leaf(age=-1, remaining=731),
        planted=frozenset({"already-valid"}),
    ),
    Endpoint(
        title="the issuing CA's certificate is signed with SHA-1",
        system=System(fqdn="mp03.corp.contoso.com", roles=_MP),
        leaf=Leaf(ca=Ca.LEGACY),
        planted=frozenset({"sha2-signature"}),
    ),
    Endpoint(
        title="the certificate is for Client Authentication only",
        system=System(fqdn="sup03.corp.contoso.com", roles=_SUP),
        leaf=Leaf(eku=(CLIENT_AUTH,)),
        planted=frozenset({"server-auth-eku"}),
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
    Endpoint(
        title="the certificate comes from another template",
        system=System(fqdn="dp13.corp.contoso.com", roles=_DP),
        leaf=Leaf(template="Machine"),
        planted=frozenset({"certificate-template"}),
    ),
    Endpoint(
        title="the certificate is signed with RSASSA-PSS",
        system=System(fqdn="dp14.corp.contoso.com", roles=_DP),
        leaf=Leaf(ca=Ca.ALTERNATE),
        planted=frozenset({"signature-not-pss"}),
    ),
    Endpoint(
        title="an RSA key of 1024 bits",
        system=System(fqdn="sup07.corp.contoso.com", roles=_SUP),
        leaf=Leaf(key=Key.RSA_1024),
        planted=frozenset({"key-length-weak"}),
    ),
    Endpoint(
        title="the CRL is published in LDAP only",
        system=System(fqdn="dp15.corp.contoso.com", roles=_DP),
        leaf=Leaf(published=Published.LDAP),
        planted=frozenset({"revocation-source-http"}),
    ),
    Endpoint(
        title="the certificate is revoked",
        system=System(fqdn="dp17.corp.contoso.com", roles=_DP),
        leaf=Leaf(revoked=True),
        planted=frozenset({"not-revoked"}),
    ),
    Endpoint(
        title="the published CRL is overdue for weeks",
        system=System(fqdn="dp18.corp.contoso.com", roles=_DP),
        leaf=Leaf(published=Published.STALE),
        planted=frozenset({"crl-current"}),
    ),
    Endpoint(
        title="the CRL was published on a web server that is gone",
        system=System(fqdn="dp19.corp.contoso.com", roles=_DP),
        leaf=Leaf(published=Published.RETIRED),
        planted=frozenset({"revocation-source-reachable"}),
    ),
    Endpoint(
        title="the certificate names no CRL",
        system=System(fqdn="dp16.corp.contoso.com", roles=_DP),
        leaf=Leaf(published=Published.NOWHERE),
        planted=frozenset({"revocation-source-named"}),
    ),
)
