"""The DNS records of the lab's servers."""

from collections.abc import Iterable, Iterator

from probe.lab.contoso import REPOSITORY_HOST
from probe.lab.endpoint import Running
from probe.lab.listening import LOOPBACK

SITE_CODE = "P01"
DOMAIN = "corp.contoso.com"


def records(running: Iterable[Running]) -> Iterator[tuple[str, str, str]]:
    """Yield ``(name, type, text)`` for every name of the lab."""
    yield REPOSITORY_HOST, "A", LOOPBACK
    for entry in running:
        if entry.addresses:
            yield from _of(entry)


def _of(running: Running) -> Iterator[tuple[str, str, str]]:
    endpoint = running.endpoint
    names = endpoint.system.dns_names
    if endpoint.alias is not None:
        for name in names:
            yield name, "CNAME", f"{endpoint.alias}."
        names = (endpoint.alias,)
    for name in names:
        for address in running.addresses:
            yield name, "AAAA" if ":" in address else "A", address
    if "management-point" in endpoint.system.roles:
        # Only the intranet FQDN is published, and priority and weight are not used.
        service = f"_mssms_mp_{SITE_CODE.lower()}._tcp.{DOMAIN}"
        yield service, "SRV", f"0 0 {running.port} {endpoint.system.fqdn}."
