"""The image and its companions, as far as can be seen without a container engine."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import deploy
from support.deploy import DEPLOY, ROOT

HERE = DEPLOY / "container"
COMPOSE = HERE / "compose.yaml"
CONTAINERFILE = HERE / "Containerfile"


def instructions():
    """Return the instructions of the file: name and argument, continued lines joined."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line.strip()]


def stage(number):
    """Return the instructions of one stage."""
    found = [[]]
    for name, argument in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, argument))
    return found[1 + number]


def services():
    return deploy.document(COMPOSE)["services"]


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout, so what belongs to the project is not known")
    return {name for name in listed.stdout.split("\0") if name}


def test_the_image_has_two_stages_and_runs_as_nobody_in_particular():
    assert [name for name, _ in instructions()].count("FROM") == 2
    final = dict(stage(1))
    user, _, group = final["USER"].partition(":")
    assert int(user) > 1000
    assert int(group) > 1000
    assert "HEALTHCHECK" in final
    assert final["ENTRYPOINT"] == '["cmprobe"]'


def test_what_is_copied_belongs_to_the_project():
    known = tracked()
    for name, argument in stage(0):
        if name == "COPY":
            for source in argument.split()[:-1]:
                assert source in known or any(one.startswith(f"{source}/") for one in known), source


def test_images_have_a_version():
    images = [argument for name, argument in instructions() if name == "ARG"]
    images += [one["image"] for one in services().values() if "build" not in one]
    for image in images:
        assert re.search(r":v?\d+\.\d+[\w.-]*$", image), image
        assert "latest" not in image


def test_packages_come_by_hash_and_from_nowhere_else():
    pips = [
        command
        for name, argument in stage(0)
        if name == "RUN"
        for command in argument.split("&&")
        if "pip" in command and "-m venv" not in command
    ]
    assert len(pips) == 4
    for command in pips:
        assert "--require-hashes" in command or "--no-index" in command
    assert not re.search(r"(index-url|trusted-host)", CONTAINERFILE.read_text(encoding="utf-8"))


@pytest.mark.real
@pytest.mark.skipif(
    f"python:{sys.version_info.major}.{sys.version_info.minor}-"
    not in CONTAINERFILE.read_text(encoding="utf-8"),
    reason="the image has another Python, whose tests do this",
)
def test_the_steps_of_the_builder(tmp_path):
    """Run as they stand, with other directories; the lock is fetched through pip as configured."""
    root = tmp_path / "root"
    source = tmp_path / "src"
    root.mkdir()
    source.mkdir()
    for name, argument in stage(0):
        words = argument.split()
        if name == "COPY":
            for word in words[:-1]:
                _copy(word, source)
            if "requirements.lock" in words:
                _without_tools(source / "requirements.lock")
        elif name == "RUN":
            command = re.sub(r"(?<![\w.])/(wheels|build|opt)\b", rf"{root}/\1", argument)
            command = command.replace("python -m", f"{shlex.quote(sys.executable)} -m", 1)
            command = re.sub(r"^pip ", f"{shlex.quote(sys.executable)} -m pip ", command)
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=source,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
                env={**os.environ, "PIP_NO_COMPILE": "1"},  # half of the time, for nothing here
            )
            assert done.returncode == 0, command + done.stdout + done.stderr
    cmprobe = root / "opt" / "cmprobe" / "bin" / "cmprobe"
    said = subprocess.run([cmprobe, "rules", "check"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    site = next((root / "opt" / "cmprobe" / "lib").glob("python*/site-packages"))
    installed = {path.name.partition("-")[0] for path in site.glob("*.dist-info")}
    assert {"cmprobe", "ldap3", "uvicorn"} <= installed
    assert not {"pip", "pytest", "hatchling", "ruff"} & installed


def _copy(name: str, target: Path) -> None:
    source = ROOT / name
    if source.is_dir():
        shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target / name)


def _without_tools(lock: Path) -> None:
    """Leave out what neither the build nor the image needs: most of what there is to fetch."""
    text = lock.read_text(encoding="utf-8")
    parts = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    tools = ("mypy==", "ruff==", "grimp==", "import-linter==", "hypothesis==", "pytest")
    kept = [part for part in parts if not part.startswith(tools)]
    assert all(any(part.startswith(tool) for part in parts) for tool in tools)
    lock.write_text("".join(kept), encoding="utf-8")


@pytest.mark.parametrize("name", services())
def test_a_service_is_kept_small(name):
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_what_is_mounted_is_there():
    volumes = deploy.document(COMPOSE)["volumes"]
    for service in services().values():
        for mount in service["volumes"]:
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (HERE / source).exists(), source
                assert mount.endswith(":ro"), mount
            else:
                assert source in volumes


def test_no_secret_is_in_the_file_and_none_can_be_committed_beside_it():
    for secret in deploy.document(COMPOSE)["secrets"].values():
        assert not (HERE / secret["file"]).exists() or secret["file"] not in str(tracked())
        ignored = (HERE / ".gitignore").read_text(encoding="utf-8").split()
        assert secret["file"].removeprefix("./") in ignored
    assert not re.search(r"PASSWORD: ", COMPOSE.read_text(encoding="utf-8"))


def test_prometheus_finds_the_services_and_is_configured_as_elsewhere():
    here = deploy.document(HERE / "prometheus.yml")
    shipped = (DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    for name, port in (("cmprobe", 9735), ("alertmanager", 9093)):
        shipped = shipped.replace(f"127.0.0.1:{port}", f"{name}:{port}")
        assert name in services()
    shipped = shipped.replace("https://cmprobe.corp.contoso.com", "http://127.0.0.1:9735")
    assert here == deploy.yaml.safe_load(shipped)


@pytest.mark.real
def test_promtool_accepts_it_where_compose_mounts_it(tmp_path):
    shutil.copy(HERE / "prometheus.yml", tmp_path)
    shutil.copytree(DEPLOY / "prometheus" / "rules", tmp_path / "rules")
    assert "1 rule files found" in deploy.run(
        "promtool", "check", "config", tmp_path / "prometheus.yml"
    )
