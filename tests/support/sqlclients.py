"""Real SQL Server clients: Microsoft's ODBC driver, tedious, and FreeTDS; each tells how it went.

`.ci/run` puts the first two below ``build/clients``; FreeTDS comes with the operating system.
All verify the server and trust one root. The lab refuses every login, so a refused login is what
a client reports that has accepted the certificate.
"""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from support.programs import missing, program

CLIENTS = Path(__file__).parents[2] / "build" / "clients"
LOGIN_FAILED = "Login failed for user."
_SECONDS = 60

_ODBC = """
import sys, mssql_python
try:
    mssql_python.connect(sys.argv[1])
except mssql_python.exceptions.Exception as error:
    print(error)
"""

_TEDIOUS = """
const {Connection} = require('tedious');
const [port, encrypt, ca] = JSON.parse(process.argv[1]);
const connection = new Connection({
  server: 'localhost',
  authentication: {type: 'default', options: {userName: 'sa', password: 'x'}},
  options: {port, encrypt, trustServerCertificate: false, connectTimeout: 20000,
            cryptoCredentialsDetails: {ca: require('fs').readFileSync(ca)}},
});
connection.on('error', () => {});
connection.connect(error => { console.log(error ? error.message : 'connected'); process.exit(0); });
"""


def _said(command, **environment: str) -> str:
    process = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        env={**os.environ, **environment},
        check=False,
    )
    return (process.stdout + process.stderr).strip()


def odbc(port: int, root: Path, *, strict: bool) -> str:
    """Connect with Microsoft's ODBC Driver 18, which mssql-python brings."""
    python = CLIENTS / "mssql" / "bin" / "python"
    if not python.exists():
        missing("mssql-python is not in build/clients/mssql")
    if error := _said([python, "-c", "import mssql_python"]):
        missing(f"mssql-python does not start: {error[-200:]}")
    words = {
        "Server": f"localhost,{port}",
        "UID": "sa",
        "PWD": "x",
        "Encrypt": "strict" if strict else "mandatory",
        "TrustServerCertificate": "no",
    }
    text = "".join(f"{key}={value};" for key, value in words.items())
    # OpenSSL's own variables say what is trusted; the directory is none.
    return _said(
        [python, "-c", _ODBC, text], SSL_CERT_FILE=str(root), SSL_CERT_DIR=str(root.parent / "none")
    )


def tedious(port: int, root: Path, *, strict: bool) -> str:
    """Connect with tedious, the client for Node.js."""
    node = program("node")
    if not (CLIENTS / "node_modules" / "tedious").exists():
        missing("tedious is not in build/clients/node_modules")
    arguments = json.dumps([port, "strict" if strict else True, str(root)])
    return _said([node, "-e", _TEDIOUS, arguments], NODE_PATH=str(CLIENTS / "node_modules"))


def tsql(port: int, root: Path, *, strict: bool) -> str:
    """Connect with FreeTDS, which knows no TDS 8.0 as Debian has it."""
    assert not strict
    path = program("tsql")
    configuration = root.with_name(f"freetds-{port}.conf")
    configuration.write_text(
        f"[lab]\nhost = localhost\nport = {port}\ntds version = 7.4\nencryption = require\n"
        f"ca file = {root}\ncheck certificate hostname = yes\n",
        encoding="utf-8",
    )
    command = [path, "-S", "lab", "-U", "sa", "-P", "x"]
    return _said(command, FREETDSCONF=str(configuration))


Client = Callable[..., str]
EVERY: dict[str, Client] = {"odbc": odbc, "tedious": tedious, "tsql": tsql}
