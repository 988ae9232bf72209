"""The options of ``cmprobe request``."""

from probe.cli.groups import value
from probe.cli.parser import Parser


def asking(parser: Parser) -> None:
    """Add the options."""
    parser.add_argument("--profile", metavar="ID", required=True, help="what it is for")
    group = parser.add_argument_group("whose certificate it is")
    for name, what in (
        ("intranet-fqdn", "the FQDN for intranet clients, or of the client"),
        ("internet-fqdn", "the FQDN for internet clients"),
        ("computer-name", "the computer name"),
        ("service-name", "the service name of a CMG"),
        ("cluster-fqdn", "the virtual name of a failover cluster"),
        ("common-name", "a common name, where the profile leaves it free"),
    ):
        group.add_argument(f"--{name}", metavar="NAME", help=what)
    group.add_argument(
        "--accepts",
        choices=("intranet", "internet", "both"),
        help="from where clients connect; default: as the names say",
    )
    group.add_argument(
        "--role", action="append", metavar="ROLE", help="site system role (repeatable)"
    )
    group = parser.add_argument_group("the request")
    group.add_argument(
        "--format",
        choices=("certreq", "openssl", "csr"),
        default="certreq",
        help="an INF file for certreq (default), a configuration for openssl, or a CSR",
    )
    group.add_argument("--key", metavar="FILE", help="with csr: where the new private key goes")
    group.add_argument(
        "--key-length", type=value("count"), metavar="N", help="in bits; default: as the profile"
    )
    group.add_argument("--template", metavar="NAME", help="the template's name or OID")
    group.add_argument("--rules", metavar="DIR", help="a catalogue of your own")
    group.add_argument("-q", "--quiet", action="store_true", help="no remarks on standard error")
