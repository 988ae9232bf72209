"""HTML as a browser reads it, far enough to see what is wrong with a page."""

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "wbr", "img", "hr"}
FOREIGN_VOID = {"rect", "line", "path"}


class Page(HTMLParser):
    """Reads a page; ``problems`` says what no page of ours may have."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        if self.open:
            self.problems.append(f"not closed: {self.open}")
        self._check()

    @property
    def text(self) -> str:
        """The words of the page, as they are read."""
        return " ".join(" ".join(self.words).split())

    def links(self) -> list[str]:
        return [found["href"] for tag, found in self.tags if tag == "a"]

    def handle_starttag(self, tag, attrs):
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        if tag not in VOID and not (tag in FOREIGN_VOID and "svg" in self.open):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in FOREIGN_VOID
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing at {self.getpos()}")

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    def _check(self):
        if len(set(self.ids)) != len(self.ids):
            twice = {one for one in self.ids if self.ids.count(one) > 1}
            self.problems.append(f"the same id twice: {twice}")
        if self.headings.count(1) != 1:
            self.problems.append(f"{self.headings.count(1)} headings of level 1")
        for before, after in zip(self.headings, self.headings[1:], strict=False):
            if after > before + 1:
                self.problems.append(f"a heading of level {after} after one of level {before}")
        for tag, found in self.tags:
            self.problems += [
                f"{name} on {tag}" for name in found if name == "style" or name.startswith("on")
            ]
            if tag == "th" and "scope" not in found:
                self.problems.append("a header of a table without its scope")
            for name in ("aria-labelledby", "aria-describedby", "for"):
                self.problems += [
                    f"{name}: there is no {one}"
                    for one in found.get(name, "").split()
                    if one not in self.ids
                ]
            if tag == "a" and found["href"].startswith("#") and found["href"][1:] not in self.ids:
                self.problems.append(f"{found['href']} leads nowhere")
