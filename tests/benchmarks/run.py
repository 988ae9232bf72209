"""``make bench``: cmprobe beside its peers, in one run and as ratios, and the targets met or not.

It works in a network namespace of its own. Ratios are medians of pairs measured one right after
the other. ``--quick`` takes a tenth of the targets, for trying the benchmark itself;
``--sslyze PYTHON`` names an interpreter that has sslyze. Prints a table in Markdown.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fleet
import peers
import surroundings
from waiting import spent

_HERE = Path(__file__).resolve().parent
_TIMEOUT = 3.0
_AT_ONCE = 100


class Bench:
    """One run: servers and peers are up."""

    def __init__(self, folder: Path, blackbox: peers.Blackbox | None, scale: float) -> None:
        self.folder = folder
        self.blackbox = blackbox
        self.scale = scale
        self.runs = 2 if scale == 1 else 1
        self.rows: list[tuple[str, str, str, str]] = []

    def row(self, figure: str, found: str, target: str, *, met: bool | None) -> None:
        """Add a line to the table, and show that the run goes on."""
        verdict = "met" if met else "**not met**"
        if met is None:
            verdict = "not measured" if target else ""
        self.rows.append((figure, found, target, verdict))
        sys.stderr.write(f"{figure}: {found} ({verdict})\n")

    def size(self, number: int) -> int:
        return max(60, int(number * self.scale))

    def ours(self, *arguments: object) -> dict[str, Any]:
        """Run one measurement of cmprobe in a process of its own."""
        command = [sys.executable, str(_HERE / "ours.py"), *map(str, arguments)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        return dict(json.loads(done.stdout))

    def inventory(self, kind: str, first: int, last: int, **options: Any) -> Path:
        port = options.pop("port", fleet.BOTH[kind])
        name = f"{kind}-{first}-{last}-{port}"
        return fleet.inventory(self.folder, name, range(first, last), port, kind, **options)

    def probes(self, port: int) -> float:
        """Return what a probe costs blackbox_exporter."""
        assert self.blackbox is not None
        return self.blackbox.cost(port, self.size(1000))

    def slope(self, kind: str, mode: str) -> float:
        """Return what one more target costs a scan, by two sizes."""
        few, many = self.size(1000), self.size(3000)
        first, second = (
            self.ours("scan", self.inventory(kind, 0, count), mode, 1) for count in (few, many)
        )
        assert second["reachable"] == many, second
        return (second["cpu"] - first["cpu"]) / (many - few)

    def handshakes(self) -> None:
        ratios, others = [], []
        for kind, version in fleet.PORTS:
            for _ in range(self.runs):
                ours = self.ours("handshakes", kind, version, self.size(1000))["cpu"]
                if self.blackbox is not None:
                    ratios.append(ours / self.probes(fleet.PORTS[kind, version]))
                openssl = peers.s_time(kind, version, 2)
                others.append(ours / openssl if openssl else math.nan)
        self.row(
            "handshake engine ÷ blackbox_exporter",
            _ratio(ratios),
            "≤ 0.5",
            met=_median(ratios) <= 0.5 if ratios else None,
        )
        self.row("handshake engine ÷ `openssl s_time`", _ratio(others), "", met=None)
        self.row("handshake engine ÷ Go 1.24", "Debian has none", "≤ 0.9", met=None)

    def scans(self) -> None:
        like, default, extra = [], [], []
        for kind in fleet.KINDS:
            for _ in range(self.runs):
                probe = self.probes(fleet.BOTH[kind]) if self.blackbox else math.nan
                found, full = self.slope(kind, "like"), self.slope(kind, "default")
                like.append(found / probe)
                default.append(full / probe)
                extra.append(full / found)
        self.row(
            "whole scan per target, like for like ÷ blackbox_exporter's probe",
            _ratio(like),
            "≤ 1.0",
            met=_median(like) <= 1 if self.blackbox else None,
        )
        self.row("the same with all that a scan does by default", _ratio(default), "", met=None)
        self.row("default ÷ like for like", _ratio(extra), "", met=None)
        one = self.slope("rsa", "like")
        for name, cost in (
            ("sslscan (certificate only)", peers.sslscan("rsa", 5)),
            ("sslyze --certinfo", peers.sslyze(_SSLYZE, "rsa", 40)),
        ):
            found = "not installed" if cost is None else f"{one / cost:.2f}"
            self.row(f"whole scan per target, like for like ÷ {name}", found, "", met=None)

    def blackholes(self) -> None:
        """Half of the targets vanish: compare with the time that they must take.

        With whole rounds of dead targets the ideal leaves no slot to a live one for a moment: a
        scan that serves live ones meanwhile ends later by as long as they and their servers take,
        whatever the order. With half a round less there is room for them.
        """
        surroundings.void()
        figure = "half the targets blackholed: wall without start-up ÷ ideal"
        self._blackholes(figure, self.size(1000))
        self._blackholes(f"{figure}, with half a round of dead ones less", self.size(900))

    def _blackholes(self, figure: str, count: int) -> None:
        lines = self.inventory("ec", 0, count, timeout=_TIMEOUT).read_text().split("[[system]]")
        for at in range(1, count + 1, 2):
            lines[at] = lines[at].replace('address = "127.', 'address = "10.')
        path = self.folder / "half.toml"
        path.write_text("[[system]]".join(lines))
        dead = (count + 1) // 2
        ideal = math.ceil(dead / _AT_ONCE) * _TIMEOUT
        alive = [
            self.ours("scan", self.inventory("ec", 0, 10), "like", 1)["wall"]
            for _ in range(self.runs)
        ]
        found = [self.ours("scan", path, "like", 1) for _ in range(self.runs)]
        walls = [(one["wall"] - statistics.median(alive)) / ideal for one in found]
        assert all(one["reachable"] == count - dead for one in found), found
        self.row(figure, _ratio(walls), "≤ 1.05", met=_median(walls) <= 1.05)

    def memory(self) -> None:
        few, many = self.size(500), self.size(2500)
        kept = [
            self.ours("kept", self.inventory("rsa", 0, count))["bytes"] for count in (few, many)
        ]
        each = (kept[1] - kept[0]) / (many - few) / 1024
        self.row("kept per finished target", f"{each:.1f} KiB", "≤ 12 KiB", met=each <= 12)
        silent = subprocess.Popen([sys.executable, _HERE / "silent.py"], stdout=subprocess.PIPE)
        try:
            assert silent.stdout is not None
            port = int(silent.stdout.readline())
            held = [
                self.ours("held", self.inventory("rsa", 0, n, port=port, timeout=600.0))["bytes"]
                for n in (few, many)
            ]
        finally:
            silent.terminate()
            silent.wait()
        # An inventory takes memory too: what a target is before anything is done with it.
        idle = [
            self.ours("idle", self.inventory("rsa", 0, n, port=port, timeout=600.0))["bytes"]
            for n in (few, many)
        ]
        each = ((held[1] - held[0]) - (idle[1] - idle[0])) / (many - few) / 1024
        self.row("connection in flight", f"{each:.1f} KiB", "≤ 8 KiB", met=each <= 8)

    def inspection(self) -> None:
        command = [sys.executable, str(_HERE / "bench_inspect.py"), str(self.size(5000))]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rates = {
            " ".join(line.split()[:2]): float(line.split()[2].replace(",", ""))
            for line in output.splitlines()
        }
        worst = min(rate for name, rate in rates.items() if name.endswith(" text"))
        told = ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items())
        self.row("`inspect` (text), certificates/s/core", told, "≥ 4,000", met=worst >= 4000)

    def scrape(self) -> None:
        command = [sys.executable, str(_HERE / "bench_scrape.py"), str(self.size(5000)), "--client"]
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        worst = max(found["text"], found["openmetrics"])
        self.row(
            f"scrape of {found['endpoints']:,} endpoints with {found['series']:.0f} series each",
            f"{found['text']:.2f} s (OpenMetrics {found['openmetrics']:.2f} s)",
            "≤ 1.5 s",
            met=worst <= 1.5,
        )
        ratio = worst / found["client"]
        self.row("the same ÷ prometheus_client's own writing", f"{ratio:.2f}", "", met=None)
        self.row("metrics kept an endpoint", f"{found['kept'] / 1024:.1f} KiB", "", met=None)

    def start(self) -> None:
        ratios = []
        for _ in range(5 * self.runs):
            ours = spent([sys.executable, "-m", "probe", "--version"])
            ratios.append(ours / spent([sys.executable, "-c", "import argparse, json"]))
        self.row(
            "`cmprobe --version` ÷ `python -c 'import argparse, json'`",
            _ratio(ratios),
            "≤ 1.5",
            met=_median(ratios) <= 1.5,
        )

    def workers(self) -> None:
        path = self.inventory("ec", 0, self.size(3000))
        one, two = (self.ours("scan", path, "default", number) for number in (1, 2))
        self.row(
            "`--workers 2`: processor time of the merging process ÷ of one process",
            f"{two['own'] / one['own']:.2f}",
            "",
            met=None,
        )
        self.row(
            "`--workers 2` on servers elsewhere", "they share our cores", "≥ 1.7 times", met=None
        )


def _median(values: list[float]) -> float:
    return statistics.median(values)


def _ratio(values: list[float]) -> str:
    if not values or any(map(math.isnan, values)):
        return "peer not installed"
    return f"{_median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    """Measure everything, and print the table."""
    scale = 0.1 if _OPTIONS.quick else 1.0
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cmprobe-bench-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        fleet.certificates(folder, max(60, int(3000 * scale)))
        with fleet.nginx(folder), peers.blackbox(folder) as blackbox:
            bench = Bench(folder, blackbox, scale)
            parts: list[Callable[[], None]] = [
                *(bench.handshakes, bench.scans, bench.blackholes, bench.memory),
                *(bench.inspection, bench.scrape, bench.start, bench.workers),
            ]
            for part in parts:
                part()
    lines = [f"{surroundings.about()}; {(time.monotonic() - begun) / 60:.0f} minutes.", ""]
    lines += ["| figure | found | target | |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in bench.rows]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    _PARSER = argparse.ArgumentParser(description=__doc__)
    _PARSER.add_argument("--quick", action="store_true")
    _PARSER.add_argument("--sslyze", metavar="PYTHON")
    _OPTIONS = _PARSER.parse_args()
    _SSLYZE = _OPTIONS.sslyze
    surroundings.isolate()
    main()
