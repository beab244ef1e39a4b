"""How one probe went so far, and how it ends: the way from findings to an outcome."""

import html
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from slamon.accounting.facts import Verdict
from slamon.probes.evidence import TlsEvidence
from slamon.probes.grpc_health import Health
from slamon.probes.outcome import Outcome, Reason

SHOWN = 120
"""So many characters of a stranger's or a user's text go into a sentence."""

DAY_S = 86_400


class Failure(Exception):
    """The probed side is down: the reason and a sentence for humans."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(slots=True)
class Course:
    """What was found so far. Durations are microseconds, the expiry Unix seconds."""

    duration_us: int = 0
    phases: dict[str, int] = field(default_factory=dict)
    certificate_expiry: int | None = None
    address: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    tls: TlsEvidence | None = None
    grpc: Health | None = None

    def add(self, phase: str, duration_us: int) -> None:
        """Time spent in a phase; hops add up."""
        self.phases[phase] = self.phases.get(phase, 0) + max(0, duration_us)

    def expires(self, at: int | None) -> None:
        """A chain was verified that ends at `at`; the earliest counts."""
        if at is not None and (self.certificate_expiry is None or at < self.certificate_expiry):
            self.certificate_expiry = at

    def down(self, failure: Failure) -> Outcome:
        """The end of a probe that failed."""
        return self._end(Verdict.DOWN, failure.reason, failure.message)

    def degraded(self, failure: Failure) -> Outcome:
        """The end of a probe whose expectations held, with a flaw."""
        return self._end(Verdict.DEGRADED, failure.reason, failure.message)

    def answered(self, degraded_over_ms: int | None, certificate_days: int | None, now_s: int) -> Outcome:
        """The end of a probe whose expectations held: up, unless the certificate or the duration says otherwise."""
        if certificate_days is not None and self.certificate_expiry is not None:
            left = self.certificate_expiry - now_s
            if left <= 0:
                return self._end(Verdict.DOWN, Reason.CERTIFICATE, "the certificate has expired")
            if left < certificate_days * DAY_S:
                sentence = f"the certificate expires in {days(left)}, less than {certificate_days} days"
                return self._end(Verdict.DEGRADED, Reason.CERTIFICATE_EXPIRING, sentence)
        if degraded_over_ms is not None and self.duration_us > degraded_over_ms * 1000:
            sentence = f"answered after {self.duration_us / 1000:.0f} ms, over {degraded_over_ms} ms"
            return self._end(Verdict.DEGRADED, Reason.SLOW, sentence)
        return self._end(Verdict.UP, None, "")

    def _end(self, verdict: Verdict, reason: Reason | None, message: str) -> Outcome:
        return Outcome(
            verdict,
            self.duration_us,
            reason,
            message,
            self.phases,
            self.certificate_expiry,
            self.address,
            self.details,
            self.tls,
            self.grpc,
        )


def days(seconds: int) -> str:
    """A stretch of time in a sentence: `9 days`, or `5 h`."""
    days = seconds // DAY_S
    return f"{days} day{'' if days == 1 else 's'}" if days else f"{seconds // 3600} h"


SHORTEST_SECRET = 3
"""Shorter ones are part of many a word."""


class Mask:
    """Takes our secrets out of what a stranger may have echoed: as they are, or as JSON, urls or HTML write them."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets: tuple[str, ...] = ()
        self.also(secrets)

    def also(self, secrets: Iterable[str]) -> None:
        """These too, from here on."""
        written = (form for text in secrets for form in _written(text.strip()) if len(form) >= SHORTEST_SECRET)
        self._secrets = tuple(sorted({*self._secrets, *written}, key=len, reverse=True))

    def hidden(self, text: str) -> str:
        """`text` without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def shown(self, text: str) -> str:
        """`text` for a sentence: one line, cut, printable, without secrets."""
        text = self.hidden(text)
        line = "".join(character if character.isprintable() else " " for character in text[: SHOWN + 1])
        return f"{line[:SHOWN]}..." if len(line) > SHOWN else line


def _written(text: str) -> Iterator[str]:
    """A text as it may come back."""
    yield text
    yield from (json.dumps(text, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False))
    yield from (
        quote(text, safe="", errors="replace"),
        quote(text, errors="replace"),
        quote_plus(text, errors="replace"),
    )
    yield html.escape(text)


def seconds(value: float) -> str:
    """A stretch of time in a sentence: `250 ms` or `2.5 s`."""
    return f"{value * 1000:.0f} ms" if value < 0.9995 else f"{value:.1f} s"
