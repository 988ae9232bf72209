"""cmprobe: an async scanning probe for the PKI of Microsoft Configuration Manager.

An inventory line becomes a Target, the network turns it into an Observation, pure code turns
that into Evidence and Findings, and every output is a rendering of one Report.
"""

__version__ = "0.1.0"
