"""The files of deploy/ agree with each other and with the mock: what can be seen without a cluster."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server import __version__
from mock_server.options import parser

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FOLDER = DEPLOY / "kubernetes"
ALL = [each for path in sorted(FOLDER.glob("*.yaml")) for each in yaml.safe_load_all(path.read_text("utf-8"))]


def named(kind: str, name: str, file: str = "mock.yaml") -> Any:
    documents = yaml.safe_load_all((FOLDER / file).read_text("utf-8"))
    (found,) = [each for each in documents if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def upstream(path: Path) -> str:
    """The lines of an upstream that are not about where the processes are."""
    text = re.sub(r" *#.*", "", path.read_text("utf-8"))
    return re.sub(r"    server \S+ max_fails=0;\n", "", text).strip()


def test_every_process_has_its_service_and_its_line() -> None:
    mocks = named("StatefulSet", "deals-mock")
    names = [f"deals-mock-{number}" for number in range(mocks["spec"]["replicas"])]
    for name in names:
        assert named("Service", name)["spec"]["selector"] == {"statefulset.kubernetes.io/pod-name": name}
    listed = re.findall(r"server (\S+):4010 ", (FOLDER / "mocks.conf").read_text("utf-8"))
    assert listed == names
    assert upstream(FOLDER / "mocks.conf") == upstream(DEPLOY / "nginx" / "mocks.conf")


def test_the_container_is_started_as_the_mock_understands() -> None:
    (container,) = named("StatefulSet", "deals-mock")["spec"]["template"]["spec"]["containers"]
    options = parser().parse_args(container["args"])
    assert options.require_world
    assert str(Path(options.state).parent) in [mount["mountPath"] for mount in container["volumeMounts"]]
    assert container["image"].endswith(f":{__version__}")
    assert [each["containerPort"] for each in container["ports"]] == [options.port]


def test_the_unit_is_started_as_the_mock_understands() -> None:
    unit = (DEPLOY / "systemd" / "deals-mock@.service").read_text("utf-8")
    (line,) = re.findall(r"^ExecStart=(.*)$", unit, re.M)
    options = parser().parse_args(shlex.split(line.replace("%i", "4011"))[1:])
    assert (options.port, options.require_world) == (4011, True)


@pytest.mark.parametrize("kind", ["StatefulSet", "Deployment"])
def test_a_selector_finds_its_pods(kind: str) -> None:
    for each in (each for each in ALL if each["kind"] == kind):
        labels = each["spec"]["template"]["metadata"]["labels"]
        assert each["spec"]["selector"]["matchLabels"] == labels


def test_an_ingress_leads_to_a_service_that_is_there() -> None:
    services = {each["metadata"]["name"]: each["spec"]["ports"] for each in ALL if each["kind"] == "Service"}
    ingresses = [each for each in ALL if each["kind"] == "Ingress"]
    assert len(ingresses) == 2
    for ingress in ingresses:
        service = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
        assert service["port"]["number"] in [port["port"] for port in services[service["name"]]]


def test_what_kustomize_reads_is_there() -> None:
    told = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text("utf-8"))
    files = [name.rpartition("=")[2] for each in told["configMapGenerator"] for name in each["files"]]
    for name in [*told["resources"], *files]:
        assert (DEPLOY / name).is_file(), name
