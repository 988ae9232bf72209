"""The options of ``cmprobe serve``; argparse and nothing else is imported here."""

from probe.cli.groups import connecting, trusting, value
from probe.cli.parser import Parser


def serving(parser: Parser) -> None:
    """Add the options."""
    parser.add_argument(
        "inventories", nargs="*", metavar="INVENTORY", help="TOML or CSV file, or a directory"
    )
    group = parser.add_argument_group("exporter")
    group.add_argument(
        "--listen",
        default="127.0.0.1:9735",
        metavar="HOST:PORT",
        help="where to answer; :PORT for every address; default %(default)s",
    )
    group.add_argument(
        "--interval",
        type=value("seconds"),
        default=3600.0,
        metavar="SECONDS",
        help="between two scans of a target; default 3600",
    )
    group.add_argument(
        "--probe-allow",
        action="append",
        metavar="CIDR|SUFFIX",
        help="what /probe may connect to beside the inventory (repeatable)",
    )
    group.add_argument(
        "--web-config", metavar="FILE", help="TOML: TLS certificate, and who may log in"
    )
    group.add_argument(
        "--state",
        metavar="FILE",
        help="keep results over a restart; default: in $STATE_DIRECTORY, which systemd sets",
    )
    group.add_argument(
        "--hash-password",
        action="store_true",
        help="make a password's hash for --web-config, and end",
    )
    trusting(parser)
    connecting(parser)
    parser.add_argument(
        "-v", "--verbose", action="count", default=0, help="a log of requests and scans (-vv: more)"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="errors alone on standard error")
    parser.set_defaults(as_of=None)
