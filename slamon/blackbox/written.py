"""Modules written out as the exporter writes them: what is empty is left out, secrets are `<secret>`."""

from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from slamon.catalogue.blackbox import BlackboxFile, Module
from slamon.catalogue.blackbox.client import ProxySection, Section
from slamon.catalogue.blackbox.models import HttpModule
from slamon.catalogue.secret import Secret

SECRET = "<secret>"
ALWAYS = frozenset({"follow_redirects", "enable_http2", "username", "client_id", "token_url"})
HARMLESS = frozenset(
    {"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "content-type", "host"}
    | {"origin", "referer", "user-agent"}
)
"""Headers whose values are shown; any other may be a key."""


def written_file(file: BlackboxFile) -> str:
    """The whole file."""
    return _yaml({"modules": {name: _section(module) for name, module in sorted(file.modules.items())}})


def written_module(module: Module) -> str:
    """One module."""
    return _yaml(_section(module))


def secrets(value: Any) -> list[str]:
    """Every secret that a module holds, to be masked wherever a text of a stranger is shown."""
    if isinstance(value, Secret):
        return [value.reveal()]
    if isinstance(value, (Section, dict, tuple)):
        return [secret for inner in _inner(value) for secret in secrets(inner)] + _odd(value)
    return []


def _odd(section: Any) -> list[str]:
    """Secrets that stand in places that are not made for them."""
    found: list[str] = []
    if isinstance(section, HttpModule):
        headers = [value for name, value in section.headers.items() if name.lower() not in HARMLESS]
        found += [word for value in headers for word in (value, *value.split())]
    if isinstance(section, ProxySection) and section.proxy_url:
        password = urlsplit(section.proxy_url).password
        found += [password, unquote(password)] if password else []
    return found


def _inner(value: Any) -> list[Any]:
    if isinstance(value, Section):
        return [getattr(value, name) for name in type(value).model_fields]
    return list(value.values()) if isinstance(value, dict) else list(value)


def _section(section: Section) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in type(section).model_fields:
        value = _value(name, getattr(section, name))
        if name == "no_follow_redirects":
            continue
        if name == "follow_redirects" and isinstance(section, HttpModule):
            value = section.follows
        if name in ALWAYS or not _empty(value):
            made[name] = value
    return made


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Secret):
        return SECRET
    if isinstance(value, Section):
        return _section(value)
    if isinstance(value, tuple):
        return [_value(name, inner) for inner in value]
    if name == "headers" and isinstance(value, dict):
        return {key: _header(key, inner) for key, inner in value.items()}
    if isinstance(value, dict):
        return {key: _value(key, inner) for key, inner in value.items()}
    if name == "proxy_url" and value:
        return _redacted(value)
    if name == "timeout" and value:
        return _duration(value)
    return value


def _header(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return value if name.lower() in HARMLESS else SECRET
    return _value(name, value)


def _empty(value: Any) -> bool:
    return value is None or value is False or value == 0 or value == "" or value == [] or value == {}


def _redacted(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":xxxxx@", 1)


def _duration(seconds: float) -> str:
    """As Go writes it: `1m30s`, `1.5s`, `500ms`."""
    if seconds < 1:
        for unit, size in (("ms", 1e-3), ("µs", 1e-6)):
            if seconds >= size:
                return f"{seconds / size:.6f}".rstrip("0").rstrip(".") + unit
        return f"{round(seconds * 1e9)}ns"
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    tail = f"{left:.9f}".rstrip("0").rstrip(".") + "s"
    head = f"{int(hours)}h{int(minutes)}m" if hours else f"{int(minutes)}m" if minutes else ""
    return head + tail


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, default_flow_style=False, width=1000)
