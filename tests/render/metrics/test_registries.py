"""Whole expositions: one to look at, and what the programs that read them say.

CMPROBE_WRITE_GOLDEN=1 python -m pytest tests/render/metrics writes the golden files anew: read
the difference before committing it.
"""

import os
import re
import subprocess
import urllib.request
from pathlib import Path

import msgspec
import pytest
from support import programs
from support.chains import leaf
from support.metrics import answered, endpoint, judged, parsed
from support.scenarios import SCENARIOS, addresses, expired_cmg, good

from probe.cli.main import main
from probe.model.finding import Outcome
from probe.render.metrics import exposition, probe_registry, report_prometheus

GOLDEN = Path(__file__).parent / "golden"
WRITE = "CMPROBE_WRITE_GOLDEN"


def scanned():
    """Return a report of a sound endpoint, an expired one, and a name with three addresses."""
    dp = endpoint(
        judged("sha2-signature", Outcome.FAIL, at=1),
        judged("not-expired"),
        revocation=[answered("http://pki.contoso.com/issuing.crl")],
    )
    results = [r for made in (good, expired_cmg, addresses) for r in made().results]
    return msgspec.structs.replace(good(), results=(dp, *results))


def probed():
    found = [judged(rule) for rule in ("chain-trusted", "not-expired", "already-valid")]
    result = endpoint(
        *found,
        chain=leaf("dp01.corp.contoso.com", subject="CN=dp01,OU=Servers,O=Contoso"),
        revocation=[answered("http://pki.contoso.com/issuing.crl", revoked=False)],
    )
    return exposition(probe_registry([result], "intranet", 0.25))[0].decode()


CASES = {"scan.prom": lambda: report_prometheus(scanned()), "probe.prom": probed}


@pytest.mark.parametrize("name", CASES)
def test_looks_as_reviewed(name):
    text = re.sub(r'"[0-9a-f]{64}"', '"<sha256>"', CASES[name]())
    path = GOLDEN / name
    if os.environ.get(WRITE):
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_text(encoding="utf-8"), f"{WRITE}=1 rewrites what was reviewed"


@pytest.mark.real
@pytest.mark.parametrize("name", [*SCENARIOS, *CASES])
def test_promtool_has_nothing_to_say(name):
    make = CASES.get(name) or (lambda: report_prometheus(SCENARIOS[name]()))
    command = [programs.program("promtool"), "check", "metrics"]
    done = subprocess.run(command, input=make(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.real
def test_node_exporter_reads_a_report_as_a_textfile(tmp_path):
    folder, port = tmp_path / "textfile", programs.free_port()
    folder.mkdir()
    (folder / "cmprobe.prom").write_text(report_prometheus(scanned()), encoding="utf-8")
    command = [
        programs.program("prometheus-node-exporter"),
        "--collector.disable-defaults",
        "--collector.textfile",
        f"--collector.textfile.directory={folder}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    url = f"http://127.0.0.1:{port}/metrics"
    with (
        programs.running(command, port, directory=tmp_path),
        urllib.request.urlopen(url, timeout=5) as answer,
    ):
        read = labelled(parsed(answer.read().decode()))
    ours = labelled(parsed(report_prometheus(scanned())))
    assert read[("node_textfile_scrape_error", frozenset())] == 0
    assert ours.items() <= read.items()


def labelled(samples):
    """Return samples without empty labels, which are none."""
    return {
        (name, frozenset(pair for pair in labels if pair[1])): value
        for (name, labels), value in samples.items()
    }


def test_the_report_of_a_file(tmp_path, capsys):
    path = tmp_path / "dp01.der"
    path.write_bytes(leaf("dp01", days=-1)[0])
    main(["inspect", str(path), "--format", "prometheus", "--as-of", "2026-11-22T02:00:00Z"])
    found = parsed(capsys.readouterr().out)
    names = {name for name, _ in found}
    assert "configmgr_certificate_not_after_timestamp_seconds" in names
    assert "configmgr_probe_success" not in names
    failed = {
        dict(labels)["rule"]
        for (name, labels), value in found.items()
        if name == "configmgr_requirement_passed" and value == 0
    }
    assert "not-expired" in failed
    assert {dict(labels).get("target", str(path)) for _, labels in found} == {str(path)}
