"""Logging: events with fields, human on a terminal, JSON otherwise."""

import logging
import os
import sys
from typing import Any

import structlog

_FIELD_LIMIT = 300


def _cut(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Strangers' words reach a log only as a field cut to length."""
    for key, value in event.items():
        if key != "exception" and isinstance(value, str) and len(value) > _FIELD_LIMIT:
            event[key] = value[:_FIELD_LIMIT] + "…"
    return event


def set_up(*, debug: bool = False, stream: Any = None) -> None:
    """Configure logging once, at the program's entry."""
    out = stream or sys.stderr
    human = bool(getattr(out, "isatty", lambda: False)())
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if human:
        renderer = structlog.dev.ConsoleRenderer(colors=not os.environ.get("NO_COLOR"))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _cut,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=out, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
