"""What stood beside a certificate in its file."""

from collections.abc import Iterator

from probe.model.file import CertificateFile, Encoding, FileFormat
from probe.render.files import FORMATS, purpose
from probe.render.paper import Paper, Style
from probe.render.requirements import heading


def draw_file(paper: Paper, file: CertificateFile) -> None:
    """Tell what stood beside the certificate."""
    if file.problem is not None:
        return
    heading(paper, "File")
    for name, text in facts(file):
        paper.row([(f"  {name:<12}", Style.FAINT)], text)


def facts(file: CertificateFile) -> Iterator[tuple[str, str]]:
    """Yield each fact with its label."""
    yield "format", FORMATS[file.format] if file.format else "unknown"
    if file.encoding is Encoding.BASE64 and file.format is not FileFormat.PEM:
        yield "encoding", "Base64"
    if file.protected is not None:
        yield "password", "needed" if file.protected else "none: anybody can open it"
    yield "private key", _key(file)
    if file.provider:
        yield "provider", file.provider
    if file.label:
        yield "name", file.label
    yield "judged as", purpose(file)
    for note in file.notes:
        yield "also there", note


def _key(file: CertificateFile) -> str:
    if not file.has_private_key:
        return "not in the file"
    if file.key_matches is None:
        return "in the file, not compared with the certificate"
    return "in the file" if file.key_matches else "in the file, of another certificate"
