"""The Helm chart rendered by Helm itself, held against the schemas of Kubernetes and what is checked in.

`make chart-test` builds Helm and runs these; where it was not built and is not installed they are skipped.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "build" / "tools" / "helm"
KUBERNETES = "1.37"
OTHERS = {"ServiceMonitor", "PrometheusRule"}
"""Kinds of the Prometheus Operator: Kubernetes has no schema of them."""


@pytest.fixture(scope="module")
def helm() -> str:
    found = str(BUILT) if BUILT.exists() else shutil.which("helm")
    if found is None:
        pytest.skip("no Helm: make chart-test builds it and renders the chart")
    return found


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make chart` puts it together."""
    folder = tmp_path_factory.mktemp("chart") / "slamon"
    shutil.copytree(ROOT / "deploy" / "helm" / "slamon", folder)
    shutil.copytree(ROOT / "alerting" / "rules", folder / "files" / "rules")
    shutil.copytree(ROOT / "grafana" / "dashboards", folder / "files" / "dashboards")
    return folder


def run(helm: str, *words: str) -> str:
    done = subprocess.run([helm, *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rendered(helm: str, chart: Path, *settings: str) -> list[dict[str, Any]]:
    """What would be sent to the cluster."""
    text = run(
        helm,
        "template",
        "live",
        str(chart),
        "--kube-version",
        f"{KUBERNETES}.0",
        *(word for one in settings for word in ("--set", one)),
    )
    return [document for document in yaml.safe_load_all(text) if document is not None]


def of_kind(documents: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [document for document in documents if document["kind"] == kind]


def test_make_puts_the_chart_together_as_here(chart: Path) -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\nchart:")[2].partition("\n\n")[0]
    assert "cp -r deploy/helm/slamon" in recipe
    assert "cp -r alerting/rules grafana/dashboards build/chart/slamon/files/" in recipe
    assert sorted(file.name for file in (chart / "files").iterdir()) == ["dashboards", "rules"]


def test_helm_finds_no_fault(helm: str, chart: Path) -> None:
    assert "0 chart(s) failed" in run(helm, "lint", "--strict", str(chart))


SETTINGS = (
    (),
    ("ping=false", "storage.storageClass=fast", "secrets={one,two}"),
    ("serviceMonitor.enabled=false", "rules.enabled=false", "dashboards.enabled=false"),
    ("serviceMonitor.enabled=false",),
    ("serviceMonitor.labels.release=prometheus", "rules.labels.release=prometheus"),
)


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: ",".join(settings) or "default")
def test_all_of_it_is_what_kubernetes_knows(helm: str, chart: Path, settings: tuple[str, ...]) -> None:
    documents = rendered(helm, chart, *settings)
    assert {"ConfigMap", "Service", "StatefulSet"} <= {document["kind"] for document in documents}
    for document in documents:
        if document["kind"] not in OTHERS:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
    names = [(document["kind"], document["metadata"]["name"]) for document in documents]
    assert len(names) == len(set(names))


def test_a_misspelt_key_would_be_found(helm: str, chart: Path) -> None:
    [workload] = of_kind(rendered(helm, chart), "StatefulSet")
    workload["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(workload, KUBERNETES, strict=True)


def test_labels_are_honest_and_the_monitor_finds_the_service(helm: str, chart: Path) -> None:
    documents = rendered(helm, chart, "serviceMonitor.labels.release=prometheus")
    [monitor], [service], [workload] = (of_kind(documents, k) for k in ("ServiceMonitor", "Service", "StatefulSet"))
    [endpoint] = monitor["spec"]["endpoints"]
    assert endpoint["honorLabels"] is True
    assert endpoint["relabelings"] == [{"targetLabel": "job", "replacement": "slamon"}]
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    selected = monitor["spec"]["selector"]["matchLabels"]
    assert selected.items() <= service["metadata"]["labels"].items()
    assert service["spec"]["selector"].items() <= workload["spec"]["template"]["metadata"]["labels"].items()
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}


def test_rules_and_dashboards_are_those_that_are_checked_in(helm: str, chart: Path) -> None:
    documents = rendered(helm, chart)
    ours = [yaml.safe_load(file.read_text()) for file in sorted((ROOT / "alerting" / "rules").iterdir())]
    found = [rule["spec"] for rule in of_kind(documents, "PrometheusRule")]
    assert {one["groups"][0]["name"]: one for one in found} == {one["groups"][0]["name"]: one for one in ours}
    assert len(found) == len(ours)
    boards = {
        name: json.loads(text)
        for document in of_kind(documents, "ConfigMap")
        if document["metadata"]["labels"].get("grafana_dashboard") == "1"
        for name, text in document["data"].items()
    }
    assert boards == {f.name: json.loads(f.read_text()) for f in (ROOT / "grafana" / "dashboards").iterdir()}


def test_the_pod_may_do_little_and_may_ping(helm: str, chart: Path) -> None:
    [workload] = of_kind(rendered(helm, chart), "StatefulSet")
    pod = workload["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert workload["spec"]["replicas"] == 1
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["sysctls"] == [{"name": "net.ipv4.ping_group_range", "value": "0 2147483647"}]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    [silent] = of_kind(rendered(helm, chart, "ping=false"), "StatefulSet")
    assert "sysctls" not in silent["spec"]["template"]["spec"]["securityContext"]
