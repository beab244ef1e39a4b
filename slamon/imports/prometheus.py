"""Prometheus' targets, probed through blackbox_exporter or scraped: scrape configurations and lists of targets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from slamon.catalogue.discovery.lists import BadList, Group, parsed
from slamon.catalogue.discovery.models import Relabel
from slamon.catalogue.discovery.relabel import relabelled
from slamon.catalogue.discovery.sources import matching
from slamon.errors import UsageError
from slamon.imports.blackbox import Modules
from slamon.imports.draft import Draft, DraftCheck
from slamon.imports.given import Given, words, yaml_value
from slamon.imports.parts import duration, duration_ms

EXAMPLE_TARGETS = {"http": "https://target.example.org/", "icmp": "target.example.org", "dns": "dns.example.org",
                   "websocket": "wss://target.example.org/"}  # fmt: skip
_DISCOVERIES = words(
    "azure_sd_configs consul_sd_configs digitalocean_sd_configs docker_sd_configs dockerswarm_sd_configs dns_sd_configs"
    " ec2_sd_configs eureka_sd_configs gce_sd_configs hetzner_sd_configs http_sd_configs ionos_sd_configs"
    " kubernetes_sd_configs kuma_sd_configs lightsail_sd_configs linode_sd_configs marathon_sd_configs"
    " nerve_sd_configs nomad_sd_configs openstack_sd_configs ovhcloud_sd_configs puppetdb_sd_configs"
    " scaleway_sd_configs serverset_sd_configs stackit_sd_configs triton_sd_configs uyuni_sd_configs"
    " vultr_sd_configs"
)
_OF_SAMPLES = words(
    "body_size_limit convert_classic_histograms_to_nhcb enable_compression extra_scrape_metrics"
    " fallback_scrape_protocol honor_labels honor_timestamps keep_dropped_targets label_limit"
    " label_name_length_limit label_value_length_limit metric_name_escaping_scheme metric_name_validation_scheme"
    " metric_relabel_configs native_histogram_bucket_limit native_histogram_min_bucket_factor sample_limit"
    " scrape_classic_histograms scrape_failure_log_file scrape_native_histograms scrape_protocols target_limit"
    " track_timestamps_staleness always_scrape_classic_histograms"
)
_OF_PROMETHEUS = (
    "rule_files", "scrape_config_files", "alerting", "remote_write", "remote_read", "storage", "tracing", "otlp",
    "runtime",
)  # fmt: skip
_CLIENT = (
    "basic_auth", "authorization", "oauth2", "tls_config", "follow_redirects", "enable_http2", "http_headers",
    "proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header", "bearer_token", "bearer_token_file",
)  # fmt: skip
_PARAM = "__param_"


@dataclass(slots=True)
class _Files:
    modules: dict[str, Any] = field(default_factory=dict)
    folder: Path = field(default_factory=Path)
    configurations: list[tuple[Path, Mapping[str, Any]]] = field(default_factory=list)
    lists: list[tuple[Path, list[Group]]] = field(default_factory=list)


def import_files(files: Sequence[Path], *, modules_too: bool) -> Draft:
    """A draft of Prometheus' configurations, lists of targets, and files of modules, told apart by what they hold.

    `modules_too`: modules that no target uses are shown, with an example of a target.
    """
    draft, known = Draft(), _sorted(files)
    modules = Modules(known.modules, known.folder)
    used: set[str] = set()
    for file, value in known.configurations:
        _configuration(draft, file, Given(value, draft.leave, file.name), modules, used)
    for file, groups in known.lists:
        for labels in _targets(groups):
            _put(draft, labels | {"job": labels.get("job", file.stem)}, modules, used, {})
    if modules_too:
        for name in [name for name in modules.known if name not in used]:
            _unused(draft, modules, name)
    return draft.finish()


def _sorted(files: Sequence[Path]) -> _Files:
    known = _Files()
    for file in files:
        value = yaml_value(file)
        if isinstance(value, dict) and isinstance(value.get("modules"), dict):
            known.modules |= value["modules"]
            known.folder = file.resolve().parent
        elif isinstance(value, dict) and ("scrape_configs" in value or "global" in value):
            known.configurations.append((file, value))
        elif isinstance(value, list):
            known.lists.append((file, _groups(file)))
        else:
            expected = "modules (blackbox.yml), scrape_configs (prometheus.yml), or a list of targets"
            raise UsageError(f"{file}: found none of these, expected {expected}")
    return known


def _groups(file: Path) -> list[Group]:
    try:
        return parsed(file.read_bytes(), json_only=file.suffix == ".json")
    except (BadList, OSError) as error:
        raise UsageError(f"{file}: {error}") from None


def _targets(groups: Sequence[Group]) -> Iterator[dict[str, str]]:
    return (labels for group in groups for labels in group.each())


def _configuration(draft: Draft, file: Path, given: Given, modules: Modules, used: set[str]) -> None:
    wide = given.inner("global")
    interval, timeout = wide.text("scrape_interval", "1m"), wide.text("scrape_timeout", "10s")
    wide.leave("external_labels", "checks have no labels")
    wide.ignore("evaluation_interval", "rule_query_offset", "query_log_file", *_OF_SAMPLES)
    wide.rest()
    for key in _OF_PROMETHEUS:
        given.leave(key, "it is no target")
    for value in given.list("scrape_configs"):
        name = value.get("job_name", "?") if isinstance(value, dict) else "?"
        job = _Job(draft, file, Given(value, draft.leave, f"scrape_configs.{name}"), modules, used)
        job.put(interval, timeout)
    given.rest()


class _Job:
    """One scrape configuration."""

    def __init__(self, draft: Draft, file: Path, given: Given, modules: Modules, used: set[str]) -> None:
        self._draft, self._file, self._given = draft, file, given
        self._modules, self._used = modules, used
        self._name = given.text("job_name")

    def put(self, interval: str, timeout: str) -> None:
        """Make checks of its targets."""
        given = self._given
        settings = {
            "interval": duration(duration_ms(given.text("scrape_interval", interval)) or 60_000),
            "timeout": duration(duration_ms(given.text("scrape_timeout", timeout)) or 10_000),
        }
        labels = {
            "job": self._name,
            "__scheme__": given.text("scheme", "http"),
            "__metrics_path__": given.text("metrics_path", "/metrics"),
            **{
                f"{_PARAM}{name}": str(v[0]) for name, v in given.mapping("params").items() if isinstance(v, list) and v
            },
        }
        rules = self._rules()
        for target in self._listed():
            found = relabelled(labels | target, rules)
            if found is not None:
                found.setdefault("instance", found.get("__address__", ""))
                _put(self._draft, found, self._modules, self._used, settings)
        for key in _DISCOVERIES:
            given.leave(key, "targets that are discovered: use slamon's discover")
        for key in _CLIENT:
            given.leave(key, "it is how Prometheus asks the exporter, or a check of its own to be written")
        given.ignore(*_OF_SAMPLES)
        given.rest()

    def _rules(self) -> list[Relabel]:
        rules = []
        for number, rule in enumerate(self._given.list("relabel_configs"), 1):
            try:
                rules.append(Relabel.model_validate(rule))
            except ValidationError:
                self._draft.leave(f"scrape_configs.{self._name}.relabel_configs: rule {number} cannot be read")
        return rules

    def _listed(self) -> Iterator[dict[str, str]]:
        for value in self._given.list("static_configs"):
            inner = Given(value, self._draft.leave, f"scrape_configs.{self._name}.static_configs")
            labels = {name: str(text) for name, text in inner.mapping("labels").items()}
            targets = inner.list("targets")
            inner.rest()
            yield from ({**labels, "__address__": str(target)} for target in targets)
        for value in self._given.list("file_sd_configs"):
            inner = Given(value, self._draft.leave, f"scrape_configs.{self._name}.file_sd_configs")
            inner.ignore("refresh_interval")
            wanted = [self._file.parent / str(name) for name in inner.list("files")]
            inner.rest()
            found_files = matching(wanted)
            if not found_files:
                names = ", ".join(str(path) for path in wanted)
                self._draft.leave(f"scrape_configs.{self._name}: no file there is {names}")
            for file in found_files:
                yield from _targets(_groups(file))


def _put(
    draft: Draft, labels: Mapping[str, str], modules: Modules, used: set[str], settings: Mapping[str, Any]
) -> None:
    """A check of a target with all its labels."""
    target = labels.get(f"{_PARAM}target")
    instance = labels.get("instance") or target or labels.get("__address__", "")
    check = draft.service(labels.get("job", "targets")).check(instance, source=instance)
    check.settings.update(settings)
    if target is not None:
        module = labels.get(f"{_PARAM}module", "http_2xx")
        used.add(module)
        _probed(check, modules, module, target, labels.get(f"{_PARAM}hostname"))
    else:
        address = labels.get("__address__", "")
        url = f"{labels.get('__scheme__', 'http')}://{address}{labels.get('__metrics_path__', '/metrics')}"
        check.settings["http"] = {"url": url}
    others = {
        name: text for name, text in labels.items() if not name.startswith("__") and name not in ("job", "instance")
    }
    if others:
        check.leave("labels, as checks have none: " + ", ".join(f"{name}={text}" for name, text in others.items()))
    params = [name for name in labels if name.startswith(_PARAM)]
    for name in sorted(set(params) - {f"{_PARAM}{known}" for known in ("target", "module", "hostname", "debug")}):
        check.leave(f"the parameter {name.removeprefix(_PARAM)} of the url")


def _probed(check: DraftCheck, modules: Modules, module: str, target: str, hostname: str | None) -> None:
    """As the exporter would: within the shorter of the module's time and the scrape's."""
    scrape = duration_ms(check.settings.get("timeout"))
    modules.put(check, module, target, hostname)
    own = duration_ms(check.settings.get("timeout"))
    if scrape is not None and own is not None:
        check.settings["timeout"] = duration(min(scrape, own))
    check.settings = {key: check.settings[key] for key in sorted(check.settings, key=_last)}


def _last(key: str) -> bool:
    return key not in ("interval", "timeout")


def _unused(draft: Draft, modules: Modules, name: str) -> None:
    check = draft.service(name).check("target", source=name)
    value = modules.known[name]
    prober = value.get("prober") if isinstance(value, dict) else None
    check.leave("the target: no scrape configuration names one for this module; put yours in its place")
    modules.put(check, name, EXAMPLE_TARGETS.get(str(prober), "target.example.org:443"))
