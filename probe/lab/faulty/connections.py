"""Servers that cannot be reached, or speak only what nobody should speak any more."""

from probe.lab.endpoint import Door, Endpoint, Key, Leaf, System
from probe.model.failure import Kind, Stage

_MP = ("management-point",)
_DP = ("distribution-point",)
_SUP = ("software-update-point",)

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
