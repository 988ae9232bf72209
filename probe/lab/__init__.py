"""The embedded Contoso lab on loopback: a PKI, DNS, and servers with planted faults."""

from probe.lab.embedded import Lab
from probe.lab.endpoint import Planted

__all__ = ["Lab", "Planted"]
