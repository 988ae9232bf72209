"""The embedded Contoso lab on loopback: a PKI, DNS, and servers with planted faults."""
