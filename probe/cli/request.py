"""``cmprobe request``: a certificate request that passes a profile, once it is issued."""

import sys
from argparse import Namespace
from pathlib import Path

import msgspec

from probe.catalogue.needs import NoRequestError, derive
from probe.cli.catalogue import catalogue_of
from probe.cli.keyfile import write_key
from probe.cli.names import names_of
from probe.cli.output import say
from probe.cli.usage import UsageError
from probe.inventory import hosts
from probe.inventory.roles import unknown
from probe.model.target import Names
from probe.render.escape import escape
from probe.render.request import RequestError, Wanted, csr, inf, openssl, wanted

_COMMAND = "cmprobe request"
_CSR = "csr"
_TEXTS = {"certreq": inf, "openssl": openssl}
_QUALIFIED = ("intranet_fqdn", "internet_fqdn", "service_name", "cluster_fqdn")


def run(options: Namespace) -> int:
    """Print the request; returns the exit status."""
    asked = _wanted(options)
    if options.format != _CSR:
        if options.key is not None:
            raise UsageError(f"{_COMMAND}: --key belongs to --format csr: no key is made here")
        text = _TEXTS[options.format](asked)
    else:
        text = _signed(asked, options)
    say(text, exact=True)
    return 0


def _wanted(options: Namespace) -> Wanted:
    """Return what to ask for; UsageError names the option that is wrong or missing."""
    roles = tuple(dict.fromkeys(options.role or ()))
    for role in roles:
        if message := unknown(role):
            raise UsageError(f"{_COMMAND}: --role: {message}")
    names = _names(options)
    try:
        needs = derive(catalogue_of(options), options.profile, roles)
        found = wanted(
            needs,
            names,
            common_name=options.common_name,
            bits=options.key_length,
            template=options.template,
        )
    except NoRequestError as error:
        raise UsageError(f"{_COMMAND}: --profile: {error}") from None
    except RequestError as error:
        if not error.option:
            raise UsageError(f"{_COMMAND}: {error}") from None
        option = error.option.replace("_", "-")
        # "--option is missing" reads on; anything else is about its value.
        sign = "" if str(error).startswith("is ") else ":"
        raise UsageError(f"{_COMMAND}: --{option}{sign} {error}") from None
    if needs.profile.legacy and not options.quiet:
        title = escape(needs.profile.title)
        print(f"{_COMMAND}: {title}: legacy, no longer set up or supported", file=sys.stderr)
    return found


def _names(options: Namespace) -> Names:
    """Return the names as a certificate holds them: A-labels, and otherwise as typed.

    The case stays: the common name of a cloud management gateway must keep it on renewal.
    """
    given = names_of(options, "request")
    changed = {}
    for key in (*_QUALIFIED, "computer_name"):
        name: str | None = getattr(given, key)
        if name is None:
            continue
        option = key.replace("_", "-")
        qualified = key in _QUALIFIED
        changed[key] = name = name if name.isascii() else hosts.host_name(name)
        if qualified and "." not in name:
            raise UsageError(
                f'{_COMMAND}: --{option}: "{name}" is no FQDN: it has no dot '
                "(a computer's own name is --computer-name)"
            )
        if not qualified and "." in name:
            raise UsageError(
                f'{_COMMAND}: --{option}: "{name}" is no computer name: it has a dot '
                "(an FQDN is --intranet-fqdn)"
            )
    return msgspec.structs.replace(given, **changed)


def _signed(asked: Wanted, options: Namespace) -> str:
    """Return a request for a new key, once that key is in its file."""
    if options.key is None:
        raise UsageError(f"{_COMMAND}: --key FILE is missing: where the new private key goes")
    path = Path(options.key)
    _check_free(path)

    # Slow to import, and to make.
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - see above
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - see above
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = rsa.generate_private_key(65537, asked.bits)
    text = csr(asked, key)
    try:
        write_key(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    except FileExistsError:
        raise UsageError(_exists(path)) from None
    except OSError as error:
        raise UsageError(f"{_COMMAND}: --key: {path}: {error.strerror or error}") from None
    if not options.quiet:
        where = escape(str(path))
        print(f"{_COMMAND}: the new private key, without a password: {where}", file=sys.stderr)
    return text


def _check_free(path: Path) -> None:
    """Raise UsageError where no key can go, before one is made."""
    try:
        if path.is_symlink() or path.exists():
            raise UsageError(_exists(path))
        if not path.parent.is_dir():
            raise UsageError(f"{_COMMAND}: --key: {path}: the directory does not exist")
    except (OSError, ValueError) as error:
        raise UsageError(f"{_COMMAND}: --key: {path}: {error}") from None


def _exists(path: Path) -> str:
    return f"{_COMMAND}: --key: {path} exists: a private key is never written over a file"
