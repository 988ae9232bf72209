"""Cloud management gateways with what only their profile forbids."""

from probe.lab.endpoint import Endpoint, Key, Leaf, System
from probe.model.target import Accepts

_CMG = ("cloud-management-gateway",)

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
    Endpoint(
        title="an elliptic curve key",
        system=System(service_name="cmg-ec.contoso.com", accepts=Accepts.INTERNET, roles=_CMG),
        leaf=Leaf(subject="CN=cmg-ec.contoso.com"),
        alias="clearlake.westeurope.cloudapp.azure.com",
        planted=frozenset({"key-algorithm-rsa"}),
    ),
)
