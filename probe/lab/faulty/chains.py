"""Servers that do not send the chain as they should."""

from probe.lab.contoso import Ca
from probe.lab.endpoint import Endpoint, Leaf, Sent, System

_DP = ("distribution-point",)

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
        system=System(fqdn="sup04.corp.contoso.com", roles=("software-update-point",)),
        sent=Sent.DOUBLED,
        planted=frozenset({"chain-no-extras"}),
    ),
)

TWO_ADDRESSES = (
    Endpoint(
        title="another certificate at the second address",
        system=System(fqdn="mp09.corp.contoso.com", roles=("management-point",)),
        both_families=True,
        second=Leaf(age=99),
        planted=frozenset({"addresses-agree"}),
    ),
)
"""For machines with IPv6 on loopback."""
