"""Every command with its options; argparse and nothing else is imported here.

Values that only a room knows (roles, formats) are checked by the command, so that
``cmprobe --version`` and ``--help`` import no room.
"""

import argparse

from probe.cli.groups import judging, network, report, value, verbosity
from probe.cli.parser import TYPE_CHECKING, Parser, Version, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOKS = ("text", "json", "markdown")


def _check(parser: Parser) -> None:
    parser.add_argument("hosts", nargs="+", metavar="HOST[:PORT]")
    group = parser.add_argument_group("what is expected there")
    group.add_argument(
        "--role", action="append", metavar="ROLE", help="site system role (repeatable); default tls"
    )
    group.add_argument(
        "--profile",
        action="append",
        metavar="ID",
        help="a profile of your own catalogue, beside those of the roles (repeatable)",
    )
    for name, what in (
        ("intranet-fqdn", "the FQDN for intranet clients; default: HOST"),
        ("internet-fqdn", "the FQDN for internet clients"),
        ("computer-name", "the computer name"),
        ("service-name", "the service name of a CMG; default: HOST"),
        ("cluster-fqdn", "the virtual name of a failover cluster; default: HOST"),
    ):
        group.add_argument(f"--{name}", metavar="NAME", help=what)
    group.add_argument(
        "--accepts", choices=("intranet", "internet", "both"), help="from where clients connect"
    )
    group.add_argument(
        "--expected-thumbprint", metavar="HEX", help="SHA-1 or SHA-256 of the certificate meant"
    )
    group = parser.add_argument_group("how to connect")
    group.add_argument("--address", metavar="IP", help="connect there and keep HOST as SNI")
    group.add_argument(
        "--transport",
        choices=("tls", "tds", "tds-strict", "auto"),
        help="default: tls, and auto for SQL roles",
    )
    _run(parser)


def _scan(parser: Parser) -> None:
    _inventories(parser)
    group = parser.add_argument_group("which targets (one of each kind must match)")
    group.add_argument("--site", action="append", metavar="CODE", help="of this site (repeatable)")
    group.add_argument("--role", action="append", metavar="ROLE", help="with this role")
    group.add_argument("--target", action="append", metavar="GLOB", help="host or host:port")
    group.add_argument(
        "--shard", type=value("shard"), metavar="I/N", help="the I-th of N stable parts"
    )
    _run(parser)


def _inspect(parser: Parser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="FILE|DIR", help="certificate files, or directories of them"
    )
    group = parser.add_argument_group("what they are for")
    group.add_argument("--profile", metavar="ID", help="the purpose; default: guessed, and said")
    group.add_argument(
        "--role", action="append", metavar="ROLE", help="site system role (repeatable)"
    )
    group.add_argument(
        "--templates",
        metavar="INVENTORY",
        help="the templates that certificates must come from: its table [templates]",
    )
    for name, what in (
        ("intranet-fqdn", "the FQDN for intranet clients"),
        ("internet-fqdn", "the FQDN for internet clients"),
        ("computer-name", "the computer name"),
        ("service-name", "the service name of a CMG"),
        ("cluster-fqdn", "the virtual name of a failover cluster"),
    ):
        group.add_argument(f"--{name}", metavar="NAME", help=what)
    group.add_argument(
        "--accepts", choices=("intranet", "internet", "both"), help="from where clients connect"
    )
    group.add_argument(
        "--https-only",
        action="store_true",
        help="every management point of the site uses HTTPS",
    )
    group.add_argument(
        "--password-file",
        metavar="FILE",
        help="passwords, one a line; default: $CMPROBE_PFX_PASSWORD, or asked on a terminal",
    )
    judging(parser)
    group.add_argument(
        "--fetch", choices=("none",), default="none", help="nothing is fetched over the network"
    )
    report(parser)


def _run(parser: Parser) -> None:
    """Add what check and scan have in common."""
    judging(parser)
    network(parser)
    report(parser)


def _inventory(parser: Parser) -> None:
    commands = _commands(parser, "action")
    check = commands("check", "validate inventories")
    _inventories(check)
    check.add_argument("--rules", metavar="DIR", help="the catalogue whose profiles are meant")
    expand = commands("expand", "print the targets that inventories define")
    _inventories(expand)
    expand.add_argument("--format", choices=("text", "json"), default="text")
    commands("schema", "print the JSON Schema of inventories")


def _inventories(parser: Parser) -> None:
    parser.add_argument(
        "inventories", nargs="+", metavar="INVENTORY", help="TOML or CSV file, or a directory"
    )


def _rules(parser: Parser) -> None:
    commands = _commands(parser, "action")
    for name, what in (
        ("list", "list the rules"),
        ("show", "explain one rule"),
        ("profiles", "list the profiles and their rules"),
        ("coverage", "show what judges each sentence of the published requirements"),
        ("check", "validate a catalogue"),
    ):
        command = commands(name, what)
        if name == "show":
            command.add_argument("id", metavar="ID")
        if name == "check":
            command.add_argument("directory", nargs="?", metavar="DIR", help="the same as --rules")
        command.add_argument("--rules", metavar="DIR", help="a catalogue of your own")
        command.add_argument("--format", choices=_LOOKS, default=_LOOKS[0])
    export = commands("export", "copy the shipped rules to a directory, to change them")
    export.add_argument("directory", metavar="DIR")
    export.add_argument("--format", choices=_LOOKS, default=_LOOKS[0])


def _serve(parser: Parser) -> None:
    from probe.cli.serving import serving  # noqa: PLC0415 - one command's options

    serving(parser)


def _request(parser: Parser) -> None:
    from probe.cli.asking import asking  # noqa: PLC0415 - one command's options

    asking(parser)


def _lab(parser: Parser) -> None:
    parser.add_argument("--directory", metavar="DIR", help="keep the lab's files there")
    verbosity(parser)


def _demo(parser: Parser) -> None:
    report(parser)


def _commands(parser: Parser, dest: str) -> "Callable[[str, str], Parser]":
    """Return a function that adds a command below ``parser``."""
    commands = parser.add_subparsers(dest=dest, metavar="COMMAND", required=True)

    def add(name: str, what: str) -> Parser:
        found = commands.add_parser(name, help=what, description=what)
        assert isinstance(found, Parser)  # noqa: S101 - of the class of its parent
        return found

    return add


COMMANDS: "dict[str, tuple[str, Callable[[Parser], None]]]" = {
    "check": ("check one or more servers, without an inventory", _check),
    "scan": ("check every target of inventories", _scan),
    "serve": ("scan inventories again and again, and answer Prometheus and browsers", _serve),
    "inspect": ("check certificate files before they are imported", _inspect),
    "inventory": ("validate inventories, print their targets or their schema", _inventory),
    "rules": ("show, validate or export the rules", _rules),
    "request": ("print a certificate request that passes a profile", _request),
    "lab": ("start the embedded Contoso lab on loopback", _lab),
    "demo": ("start the lab, scan it, and compare what was found with what is planted", _demo),
}


def parse(arguments: list[str], version: str) -> argparse.Namespace:
    """Return the options of one command; UsageError, or SystemExit for help and version."""
    parser = Parser(
        prog="cmprobe",
        description="Check the certificates of Configuration Manager site systems against the\n"
        "published PKI requirements.",
        epilog="exit status: 0 nothing failed, 1 something did, 2 bad usage, "
        "3 something could not be judged",
    )
    parser.add_argument("--version", action=Version, version=version)
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, prog="cmprobe"
    )
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    if chosen is not None and chosen not in COMMANDS:
        hint = nearest(chosen, COMMANDS) or f" (one of {', '.join(COMMANDS)})"
        parser.error(f'"{chosen}" is no command{hint}')
    for name, (what, fill) in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what)
        if name == chosen:
            fill(command)
            chosen_parser = command
    options, rest = parser.parse_known_args(arguments)
    if rest:
        chosen_parser.refuse_rest(rest)
    return options
