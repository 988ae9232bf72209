"""Debian's Prometheus and Alertmanager on loopback, with the files of deploy/ made fast."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml
from support import deploy
from support.deploy import DEPLOY
from support.programs import free_port, program, running


class Asked:
    """A program with an HTTP API."""

    def __init__(self, port: int) -> None:
        self.address = f"127.0.0.1:{port}"

    def ready(self) -> bool:
        """Whether it answers questions: it accepts connections before that."""
        address = f"http://{self.address}/-/ready"
        return httpx.get(address, trust_env=False, timeout=10).status_code == httpx.codes.OK

    def json(self, path: str, **parameters: str) -> Any:
        """Return what it answers to a GET; nothing but success will do."""
        address = f"http://{self.address}{path}"
        answer = httpx.get(address, params=parameters, trust_env=False, timeout=10)
        answer.raise_for_status()
        return answer.json()


class Prometheus(Asked):
    """Prometheus."""

    def firing(self, alert: str = ".*") -> list[dict[str, Any]]:
        """Return the alerts that fire, with labels and annotations."""
        alerts = self.json("/api/v1/alerts")["data"]["alerts"]
        return [
            one
            for one in alerts
            if one["state"] == "firing" and re.fullmatch(alert, one["labels"]["alertname"])
        ]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the samples of an instant query."""
        return self.json("/api/v1/query", query=expression)["data"]["result"]


class Alertmanager(Asked):
    """Alertmanager."""

    def tell(self, *alerts: dict[str, str]) -> None:
        """Raise alerts with these labels, as Prometheus would."""
        body = [{"labels": labels} for labels in alerts]
        answer = httpx.post(f"http://{self.address}/api/v2/alerts", json=body, trust_env=False)
        answer.raise_for_status()

    def alerts(self, alert: str = ".*") -> list[dict[str, Any]]:
        """Return the alerts that it has and that are not resolved."""
        alerts = self.json("/api/v2/alerts")
        return [one for one in alerts if re.fullmatch(alert, one["labels"]["alertname"])]


def assert_readable(alerts: list[dict[str, Any]]) -> None:
    """Every text is filled in, and every link leads to a page of the exporter."""
    links = set()
    for alert in alerts:
        for text in alert["annotations"].values():
            assert text
            assert "<no value>" not in text
            assert "error executing template" not in text
        links.add(alert["annotations"]["url"])
    assert len(links) > 3
    for link in links:
        answer = httpx.get(link, trust_env=False, timeout=20)
        assert answer.status_code == 200, link


@contextmanager
def alertmanager(directory: Path) -> Iterator[Alertmanager]:
    """Run Alertmanager as shipped, but that it tells nobody and waits for nothing."""
    configuration = deploy.document(DEPLOY / "alertmanager" / "alertmanager.yml")
    configuration["receivers"] = [{"name": one["name"]} for one in configuration["receivers"]]
    directory.mkdir()
    file = directory / "alertmanager.yml"
    file.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    port = free_port()
    command = (
        program("prometheus-alertmanager"),
        f"--config.file={file}",
        f"--storage.path={directory}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
    with running(command, port, directory=directory):
        started = Alertmanager(port)
        until(started.ready, "Alertmanager is ready")
        yield started


@contextmanager
def prometheus(
    directory: Path,
    exporter: int,
    alertmanager: Alertmanager,
    *more: Path,
    jobs: tuple[str, ...] = ("cmprobe", "cmprobe-probe"),
) -> Iterator[Prometheus]:
    """Run Prometheus as shipped, but that it looks every other second and waits a second for alerts.

    ``more`` are further files of rules, ``jobs`` the scrape jobs that are kept.
    """
    rules = directory / "rules"
    rules.mkdir(parents=True)
    fast = re.sub(r"(?m)^( +for:) \w+$", r"\1 1s", deploy.RULES.read_text(encoding="utf-8"))
    assert fast.count("for: 1s") == len(deploy.rules("alert"))
    (rules / "cmprobe.rules.yml").write_text(fast, encoding="utf-8")
    text = (DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    text = text.replace("127.0.0.1:9735", f"127.0.0.1:{exporter}")
    text = text.replace("127.0.0.1:9093", alertmanager.address)
    text = text.replace("https://cmprobe.corp.contoso.com", f"http://127.0.0.1:{exporter}")
    text = re.sub(r"((?:scrape|evaluation)_interval:) \w+", r"\1 2s", text)
    text = re.sub(r"(scrape_timeout:) \w+", r"\1 2s", text)
    configuration = yaml.safe_load(text)
    scraped = configuration["scrape_configs"]
    configuration["scrape_configs"] = [one for one in scraped if one["job_name"] in jobs]
    configuration["rule_files"] += map(str, more)
    file = directory / "prometheus.yml"
    file.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    port = free_port()
    command = (
        program("prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={directory / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    )
    with running(command, port, directory=directory):
        started = Prometheus(port)
        until(started.ready, "Prometheus is ready")
        yield started


def until(holds, what: str, seconds: float = 60.0):
    """Ask again and again until there is an answer, and return it."""
    end = time.monotonic() + seconds
    while not (answer := holds()):
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.2)
    return answer
