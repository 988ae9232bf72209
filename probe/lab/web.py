"""The least of a web server that answers as IIS does: fixed pages, the rest is 404."""

from collections.abc import Mapping

import msgspec

_LONGEST_HEAD = 16 * 1024
_END_OF_HEAD = b"\r\n\r\n"


class Page(msgspec.Struct, frozen=True):
    """One answer, with its reason phrase, which Configuration Manager puts its errors into."""

    code: int
    reason: str
    body: bytes = b""
    content_type: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()


NOT_FOUND = Page(404, "Not Found")
BAD_REQUEST = Page(400, "Bad Request")
METHOD_NOT_ALLOWED = Page(405, "Method Not Allowed", headers=(("Allow", "GET, HEAD"),))


class Web:
    """One HTTP/1.1 connection (RFC 9112). Paths are told apart without case, as on Windows."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        """Serve ``pages`` by request target, query included."""
        self.finished = False
        self._pages = pages
        self._buffer = b""

    def receive(self, data: bytes) -> bytes:
        """Answer every request that is complete."""
        self._buffer += data
        answers = []
        while _END_OF_HEAD in self._buffer and not self.finished:
            head, self._buffer = self._buffer.split(_END_OF_HEAD, 1)
            answers.append(self._answer(head))
        # A TLS record starts with a control character; IIS answers it at once, in plain text.
        foreign = bool(self._buffer) and self._buffer[:1] < b"A"
        if not self.finished and (foreign or len(self._buffer) > _LONGEST_HEAD):
            self.finished = True
            answers.append(_write("GET", BAD_REQUEST, close=True))
        return b"".join(answers)

    def _answer(self, head: bytes) -> bytes:
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):  # noqa: PLR2004 - RFC 9112, 3
            self.finished = True
            return _write("GET", BAD_REQUEST, close=True)
        method, target, version = words
        headers = [line.lower().replace(" ", "") for line in lines[1:]]
        self.finished = version == "HTTP/1.0" or "connection:close" in headers
        page = self._pages.get(target.lower(), NOT_FOUND)
        if method not in {"GET", "HEAD"}:
            # The body of such a request is not read, so the connection cannot go on.
            self.finished = True
            page = METHOD_NOT_ALLOWED
        return _write(method, page, close=self.finished)


def lowered(served: Mapping[str, Page]) -> dict[str, Page]:
    """Spell the targets as `Web` looks them up."""
    return {target.lower(): page for target, page in served.items()}


def _write(method: str, page: Page, *, close: bool) -> bytes:
    lines = [
        f"HTTP/1.1 {page.code} {page.reason}",
        f"Content-Type: {page.content_type}",
        "Server: Microsoft-IIS/10.0",
        *(f"{name}: {value}" for name, value in page.headers),
        f"Content-Length: {len(page.body)}",
        *(("Connection: close",) if close else ()),
    ]
    head = "\r\n".join(lines).encode("latin-1") + _END_OF_HEAD
    return head if method == "HEAD" else head + page.body
