"""Certificate files among targets: each is shown as a target that was never connected to."""

from probe.model.certificate import Presented
from probe.model.file import CertificateFile, FileFormat
from probe.model.observation import Observation
from probe.model.report import FileResult, Report, Result
from probe.model.stages import Skipped
from probe.model.target import Target

_NEVER = Observation(resolution=Skipped(because="a file is not connected to"))
FORMATS = {
    FileFormat.DER: "DER certificate",
    FileFormat.PEM: "PEM file",
    FileFormat.BASE64: "Base64 certificate",
    FileFormat.PKCS7: "PKCS #7 file",
    FileFormat.PKCS12: "PKCS #12 file",
    FileFormat.CSV: "CA database",
}


class FromFile(Result, frozen=True, kw_only=True):
    """A file's result in the shape of a target's."""

    file: CertificateFile
    presented: tuple[Presented, ...]


def shown(report: Report) -> tuple[Result, ...]:
    """Return every result of a report, those of files in the shape of the others."""
    return (*report.results, *map(_result, report.files)) if report.files else report.results


def _result(result: FileResult) -> FromFile:
    file = result.file
    target = Target(id=place(file), host=file.path, port=0, roles=(), profiles=file.profiles)
    return FromFile(
        target=target,
        address=None,
        observation=_NEVER,
        findings=result.findings,
        links=result.links,
        alternatives=result.alternatives,
        file=file,
        presented=result.presented,
    )


def file_of(result: Result) -> CertificateFile | None:
    """Return the file that a result is about, if it is about one."""
    return result.file if isinstance(result, FromFile) else None


def place(file: CertificateFile) -> str:
    """Name a certificate by its file and, where there are several in it, its place there."""
    if file.entries == 1:
        return file.path
    return (
        f"{file.path} ({file.entry}: {file.label})" if file.label else f"{file.path} ({file.entry})"
    )


def title(file: CertificateFile) -> str:
    """Say what a file is, and what it is judged as."""
    return f"{FORMATS[file.format]}, {purpose(file)}" if file.format else purpose(file)


def purpose(file: CertificateFile) -> str:
    """Name the profile, and whether it is a guess."""
    profile = file.profiles[-1] if file.profiles else "any"
    return f"{profile} (guessed)" if file.profile_guessed and file.problem is None else profile
