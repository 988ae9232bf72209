"""``cmprobe serve``: the exporter, up until it is interrupted."""

import asyncio
import getpass
import logging
import os
import signal
import socket
import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from probe.cli import logs
from probe.cli.interrupts import interruptible
from probe.cli.output import say, writable
from probe.cli.run import prepare
from probe.cli.scan import loaded
from probe.cli.trust import source
from probe.cli.usage import UsageError
from probe.exporter.daemon import Setup, serve
from probe.exporter.probing import allowed
from probe.exporter.reload import ReloadError
from probe.exporter.web import config as webconfig
from probe.exporter.web import listening, passwords
from probe.inventory.trust import SYSTEM, TrustError, certificates, forget
from probe.model.target import Target
from probe.net import hostsfile
from probe.render.times import counted
from probe.scan.job import Job

_log = logging.getLogger(__name__)
SHORTEST = 1.0  # seconds


def run(options: Namespace) -> int:
    """Serve; being interrupted is the normal end, with status 0."""
    if options.hash_password:
        return _hash()
    if not options.inventories:
        raise UsageError("cmprobe serve: which inventory? (see cmprobe serve --help)")
    logs.configure(verbose=options.verbose, quiet=options.quiet)
    _server_logs(verbose=options.verbose > 0)
    setup = prepared(options)
    if hasattr(signal, "SIGHUP"):
        # It means to reload: while there is nothing to reload yet, or any more, nothing.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    asyncio.run(_until_interrupted(*setup))
    return 0


def prepared(options: Namespace) -> tuple[Job, socket.socket, Setup]:
    """Return what is scanned, the socket that listens, and the rest. UsageError."""
    if options.interval < SHORTEST:
        raise UsageError(f"--interval: {options.interval:g} is less than {SHORTEST:g} seconds")
    job = _job(options)
    web_file = None if options.web_config is None else Path(options.web_config)
    state = _state(options.state)
    try:
        web = webconfig.WebConfig() if web_file is None else webconfig.load(web_file)
        extra = allowed.parse(options.probe_allow or ())
    except webconfig.WebConfigError as error:
        raise UsageError(str(error)) from None
    except ValueError as error:
        raise UsageError(f"--probe-allow: {error}") from None
    try:
        host, port = listening.parse(options.listen)
        bound = listening.bind(host, port)
    except listening.ListenError as error:
        raise UsageError(f"--listen: {error}") from None
    if not listening.is_local(bound) and not (web.tls and web.users):
        _log.warning("others reach this exporter, and %s: see --web-config", _lacking(web))
    setup = Setup(
        interval=options.interval,
        load=lambda: _again(options),
        announce=lambda: _announce(bound, web, job, options),
        allowed=extra,
        trust=tuple(map(source, options.trust or (SYSTEM,))),
        intermediates=tuple(map(source, options.intermediate or ())),
        state=state,
        web_file=web_file,
        web=web,
        access_log=options.verbose > 0,
        names=(host,) if listening.is_local(bound) else None,
    )
    return job, bound, setup


async def _until_interrupted(job: Job, bound: socket.socket, setup: Setup) -> None:
    await interruptible(serve(job, bound, setup))


def _job(options: Namespace) -> Job:
    inventory = loaded(options.inventories)
    return prepare(inventory.targets, options, inventory.vantage)


def _again(options: Namespace) -> Job:
    """Return the job as the files have it now. ReloadError; then what was read before stays."""
    try:
        inventory = loaded(options.inventories)
        _look(inventory.targets, options)
        forget()
        hostsfile.table.cache_clear()
        return prepare(inventory.targets, options, inventory.vantage)
    except UsageError as error:
        raise ReloadError(str(error)) from None


def _look(targets: Iterable[Target], options: Namespace) -> None:
    """Read every trust file anew, for UsageError before what was read is forgotten."""
    named = {entry for target in targets for entry in (*target.trust, *target.intermediates)}
    named |= {source(entry) for entry in (*(options.trust or ()), *(options.intermediate or ()))}
    problems = []
    for entry in sorted(named):
        try:
            certificates.__wrapped__(entry)
        except TrustError as error:
            problems.append(str(error))
    if problems:
        raise UsageError("\n".join(problems))


def _state(named: str | None) -> Path | None:
    """Return where results are kept; systemd names a directory, or several. UsageError."""
    if named is None:
        directory = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
        return Path(directory) / "cmprobe.state" if directory else None
    path = Path(named).absolute()
    writable(path, f"--state: {named}")
    return path


def _announce(bound: socket.socket, web: webconfig.WebConfig, job: Job, options: Namespace) -> None:
    if not options.quiet:
        url = listening.url(bound, tls=web.tls is not None)
        many = counted(len(job.targets), "target")
        print(f"cmprobe: serving {many} on {url}", file=sys.stderr, flush=True)


def _lacking(web: webconfig.WebConfig) -> str:
    if web.tls is None:
        return "it has no TLS" if web.users else "it has neither TLS nor a login"
    return "it has no login"


def _server_logs(*, verbose: bool) -> None:
    """Have the web server write into our log; requests, and what is no request, with -v.

    Anybody who reaches the port can send the latter, and would fill the log.
    """
    ours = logging.getLogger("probe")
    problems = logging.WARNING if verbose else logging.ERROR
    for name in ("uvicorn", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers[:] = ours.handlers
        logger.propagate = False
        logger.setLevel(logging.INFO if name == "uvicorn.access" else problems)


def _hash() -> int:
    """Print the hash of a password: asked twice on a terminal, else the first line of input."""
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Once more: "):
            raise UsageError("the two passwords differ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError("no password was given")
    say(passwords.make(password))
    return 0
