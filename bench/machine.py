"""What the figures were measured on: facts of the machine, no names and no paths of it."""

import os
import platform
import re
import sqlite3
import subprocess
from importlib import metadata
from pathlib import Path

_PACKAGES = ("pycurl", "uvloop", "apscheduler", "aiodns", "prometheus-client", "pydantic")


def facts() -> dict[str, object]:
    """CPU model, cores, memory, kernel, versions."""
    return {
        "cpu": _first(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo")) or platform.machine(),
        "cores": os.cpu_count(),
        "memory_mib": int(_first(r"MemTotal:\s*(\d+)", Path("/proc/meminfo")) or 0) // 1024,
        "kernel": platform.release().split("-")[0],
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: _version(name) for name in _PACKAGES},
        "peers": {name: _program(name) for name in ("prometheus", "prometheus-blackbox-exporter")},
        "load_before": round(os.getloadavg()[0], 2),
    }


def _first(pattern: str, file: Path) -> str | None:
    try:
        found = re.search(pattern, file.read_text())
    except OSError:
        return None
    return found.group(1).strip() if found else None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _program(name: str) -> str | None:
    try:
        done = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    found = re.search(r"version (\S+)", done.stdout + done.stderr)
    return found.group(1).rstrip(",") if found else None
