"""The manifests: their structure, what they demand of a cluster, and that they say what others say."""

import os
import re
import shutil
import subprocess
import tomllib

import pytest
import yaml
from support import deploy
from support.deploy import DEPLOY, RULES

HERE = DEPLOY / "kubernetes"
KUSTOMIZATION = deploy.document(HERE / "kustomization.yaml")
MANIFESTS = [*KUSTOMIZATION["resources"], "scan-job.yaml"]
PODS = ["deployment.yaml", "scan-job.yaml"]
RULE_HEAD = """\
# The rules of ../prometheus/rules for the Prometheus operator. A test keeps the two equal;
# CMPROBE_WRITE_GOLDEN=1 make test writes this file again.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: cmprobe
  labels:
    app.kubernetes.io/name: cmprobe
spec:
"""


def manifest(name):
    return deploy.document(HERE / name)


def template(name):
    return manifest(name)["spec"]["template"]


def container(name):
    (only,) = template(name)["spec"]["containers"]
    return only


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_is_one(name):
    found = manifest(name)
    assert re.fullmatch(r"([a-z.]+/)?v\d+", found["apiVersion"])
    assert found["kind"]
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", found["metadata"]["name"])


def test_every_manifest_is_named():
    there = {path.name for path in HERE.glob("*.yaml")}
    assert there == {*MANIFESTS, "kustomization.yaml"}


@pytest.mark.parametrize("name", PODS)
def test_a_pod_meets_the_restricted_standard(name):
    pod = template(name)["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    allowed = {"configMap", "emptyDir", "secret", "projected", "persistentVolumeClaim"}
    assert all(set(volume) <= {"name"} | allowed for volume in pod["volumes"])
    own = container(name)["securityContext"]
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert "privileged" not in own


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_no_larger_than_it_has_to_be(name):
    assert template(name)["spec"]["automountServiceAccountToken"] is False
    assert container(name)["securityContext"]["readOnlyRootFilesystem"] is True
    assert container(name)["resources"]["limits"]["memory"]
    assert container(name)["resources"]["requests"]["cpu"]


@pytest.mark.parametrize("name", PODS)
def test_a_pod_mounts_what_it_has_and_runs_as_the_user_of_the_image(name):
    pod = template(name)["spec"]
    mounted = {mount["name"] for mount in container(name)["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}
    image = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
    security = pod["securityContext"]
    assert f"USER {security['runAsUser']}:{security['runAsGroup']}" in image


def test_the_deployment_selects_its_pods_and_asks_after_them():
    spec = manifest("deployment.yaml")["spec"]
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    own = container("deployment.yaml")
    assert own["livenessProbe"]["httpGet"]["path"] == "/-/healthy"
    assert own["readinessProbe"]["httpGet"]["path"] == "/-/ready"
    written = {mount["mountPath"] for mount in own["volumeMounts"] if not mount.get("readOnly")}
    image = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
    assert set(re.findall(r'"(/var/[a-z/]+)"', image)) <= written


def test_the_service_leads_to_the_pods_and_the_monitor_to_the_service():
    service, monitor = manifest("service.yaml"), manifest("servicemonitor.yaml")
    labels = template("deployment.yaml")["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()
    assert (
        not service["spec"]["selector"].items()
        <= template("scan-job.yaml")["metadata"]["labels"].items()
    )
    (port,) = service["spec"]["ports"]
    assert port["targetPort"] in {one["name"] for one in container("deployment.yaml")["ports"]}
    selected = monitor["spec"]["selector"]["matchLabels"]
    assert selected.items() <= service["metadata"]["labels"].items()
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["port"] == port["name"]
    # The operator names the job after the service, and the rules look for that job.
    assert "jobLabel" not in monitor["spec"]
    assert f'job="{service["metadata"]["name"]}"' in RULES.read_text(encoding="utf-8")


def test_the_rules_are_those_of_prometheus():
    text = RULES.read_text(encoding="utf-8")
    groups = "".join(
        f"  {line}" if line.strip() else line
        for line in text[text.index("groups:") :].splitlines(keepends=True)
    )
    path = HERE / "prometheusrule.yaml"
    if os.environ.get("CMPROBE_WRITE_GOLDEN") == "1":
        path.write_text(RULE_HEAD + groups, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == RULE_HEAD + groups
    assert deploy.document(path)["spec"] == yaml.safe_load(text)


def test_the_example_is_an_inventory(tmp_path):
    from probe.inventory import load

    for name, text in manifest("configmap.yaml")["data"].items():
        tomllib.loads(text)
        (tmp_path / name).write_text(text, encoding="utf-8")
    # As a ConfigMap is mounted: links into a hidden directory that is replaced as a whole.
    mounted = tmp_path / "mounted"
    hidden = mounted / "..2026_11_22"
    hidden.mkdir(parents=True)
    (mounted / "..data").symlink_to(hidden.name)
    for name in manifest("configmap.yaml")["data"]:
        shutil.copy(tmp_path / name, hidden)
        (mounted / name).symlink_to(f"..data/{name}")
    assert len(load([mounted]).targets) == 2


class TestJob:
    def test_has_as_many_parts_as_pods(self):
        spec = manifest("scan-job.yaml")["spec"]
        (shards,) = [
            one["value"] for one in container("scan-job.yaml")["env"] if one["name"] == "SHARDS"
        ]
        assert spec["completionMode"] == "Indexed"
        assert int(shards) == spec["completions"] >= spec["parallelism"]
        # A policy for failures wants it.
        assert spec["template"]["spec"]["restartPolicy"] == "Never"

    @pytest.mark.skipif(
        not os.access("/bin/sh", os.X_OK), reason="a shell of POSIX runs in the pod"
    )
    @pytest.mark.parametrize(("status", "seen"), [(0, 0), (1, 0), (2, 2), (3, 0), (143, 143)])
    def test_takes_its_part_and_results_for_success(self, tmp_path, status, seen):
        program = tmp_path / "cmprobe"
        program.write_text(f'#!/bin/sh\necho "$@"\nexit {status}\n', encoding="utf-8")
        program.chmod(0o755)
        own = container("scan-job.yaml")
        done = subprocess.run(
            ["/bin/sh", "-c", *own["args"]],
            env={"PATH": str(tmp_path), "JOB_COMPLETION_INDEX": "3", "SHARDS": "4"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == seen
        assert done.stdout.split()[-2:] == ["--shard", "4/4"]


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on this machine")
def test_kustomize_builds_it():
    built = list(yaml.safe_load_all(deploy.run("kubectl", "kustomize", HERE)))
    assert {one["kind"] for one in built} == {
        "ConfigMap",
        "Deployment",
        "PrometheusRule",
        "Service",
        "ServiceMonitor",
    }
    (deployment,) = [one for one in built if one["kind"] == "Deployment"]
    (image,) = [one["image"] for one in deployment["spec"]["template"]["spec"]["containers"]]
    assert image == container("scan-job.yaml")["image"]
