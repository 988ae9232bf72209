"""The servers of the lab with one fault each, and the rules that have to fail because of it.

A fault may break several rules: a certificate with three days left has less than thirty, too. No
other rule may fail at such a server.
"""

from probe.lab.faulty.certificates import CERTIFICATES
from probe.lab.faulty.chains import CHAINS, TWO_ADDRESSES
from probe.lab.faulty.connections import CONNECTIONS
from probe.lab.faulty.gateways import GATEWAYS
from probe.lab.faulty.names import NAMES

__all__ = ["FAULTY", "TWO_ADDRESSES"]

# The silent server is waited for: the earlier it is asked, the earlier everything is done.
FAULTY = (*CONNECTIONS, *CERTIFICATES, *NAMES, *CHAINS, *GATEWAYS)
