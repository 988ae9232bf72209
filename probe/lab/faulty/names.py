"""Servers whose certificate has the wrong names."""

from probe.lab.endpoint import Endpoint, Leaf, System
from probe.model.target import Accepts

_MP = ("management-point",)

NAMES = (
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
        title="the certificate is another server's",
        system=System(fqdn="mp10.corp.contoso.com", roles=_MP),
        leaf=Leaf(names=("mp01.corp.contoso.com",)),
        planted=frozenset({"name-intranet-fqdn", "client-name-match"}),
    ),
    Endpoint(
        title="characters that take more than one byte in the subject",
        system=System(fqdn="mp11.corp.contoso.com", roles=_MP),
        leaf=Leaf(subject="CN=mp11.corp.contoso.com,O=Контосо"),
        planted=frozenset({"names-single-byte"}),
    ),
)
