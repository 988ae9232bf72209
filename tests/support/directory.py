"""OpenLDAP's slapd on loopback, with the CRLs of a PKI where AD CS puts them."""

import base64
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.programs import free_port, program, running

SUFFIX = "DC=contoso,DC=com"
HOLDER = f"CN=CDP,CN=Public Key Services,CN=Services,CN=Configuration,{SUFFIX}"

_CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
pidfile {directory}/slapd.pid
argsfile {directory}/slapd.args
modulepath /usr/lib/ldap
moduleload back_mdb
{more}
database mdb
suffix "{suffix}"
directory {directory}/data
maxsize 67108864
"""


@contextmanager
def slapd(directory: Path, names: dict[str, dict[str, bytes]], *, more: str = "") -> Iterator[int]:
    """Serve, anonymously, entries of `HOLDER` with the values of their attributes; yields the port."""
    path = program("slapd")
    (directory / "data").mkdir()
    configuration = directory / "slapd.conf"
    configuration.write_text(_CONFIGURATION.format(directory=directory, suffix=SUFFIX, more=more))
    ldif = directory / "entries.ldif"
    ldif.write_text("\n\n".join(_entries(names)) + "\n")
    subprocess.run(
        [path, "-T", "add", "-f", configuration, "-l", ldif], check=True, capture_output=True
    )
    port = free_port()
    command = [path, "-d", "0", "-f", configuration, "-h", f"ldap://127.0.0.1:{port}"]
    with running(command, port, directory=directory):
        yield port


def _entries(names: dict[str, dict[str, bytes]]) -> Iterator[str]:
    yield f"dn: {SUFFIX}\nobjectClass: domain\ndc: contoso"
    parts = HOLDER.removesuffix(f",{SUFFIX}").split(",")
    for at in reversed(range(len(parts))):
        name = parts[at].partition("=")[2]
        above = ",".join((*parts[at:], SUFFIX))
        yield f"dn: {above}\nobjectClass: applicationProcess\ncn: {name}"
    for name, values in names.items():
        lines = [f"dn: CN={name},{HOLDER}", "objectClass: cRLDistributionPoint", f"cn: {name}"]
        for attribute, value in values.items():
            lines.append(f"{attribute};binary:: {base64.b64encode(value).decode()}")
        yield "\n".join(lines)
