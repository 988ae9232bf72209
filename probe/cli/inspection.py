"""Certificate files → what is judged: read, opened, told apart."""

import logging
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from probe.cli.gathering import Candidate, octets
from probe.cli.passwords import VARIABLE, Passwords
from probe.cli.profiling import Asked
from probe.judge.files import Inspected
from probe.model.certificate import Certificate, Presented
from probe.model.file import CertificateFile
from probe.pki import container
from probe.pki.certificate import load
from probe.pki.chain import explain
from probe.pki.container import Contents, Entry, Locked, Read, Unreadable
from probe.pki.trust import TrustStore

_log = logging.getLogger(__name__)
_ROOT = "root-ca"
_Member = tuple[Entry, tuple[Presented, ...]]
_HOW = f"--password-file FILE or {VARIABLE} gives it"


class Inspection:
    """Reads the files of one run.

    ``locked`` are messages about files that no password opened. ``left_out`` counts what lies
    beside certificates in directories and is none, by kind.
    """

    def __init__(self, asked: Asked, store: TrustStore, passwords: Passwords) -> None:
        self._asked = asked
        self._store = store
        self._passwords = passwords
        self.locked: list[str] = []
        self.left_out: Counter[str] = Counter()

    def read(
        self, found: Sequence[Candidate], show: Callable[[int, int], None]
    ) -> Iterator[Inspected]:
        """Yield what each file holds, in order; a file that cannot be read is data too."""
        for done, candidate in enumerate(found):
            yield from self._one(candidate)
            show(done + 1, len(found))

    def _one(self, candidate: Candidate) -> Iterator[Inspected]:
        contents = self._open(candidate)
        path = candidate.path
        if isinstance(contents, Contents):
            yield from self._entries(path, contents)
        elif isinstance(contents, Locked):
            hint = f" ({_HOW})" if contents.missing else ""
            self.locked.append(f"{path}: {contents.reason}{hint}")
            yield self._unread(CertificateFile(path=path, problem=contents.reason))
        elif contents.companion and not candidate.named:
            self.left_out[contents.companion] += 1
        else:
            problem = contents.reason
            yield self._unread(CertificateFile(path=path, format=contents.format, problem=problem))

    def _open(self, candidate: Candidate) -> Read:
        if candidate.problem is not None:
            return Unreadable(reason=candidate.problem)
        data = octets(candidate.path)
        if isinstance(data, str):
            return Unreadable(reason=data)
        try:
            found = container.read(data, self._passwords.known)
            for _ in self._passwords.attempts:
                if not isinstance(found, Locked):
                    break
                if (answer := self._passwords.ask(candidate.path)) is None:
                    break
                found = container.read(data, (answer,))
        except Exception as error:  # noqa: BLE001 - one file must not end the run
            # Where, but not what: the message of an error here could quote what was decrypted.
            where = "".join(traceback.format_tb(sys.exc_info()[2]))
            _log.error("%s: internal error (%s)\n%s", candidate.path, type(error).__name__, where)
            return Unreadable(reason=f"internal error: {type(error).__name__}")
        return found

    def _entries(self, path: str, contents: Contents) -> Iterator[Inspected]:
        members = [
            (entry, tuple(map(load, (entry.certificate, *entry.issuers))))
            for entry in contents.entries
        ]
        if self._asked.profiles is not None and _ROOT in self._asked.profiles:
            members = _roots(members)
        for number, (entry, presented) in enumerate(members, start=1):
            target = self._asked.target(path, presented[0], has_private_key=entry.has_private_key)
            file = CertificateFile(
                path=path,
                format=contents.format,
                has_private_key=entry.has_private_key,
                encoding=contents.encoding,
                key_matches=entry.key_matches,
                provider=entry.provider,
                protected=contents.protected,
                entry=number,
                entries=len(members),
                label=entry.label,
                profiles=target.profiles,
                profile_guessed=self._asked.profiles is None,
                notes=contents.notes if number == 1 else (),
            )
            # Explained here, while the cache of decoded certificates still has these.
            explanation = explain(presented, self._store)
            yield Inspected(target, file, presented, explanation, entry.holder)

    def _unread(self, file: CertificateFile) -> Inspected:
        target = self._asked.target(file.path, None, has_private_key=False)
        return Inspected(target, msgspec.structs.replace(file, profiles=target.profiles))


def _roots(members: list[_Member]) -> list[_Member]:
    """Return the roots among the certificates of a file, if it has any: they are what is asked."""
    found = {
        one.sha256: one
        for _, presented in members
        for one in presented
        if isinstance(one, Certificate) and one.self_issued
    }
    return [(Entry(certificate=root.der), (root,)) for root in found.values()] or members
