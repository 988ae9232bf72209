import json
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from support import pki
from support.drive import MemoryServer, converse

from probe.lab.https import server_context
from probe.net import peer_chain
from probe.net.contexts import client_context
from probe.net.openssl import OpenSsl

SUPPORTED = ("3.11", "3.12", "3.13")

SCRIPT = """
import importlib.util, json, ssl, sys
spec = importlib.util.spec_from_file_location("peer_chain", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain(sys.argv[2])
client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
client.check_hostname = False
client.verify_mode = ssl.CERT_NONE
a, b, c, d = (ssl.MemoryBIO() for _ in range(4))
ours, theirs = client.wrap_bio(a, b), server.wrap_bio(c, d, server_side=True)
before = module.unverified_chain(ours)
for _ in range(4):
    for side, out, into in ((ours, b, c), (theirs, d, a)):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pass
        into.write(out.read())
chain = module.unverified_chain(ours)
assert type(chain) is tuple and all(type(der) is bytes for der in chain)
print(json.dumps([len(before), [der.hex() for der in chain], "%d.%d" % sys.version_info[:2]]))
"""


def interpreter(version: str) -> str | None:
    """Find a Python of this version on the machine."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return sys.executable
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = sorted(versions.glob(f"{version}.*/bin/python"))
    return str(found[-1]) if found else shutil.which(f"python{version}")


@pytest.mark.parametrize("version", SUPPORTED)
def test_the_chain_as_sent_on_each_python(version, tmp_path):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    command = [python, "-I", "-W", "error", "-c", SCRIPT, peer_chain.__file__, pki.write(tmp_path)]
    said = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    assert json.loads(said) == [0, [der.hex() for der in pki.leaf().sent], version]


def test_duplicates_strangers_and_order_are_kept():
    leaf, other = pki.leaf(), pki.root()
    sent = (leaf.der, other.der, *leaf.sent[1:], *leaf.sent[1:])
    context = server_context(leaf, sent)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    engine = OpenSsl(client_context(), None)
    converse(engine, MemoryServer(context))
    assert peer_chain.unverified_chain(engine.tls) == sent
