"""What a case is: a module, a target, and whether the exporter here knows its options."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One probe. `newer`: with options that 0.23 does not know."""

    id: str
    prober: str
    target: str
    options: dict[str, Any]
    params: dict[str, str] = field(default_factory=dict)
    timeout: str = "10s"
    newer: bool = False

    @property
    def module(self) -> dict[str, Any]:
        """As a blackbox.yml has it."""
        options = {self.prober: self.options} if self.options else {}
        return {"prober": self.prober, "timeout": self.timeout, **options}

    def keys(self) -> set[str]:
        """The options that it sets, as `http.tls_config.ca_file`."""
        return {"timeout", "prober"} | _paths(self.options, self.prober)


def _paths(value: Any, path: str) -> set[str]:
    if isinstance(value, dict):
        return {inner for key, item in value.items() for inner in {f"{path}.{key}"} | _paths(item, f"{path}.{key}")}
    if isinstance(value, list):
        return {inner for item in value for inner in _paths(item, path)}
    return set()


def made(prober: str, id_: str, target: str, **options: Any) -> Case:
    """A case; `params`, `timeout` and `newer` are no options."""
    extra = {key: options.pop(key) for key in ("params", "timeout", "newer") if key in options}
    return Case(f"{prober}-{id_}", prober, target, options, **extra)


def http(id_: str, target: str, **options: Any) -> Case:
    """Of the prober http."""
    return made("http", id_, target, **options)


def tcp(id_: str, target: str, **options: Any) -> Case:
    """Of the prober tcp."""
    return made("tcp", id_, target, **options)


def icmp(id_: str, target: str, **options: Any) -> Case:
    """Of the prober icmp."""
    return made("icmp", id_, target, **options)


def dns(id_: str, target: str, **options: Any) -> Case:
    """Of the prober dns."""
    return made("dns", id_, target, **options)


def grpc(id_: str, target: str, **options: Any) -> Case:
    """Of the prober grpc."""
    return made("grpc", id_, target, **options)
