"""The options that say what is fetched of what certificates name."""

import os
from argparse import Namespace
from typing import TypedDict

from probe.cli.usage import UsageError
from probe.inventory import hosts
from probe.model.settings import Fetch


class Fetching(TypedDict):
    """The settings that these options make."""

    fetch: Fetch
    fetch_private: bool
    fetch_ldap: bool
    ldap_server: str | None
    cache: str | None


def fetching(options: Namespace) -> Fetching:
    """Return the settings; UsageError for what does not fit together or is not installed."""
    fetch = Fetch(options.fetch)
    if options.fetch_ldap:
        if fetch is Fetch.NONE:
            raise UsageError("--fetch-ldap fetches nothing with --fetch none")
        try:
            # Imported now, so that nobody waits for it later.
            from probe.net.revocation import ldap_messages  # noqa: F401, PLC0415 - an optional extra
        except ImportError:
            raise UsageError(
                "--fetch-ldap needs a library that is not installed: pip install cmprobe[ldap]"
            ) from None
    return Fetching(
        fetch=fetch,
        fetch_private=options.fetch_private,
        fetch_ldap=options.fetch_ldap,
        ldap_server=_server(options),
        cache=_cache(options),
    )


def _server(options: Namespace) -> str | None:
    server: str | None = options.ldap_server
    if server is None:
        return None
    if not options.fetch_ldap:
        raise UsageError("--ldap-server is asked only with --fetch-ldap")
    try:
        host, _ = hosts.split(server)
        if not hosts.is_address(host):
            hosts.host_name(host)
    except ValueError as error:
        raise UsageError(f'--ldap-server: "{server}" {error}') from None
    return server


def _cache(options: Namespace) -> str | None:
    """Return where CRLs are kept; a service has a place of systemd's (CacheDirectory=)."""
    cache: str | None = options.cache
    if cache is None and options.command == "serve":
        cache = os.environ.get("CACHE_DIRECTORY", "").partition(":")[0]
    return cache or None
