"""Groups of options that several commands share; argparse and nothing else is imported here."""

import argparse

from probe.cli.parser import TYPE_CHECKING, Parser

if TYPE_CHECKING:
    from collections.abc import Callable


def judging(parser: Parser) -> None:
    """Add what every command that judges once has."""
    group = trusting(parser)
    group.add_argument(
        "--as-of",
        type=value("instant"),
        metavar="TIME",
        help="judge validity at that time: 2027-01-31, 2027-01-31T12:00Z, +30d",
    )
    group.add_argument(
        "--fail-on",
        choices=("error", "warning", "notice"),
        default="error",
        help="the least severity that gives exit status 1; default %(default)s",
    )


def trusting(parser: Parser) -> "argparse._ArgumentGroup":
    """Add what every command that judges has."""
    group = parser.add_argument_group("trust and rules")
    group.add_argument(
        "--trust",
        action="append",
        metavar="FILE|system|DIR",
        help="root certificates, instead of the inventory's (repeatable); default: system",
    )
    group.add_argument(
        "--intermediate",
        action="append",
        metavar="FILE",
        help="intermediate certificates, beside the inventory's (repeatable)",
    )
    group.add_argument("--rules", metavar="DIR", help="a catalogue of your own")
    return group


def network(parser: Parser) -> None:
    """Add what every command that connects once has."""
    connecting(parser).add_argument(
        "--workers",
        type=value("workers"),
        default=1,
        metavar="N|auto",
        help="processes that share the targets; default %(default)s",
    )


def connecting(parser: Parser) -> "argparse._ArgumentGroup":
    """Add what every command that connects has."""
    group = parser.add_argument_group("network")
    group.add_argument(
        "--timeout", type=value("seconds"), metavar="SECONDS", help="for a whole target"
    )
    group.add_argument(
        "--concurrency", type=value("count"), metavar="N", help="targets at a time; default 200"
    )
    group.add_argument("--resolver", metavar="IP[:PORT]", help="the DNS server to ask")
    group.add_argument("--proxy", metavar="URL", help="an HTTP proxy for CONNECT: http://HOST:PORT")
    group.add_argument(
        "--client-certificate", metavar="FILE", help="PEM with certificate and private key"
    )
    group.add_argument("--tls-engine", choices=("auto", "observer", "openssl"), default="auto")
    group.add_argument(
        "--fetch",
        choices=("none", "cdp", "all"),
        default="cdp",
        help="what certificates name: nothing, CRLs, or also OCSP and issuers; default %(default)s",
    )
    group.add_argument(
        "--fetch-private",
        action="store_true",
        help="also from loopback and private addresses, for targets that only the internet reaches",
    )
    group.add_argument(
        "--fetch-ldap", action="store_true", help="CRLs from LDAP servers too, anonymously"
    )
    group.add_argument(
        "--ldap-server",
        metavar="HOST[:PORT]",
        help="asked where an LDAP address names no server, as domain members ask their controller",
    )
    group.add_argument(
        "--cache",
        metavar="DIR",
        help="keep CRLs there for the next scan; default: none, and serve: $CACHE_DIRECTORY",
    )
    family = group.add_mutually_exclusive_group()
    family.add_argument("-4", dest="family", action="store_const", const=4, help="IPv4 only")
    family.add_argument("-6", dest="family", action="store_const", const=6, help="IPv6 only")
    parser.set_defaults(family=0)
    return group


def report(parser: Parser) -> None:
    """Add what every command with a report has."""
    group = parser.add_argument_group("report")
    group.add_argument(
        "--format",
        metavar="FORMAT",
        help="of standard output: text (default), json, jsonl, junit, csv, nagios, prometheus,"
        " html",
    )
    group.add_argument(
        "--output",
        action="append",
        type=value("output"),
        metavar="FORMAT=FILE",
        help="write a report to a file as well (repeatable)",
    )
    group.add_argument("--no-color", action="store_true", help="no colour, as with NO_COLOR")
    group.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        help="a bar on standard error; default: when it is a terminal",
    )
    verbosity(parser)


def verbosity(parser: Parser) -> None:
    """Add -v and -q."""
    parser.add_argument(
        "-v", "--verbose", action="count", default=0, help="more in the report, and a log (-vv)"
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="no warnings and no bar on standard error"
    )


def value(name: str) -> "Callable[[str], object]":
    """Return a converter from `probe.cli.values`, imported when it is used."""

    def convert(text: str) -> object:
        from probe.cli import values  # noqa: PLC0415 - not for --version and --help

        return getattr(values, name)(text)

    return convert
