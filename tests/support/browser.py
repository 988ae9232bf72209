"""Headless Chromium, driven over the DevTools protocol on two pipes."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from support.programs import program

_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_COMPLAINTS = {"Log.entryAdded", "Runtime.exceptionThrown", "Audits.issueAdded"}


class Browser:
    """One tab. ``complaints`` collects what its console says, as the protocol words it."""

    def __init__(self, write: int, read: FileIO) -> None:
        self._write = write
        self._read = read
        self._number = 0
        self._rest = b""
        self._session: str | None = None
        self.complaints: list[dict] = []
        self._loaded = 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params) -> dict:
        """Call a method of the protocol and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def look(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Set the size of the window and the colours that the reader prefers."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        """Load a page and wait until it is there."""
        loaded = self._loaded
        self.call("Page.navigate", url=url)
        while self._loaded == loaded:
            self._next()

    def evaluate(self, expression: str):
        """Return what a script expression (or its promise) yields."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self, path: Path, *, most: int = 6000) -> None:
        """Write a picture of the whole page, at most so many pixels of its height."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], most)}
        shot = self.call(
            "Page.captureScreenshot", captureBeyondViewport=True, clip={**clip, "scale": 1}
        )
        path.write_bytes(base64.b64decode(shot["data"]))

    def _next(self) -> dict:
        while b"\0" not in self._rest:
            part = self._read.read(1 << 20)
            assert part, "the browser has ended"
            self._rest += part
        message, self._rest = self._rest.split(b"\0", 1)
        told = json.loads(message)
        if told.get("method") in _COMPLAINTS:
            self.complaints.append(told)
        self._loaded += told.get("method") == "Page.loadEventFired"
        return told


@contextmanager
def browser(directory: Path) -> Iterator[Browser]:
    """Run Chromium with a profile of its own below ``directory``."""
    command, answers = os.pipe(), os.pipe()
    # The browser reads the protocol on descriptor 3 and writes it on 4.
    wiring = f'exec 3<&{command[0]} 4>&{answers[1]}; exec "$@"'
    process = subprocess.Popen(
        [
            *("/bin/bash", "-c", wiring, "bash", program("chromium")),
            *_SWITCHES,
            f"--user-data-dir={directory / 'chromium'}",
            "about:blank",
        ],
        pass_fds=(command[0], answers[1]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(command[0])
    os.close(answers[1])
    try:
        with os.fdopen(answers[0], "rb", buffering=0) as read:
            yield Browser(command[1], read)
    finally:
        os.close(command[1])
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
