"""Checks that hang until their time is over: they are to delay no others."""

from typing import Any

JOURNEYS = PLUGINS = 50
TIMES = {"interval": "10s", "timeout": "10s"}
"""So each is under way all the time."""


def checks(mute: str) -> list[dict[str, Any]]:
    """Journeys to a server that says nothing, and plug-ins that end only when they are ended."""
    journey = {"url": f"http://{mute}/", "steps": [{"name": "wait", "url": "/"}]}
    plugin = {"command": ["/bin/sleep", "3600"]}
    return [TIMES | {"journey": journey}] * JOURNEYS + [TIMES | {"exec": plugin}] * PLUGINS
